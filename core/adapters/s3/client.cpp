#include "core/adapters/s3/client.hpp"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <format>
#include <thread>

#include "core/adapters/s3/xml.hpp"
#include "core/base/hash.hpp"
#include "core/base/random.hpp"

namespace mv::s3 {

namespace {

constexpr std::int64_t kPiece = std::int64_t{1} << 20; // of a payload, in memory at a time
constexpr std::size_t kMostIdle = 32;                  // connections that are kept for later
constexpr std::size_t kMostError = std::size_t{64} << 10;

struct Lists {
  curl_slist* head = nullptr;
  ~Lists() { curl_slist_free_all(head); }
  void add(const std::string& line) { head = curl_slist_append(head, line.c_str()); }
};

/// A payload on its way out.
struct Sending {
  const Payload& payload;
  std::int64_t offset = 0; // of what comes after `piece`
  std::string piece{};
  std::size_t used = 0; // of `piece`
  Result<void> outcome{};
};

std::size_t read_payload(char* buffer, std::size_t size, std::size_t count, void* data) {
  Sending& sending = *static_cast<Sending*>(data);
  if (sending.used == sending.piece.size()) {
    const std::int64_t left = sending.payload.size - sending.offset;
    if (left == 0) return 0;
    auto piece = sending.payload.read(sending.offset, std::min(kPiece, left));
    if (piece && piece->empty()) piece = fail(ErrorCode::internal, "storage.failed", "fewer bytes than were announced");
    if (!piece) {
      sending.outcome = std::unexpected(std::move(piece).error());
      return CURL_READFUNC_ABORT;
    }
    sending.piece = *std::move(piece);
    sending.offset += static_cast<std::int64_t>(sending.piece.size());
    sending.used = 0;
  }
  const std::size_t given = std::min(size * count, sending.piece.size() - sending.used);
  std::memcpy(buffer, sending.piece.data() + sending.used, given);
  sending.used += given;
  return given;
}

/// libcurl starts a body anew when a kept connection turns out to be dead.
int rewind_payload(void* data, curl_off_t offset, int origin) {
  Sending& sending = *static_cast<Sending*>(data);
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  sending.offset = offset;
  sending.piece.clear();
  sending.used = 0;
  return CURL_SEEKFUNC_OK;
}

/// Where a body goes: to the caller's file if it is what was asked for, else to the answer.
struct Receiving {
  Answer& answer;
  CURL* easy;
  std::FILE* sink;
};

std::size_t take_body(const char* bytes, std::size_t size, std::size_t count, void* data) {
  const Receiving& receiving = *static_cast<Receiving*>(data);
  long status = 0;
  curl_easy_getinfo(receiving.easy, CURLINFO_RESPONSE_CODE, &status);
  if (receiving.sink != nullptr && status >= 200 && status < 300) {
    return std::fwrite(bytes, 1, size * count, receiving.sink);
  }
  receiving.answer.body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(const char* bytes, std::size_t size, std::size_t count, void* data) {
  Answer& answer = *static_cast<Answer*>(data);
  std::string_view line(bytes, size * count);
  while (line.ends_with('\r') || line.ends_with('\n'))
    line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    answer.headers.clear(); // of a 100
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto start = line.find_first_not_of(' ', colon + 1);
    answer.headers[name] = start == std::string_view::npos ? "" : line.substr(start);
  }
  return size * count;
}

/// What may be otherwise the next time.
bool passes(const Answer& answer) {
  if (answer.status == 429 || answer.status >= 500) return answer.status != 501;
  // S3 gives 400 when our bytes came too slowly, or not as we announced them.
  return answer.status == 400 && (answer.code() == "RequestTimeout" || answer.code() == "XAmzContentSHA256Mismatch" ||
                                  answer.code() == "IncompleteBody" || answer.code() == "BadDigest");
}

void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_ALL);
  static_cast<void>(started);
}

} // namespace

struct Client::Handle {
  CURL* easy = curl_easy_init();
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(easy); }
};

struct Client::Attempt {
  Answer answer{};
  CURLcode code = CURLE_OK;
  std::string what{};     // why there is no answer
  Result<void> payload{}; // a failure here is not the store's
};

Payload payload_of(std::string_view bytes) {
  return {.size = static_cast<std::int64_t>(bytes.size()),
          .sha256 = sha256_hex(bytes),
          .read = [bytes](std::int64_t offset, std::int64_t length) -> Result<std::string> {
            return std::string(bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)));
          }};
}

std::string Answer::header(std::string_view lower_case_name) const {
  const auto at = headers.find(lower_case_name);
  return at == headers.end() ? std::string() : at->second;
}

std::string Answer::code() const { return body.empty() ? std::string() : xml_text(body, "Error/Code"); }

Client::Client(Settings settings, const Clock& clock, Metrics& metrics)
    : settings_(std::move(settings)), clock_(clock), dependency_("s3", metrics) {
  start_curl();
}

Client::~Client() = default;

std::unique_ptr<Client::Handle> Client::borrow() {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      auto handle = std::move(idle_.back());
      idle_.pop_back();
      curl_easy_reset(handle->easy);
      return handle;
    }
  }
  return std::make_unique<Handle>();
}

void Client::give_back(std::unique_ptr<Handle> handle) {
  const std::scoped_lock lock(mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(handle));
}

namespace {

/// `bucket.host` and `/key`, or `host` and `/bucket/key`.
std::pair<std::string, std::string> address(const Settings& settings, const Endpoint& endpoint,
                                            const std::string& key) {
  const std::string object = key.empty() ? std::string() : settings.prefix + key;
  if (settings.virtual_host) return {settings.bucket + '.' + endpoint.host, '/' + object};
  return {endpoint.host, '/' + settings.bucket + (object.empty() ? "" : "/" + object)};
}

} // namespace

std::string Client::url_of(const Request& request) const {
  const auto [host, path] = address(settings_, settings_.endpoint, request.key);
  const std::string query = encode_query(request.query);
  return settings_.endpoint.scheme + "://" + host + encode_path(path) + (query.empty() ? "" : "?" + query);
}

std::string Client::presign(std::string_view method, const std::string& key, TimeMs lasts, Query query) const {
  const auto [host, path] = address(settings_, settings_.public_endpoint, key);
  return presigned_url({.method = method,
                        .scheme = settings_.public_endpoint.scheme,
                        .host = host,
                        .path = path,
                        .region = settings_.region,
                        .access_key_id = settings_.access_key_id,
                        .secret_access_key = settings_.secret_access_key,
                        .now = clock_.now(),
                        .lasts = lasts,
                        .query = std::move(query)});
}

Client::Attempt Client::attempt(const Request& request) {
  Attempt attempt;
  auto handle = borrow();
  CURL* const easy = handle->easy;
  const std::string url = url_of(request);
  const std::string method(request.method);
  const std::string signer = "aws:amz:" + settings_.region + ":s3";
  const std::string& secret = settings_.secret_access_key.reveal();
  const Patience& patience = settings_.patience;
  const std::int64_t bytes = request.payload != nullptr ? request.payload->size : 0;
  // A body is read while it is sent; libcurl refers to it until `perform` returns.
  static const Payload kNothing = payload_of("");
  const Payload& payload = request.payload != nullptr ? *request.payload : kNothing;
  Sending sending{.payload = payload};
  Receiving receiving{attempt.answer, easy, request.sink};
  if (request.sink != nullptr &&
      (std::fseek(request.sink, 0, SEEK_SET) != 0 || ::ftruncate(::fileno(request.sink), 0) != 0))
    attempt.payload = fail(ErrorCode::internal, "storage.failed", "a scratch file cannot be emptied");

  Lists headers;
  headers.add("X-Amz-Date: " + amz_date(clock_.now())); // libcurl would ask the system's clock
  headers.add("x-amz-content-sha256: " + payload.sha256);
  for (const std::string& line : request.headers)
    headers.add(line);

  char error[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, ""); // no setting of ours names one
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, signer.c_str());
  curl_easy_setopt(easy, CURLOPT_USERNAME, settings_.access_key_id.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, secret.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.connect.count()));
  const std::int64_t whole_ms = std::chrono::milliseconds(patience.whole).count() + bytes * 1000 / (256 << 10);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(request.once        ? 3'000
                                     : request.long_work ? 600'000 + whole_ms
                                                         : whole_ms));
  if (!request.long_work) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(patience.stalled.count()));
  }
  if (request.payload != nullptr && method == "PUT") {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes));
  } else if (method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes));
    headers.add("Content-Type: application/xml");
  } else if (method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method == "HEAD" ? nullptr : method.c_str());
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_payload);
  curl_easy_setopt(easy, CURLOPT_READDATA, &sending);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind_payload);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, &sending);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &receiving);
  if (!request.range.empty()) curl_easy_setopt(easy, CURLOPT_RANGE, request.range.c_str());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &attempt.answer);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.head);

  attempt.code = curl_easy_perform(easy);
  if (attempt.payload) attempt.payload = std::move(sending.outcome);
  if (attempt.code == CURLE_WRITE_ERROR) {
    attempt.payload = fail(ErrorCode::insufficient_storage, "storage.full", "a scratch file cannot be written");
  }
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &attempt.answer.status);
  // A store may refuse and close before it has taken the whole body: that is an answer.
  const bool refused_early = attempt.code == CURLE_SEND_ERROR && attempt.answer.status >= 400;
  if (refused_early) attempt.code = CURLE_OK;
  if (attempt.code == CURLE_OK) {
    give_back(std::move(handle));
  } else {
    attempt.what = error[0] != '\0' ? error : curl_easy_strerror(attempt.code);
  }
  return attempt;
}

Result<Answer> Client::send(const Request& request) {
  std::string what;
  auto rest = settings_.patience.first_rest;
  for (int number = 1;; ++number) {
    TRY(auto call, dependency_.begin(request.operation));
    Attempt attempt = this->attempt(request);
    if (!attempt.payload) {
      call.end(CallOutcome::refused); // what was to be sent could not be read
      return std::unexpected(attempt.payload.error());
    }
    if (attempt.code == CURLE_OK && !passes(attempt.answer)) {
      call.end(attempt.answer.good() ? CallOutcome::success : CallOutcome::refused);
      return std::move(attempt.answer);
    }
    call.end(CallOutcome::failure);
    what = attempt.code == CURLE_OK ? std::format("HTTP {} {}", attempt.answer.status, attempt.answer.code())
                                    : attempt.what;
    if (request.once || number >= settings_.patience.attempts) break;
    // Of random length, so that many who were refused at once do not come back at once.
    std::this_thread::sleep_for(std::chrono::milliseconds(
        random_below(static_cast<std::uint32_t>(std::max<std::int64_t>(1, rest.count())) + 1)));
    rest = std::min(rest * 2, std::chrono::milliseconds(5'000));
  }
  return fail(ErrorCode::unavailable, "storage.unreachable",
              std::format("{} at {}://{}: {}", request.operation, settings_.endpoint.scheme, settings_.endpoint.host,
                          what.substr(0, kMostError)));
}

std::unexpected<Error> refusal(const Answer& answer, std::string_view operation) {
  const std::string code = answer.code();
  const std::string cause = std::format("{}: HTTP {} {}", operation, answer.status, code);
  if (code == "QuotaExceeded" || code == "EntityTooLarge" || code == "XMinioStorageFull")
    return fail(ErrorCode::insufficient_storage, "storage.full", cause);
  if (answer.status == 404 && code != "NoSuchBucket") return fail(ErrorCode::not_found, "blob.not-found", cause);
  if (answer.status == 401 || answer.status == 403) return fail(ErrorCode::unavailable, "storage.refused", cause);
  return fail(ErrorCode::internal, "storage.failed", cause);
}

} // namespace mv::s3
