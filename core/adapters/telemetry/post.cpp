#include "core/adapters/telemetry/post.hpp"

#include <curl/curl.h>

#include <algorithm>

namespace mv::telemetry {

namespace {

constexpr long kLongestRest = 3600; // seconds, whatever a receiver asks for

/// What a receiver answers is of no interest beyond its status; reading it keeps the connection good.
std::size_t drop(const char* /*bytes*/, std::size_t size, std::size_t count, void* /*nobody*/) { return size * count; }

} // namespace

struct Poster::Handle {
  CURL* easy = curl_easy_init();
  ~Handle() { curl_easy_cleanup(easy); }
};

CallOutcome PostAnswer::outcome() const {
  if (accepted()) return CallOutcome::success;
  return status == 0 || status >= 500 ? CallOutcome::failure : CallOutcome::refused;
}

Poster::Poster(std::chrono::milliseconds timeout) : handle_(std::make_unique<Handle>()), timeout_(timeout) {}

Poster::~Poster() = default;

PostAnswer Poster::post(const std::string& url, const std::vector<std::string>& headers, const std::string& body) {
  CURL* const easy = handle_->easy;
  curl_easy_reset(easy); // keeps connections
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const std::string& header : headers)
    list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, 1L << 20);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_.count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout_.count() / 2));
  const CURLcode code = curl_easy_perform(easy);
  PostAnswer answer;
  if (code == CURLE_OK) {
    long status = 0;
    curl_off_t rest = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &rest);
    answer.status = static_cast<int>(status);
    answer.retry_after_s = static_cast<int>(std::clamp<curl_off_t>(rest, 0, kLongestRest));
  } else {
    answer.problem = curl_easy_strerror(code);
  }
  curl_slist_free_all(list);
  return answer;
}

bool is_http_url(const std::string& url) {
  CURLU* const parsed = curl_url();
  bool good = curl_url_set(parsed, CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
  char* scheme = nullptr;
  good = good && curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
  good = good && (std::string_view(scheme) == "http" || std::string_view(scheme) == "https");
  curl_free(scheme);
  curl_url_cleanup(parsed);
  return good;
}

} // namespace mv::telemetry
