// What is said at start of a store that cannot be used: one line, with the setting to mend.

#include <chrono>
#include <format>
#include <sstream>

#include "core/adapters/s3/s3_blob_store.hpp"
#include "core/base/ids.hpp"

namespace mv::s3 {

namespace {

constexpr std::string_view kTooSkewed = "RequestTimeTooSkewed";

std::unexpected<Error> misconfigured(const std::string& what) {
  return fail(ErrorCode::unavailable, "storage.misconfigured", what);
}

/// UTC milliseconds of `Tue, 24 Nov 2026 04:05:06 GMT`; 0 for what is none.
TimeMs read_http_date(const std::string& text) {
  std::istringstream in(text);
  std::chrono::sys_seconds at;
  in >> std::chrono::parse("%a, %d %b %Y %T GMT", at);
  return in.fail() ? 0 : std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

std::unexpected<Error> explain(const Client& client, const Answer& answer, std::string_view what) {
  const Settings& settings = client.settings();
  const std::string at = settings.endpoint.scheme + "://" + settings.endpoint.host;
  const std::string code = answer.code();
  if (code == kTooSkewed) {
    const TimeMs theirs = read_http_date(answer.header("date"));
    const std::int64_t minutes = (client.clock().now() - theirs) / kMinute;
    return misconfigured(
        theirs == 0
            ? std::string(
                  "MEMORYVERSE_STORAGE_URL: the clock of this machine differs from that of the S3 store; set it by NTP")
            : std::format("MEMORYVERSE_STORAGE_URL: the clock of this machine is {} minutes {} that of the S3 store; "
                          "set it by NTP",
                          minutes < 0 ? -minutes : minutes, minutes < 0 ? "behind" : "ahead of"));
  }
  if (code == "NoSuchBucket") {
    return misconfigured(std::format(
        "MEMORYVERSE_STORAGE_URL: there is no bucket `{}` at {}; make it, or correct the name", settings.bucket, at));
  }
  if (code == "InvalidAccessKeyId") {
    return misconfigured(std::format("AWS_ACCESS_KEY_ID: {} does not know this key; correct it", at));
  }
  if (code == "SignatureDoesNotMatch") {
    return misconfigured("AWS_SECRET_ACCESS_KEY: it is not the secret of AWS_ACCESS_KEY_ID; correct it");
  }
  if (code == "AuthorizationHeaderMalformed" || code == "PermanentRedirect" || answer.status == 301 ||
      answer.status == 307) {
    return misconfigured(
        std::format("MEMORYVERSE_STORAGE_URL: the bucket `{}` is not in the region `{}`; correct `region`",
                    settings.bucket, settings.region));
  }
  if (code == "AccessDenied" || answer.status == 403 || answer.status == 401) {
    return misconfigured(
        std::format("AWS_ACCESS_KEY_ID: this key may not {} in the bucket `{}`; allow it to list, read, "
                    "write and delete there",
                    what, settings.bucket));
  }
  if (code.empty()) {
    return misconfigured(std::format(
        "MEMORYVERSE_STORAGE_URL: what answers at {} (HTTP {}) is no S3 store; correct `endpoint`", at, answer.status));
  }
  return misconfigured(std::format("MEMORYVERSE_STORAGE_URL: {} cannot {}: HTTP {} {}", at, what, answer.status, code));
}

} // namespace

Result<void> S3BlobStore::check() {
  const auto reach = [&](Result<Answer> answer, std::string_view what) -> Result<void> {
    if (!answer) {
      return fail(answer.error().code, answer.error().key,
                  "MEMORYVERSE_STORAGE_URL: the S3 store does not answer (" + answer.error().cause +
                      "); start it, or correct `endpoint`");
    }
    const bool good = answer->good() || (what == "delete" && answer->status == 404);
    return good ? Result<void>() : explain(client_, *answer, what);
  };
  const Request list{.operation = "check",
                     .method = "GET",
                     .key = "",
                     .query = {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", client_.settings().prefix}}};
  const auto listed = client_.send(list);
  TRY_OK(reach(listed, "list"));
  if (!listed->body.contains("ListBucketResult")) {
    return misconfigured("MEMORYVERSE_STORAGE_URL: what answers at " + client_.settings().endpoint.host +
                         " is no S3 store; correct `endpoint`");
  }
  const std::string key = ".check/" + new_id();
  const Payload payload = payload_of("MemoryVerse writes this at its start, and removes it.");
  TRY_OK(reach(client_.send({.operation = "check", .method = "PUT", .key = key, .payload = &payload}), "write"));
  TRY_OK(reach(client_.send({.operation = "check", .method = "DELETE", .key = key}), "delete"));
  return {};
}

Result<void> S3BlobStore::ping() {
  TRY(const Answer answer, client_.send({.operation = "ping",
                                         .method = "GET",
                                         .key = "",
                                         .query = {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", ".check/"}},
                                         .once = true}));
  if (answer.code() == kTooSkewed)
    return fail(ErrorCode::unavailable, kWrongClock, "the store takes the time of this machine for a lie");
  if (!answer.good()) return refusal(answer, "ping");
  return {};
}

} // namespace mv::s3
