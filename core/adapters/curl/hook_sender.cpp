#include "core/adapters/curl/hook_sender.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "core/adapters/curl/public_address.hpp"
#include "core/base/encoding.hpp"

namespace mv::curl {

namespace {

constexpr std::size_t kKeptAnswer = 500;
constexpr std::size_t kLongestUrl = 2000;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

/// What libcurl's callbacks see of a transfer.
struct Transfer {
  bool any_address = false;
  bool refused_address = false;
  std::string text{};
  std::size_t received = 0;
  std::size_t longest = 0;
  bool cut = false;
};

curl_socket_t open_socket(void* data, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (!transfer.any_address && !is_public(address->addr)) {
    transfer.refused_address = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* bytes, std::size_t /*one*/, std::size_t count, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (transfer.text.size() < kKeptAnswer)
    transfer.text.append(bytes, std::min(count, kKeptAnswer - transfer.text.size()));
  transfer.received += count;
  if (transfer.received <= transfer.longest) return count;
  transfer.cut = true;
  return CURL_WRITEFUNC_ERROR;
}

std::string_view reason_of(CURLcode code, const Transfer& transfer) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return "webhook.timeout";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
      return "webhook.bad-certificate";
    default:
      return transfer.refused_address ? "webhook.private-address" : "webhook.unreachable";
  }
}

template <typename Value>
void set(CURL* handle, CURLoption option, Value value) {
  curl_easy_setopt(handle, option, value);
}

} // namespace

CurlHookSender::CurlHookSender(HookSenderOptions options) : options_(std::move(options)) {
  start_curl();
  for (const std::string& host : options_.private_hosts)
    private_hosts_.insert(without_brackets(lower_case(host)));
}

std::optional<std::string_view> CurlHookSender::fault_of(std::string_view text) const {
  if (text.size() > kLongestUrl) return "too-long";
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  // Letters beyond ASCII belong encoded into a URL; what looks alike must not pass for it.
  const bool plain = std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (!plain ||
      curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return "not-a-web-address";
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  const std::string host = lower_case(part_of(url.get(), CURLUPART_HOST));
  if ((scheme != "https" && scheme != "http") || host.empty() || part_of(url.get(), CURLUPART_PORT) == "0")
    return "not-a-web-address";
  if (!part_of(url.get(), CURLUPART_USER).empty() || !part_of(url.get(), CURLUPART_PASSWORD).empty())
    return "has-password";
  if (private_hosts_.contains(without_brackets(host))) return std::nullopt;
  if (!may_be_public(host)) return "private-address";
  if (scheme != "https") return "needs-https";
  return std::nullopt;
}

HookAnswer CurlHookSender::post(const HookRequest& request) {
  HookAnswer answer;
  // The operator may have taken a host off the list since the address was saved.
  if (const auto fault = fault_of(request.url)) {
    answer.reason = *fault == "private-address" ? "webhook.private-address" : "webhook.bad-address";
    answer.detail = *fault;
    return answer;
  }
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0);
  const std::string host = without_brackets(lower_case(part_of(url.get(), CURLUPART_HOST)));

  const std::unique_ptr<CURL, FreeHandle> handle(curl_easy_init());
  curl_slist* list = nullptr;
  for (const auto& [name, value] : request.headers)
    list = curl_slist_append(list, (name + ": " + value).c_str());
  list = curl_slist_append(list, "Content-Type: application/json");
  list = curl_slist_append(list, "Expect:"); // no question before a few hundred bytes
  const std::unique_ptr<curl_slist, FreeList> headers(list);

  Transfer transfer{.any_address = private_hosts_.contains(host), .longest = options_.longest_answer};
  char detail[CURL_ERROR_SIZE] = "";
  CURL* const curl = handle.get();
  set(curl, CURLOPT_URL, request.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_PROXY, ""); // none of the environment: it would connect where we must not
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  set(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  set(curl, CURLOPT_OPENSOCKETDATA, &transfer);
  set(curl, CURLOPT_WRITEFUNCTION, take_body);
  set(curl, CURLOPT_WRITEDATA, &transfer);
  set(curl, CURLOPT_HTTPHEADER, headers.get());
  set(curl, CURLOPT_USERAGENT, "MemoryVerse-Webhook/1");
  set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(curl, CURLOPT_POSTFIELDS, request.body.data());
  set(curl, CURLOPT_ERRORBUFFER, detail);

  const CURLcode code = curl_easy_perform(curl);
  curl_off_t took_us = 0;
  curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &took_us);
  answer.duration = took_us / 1000;
  answer.text = repair_utf8(transfer.text);
  std::erase(answer.text, '\0'); // no text of ours may hold one
  if (code != CURLE_OK && !transfer.cut) {
    answer.reason = reason_of(code, transfer);
    answer.detail = detail[0] != '\0' ? detail : curl_easy_strerror(code);
    return answer;
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (status >= 300 && status < 400) answer.reason = "webhook.redirected";
  if (status < 200 || status >= 400) answer.reason = "webhook.refused";
  return answer;
}

} // namespace mv::curl
