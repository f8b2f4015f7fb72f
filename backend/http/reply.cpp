#include "backend/http/reply.hpp"

#include <format>

#include "backend/http/http_text.hpp"
#include "backend/http/problem.hpp"

namespace mv::http {

namespace {

constexpr std::int64_t kReadAtOnce = std::int64_t{8} << 20; // in memory at a time, for each reply
static_assert(kReadAtOnce > kReadAhead);

/// What a file and bytes from elsewhere have in common: validators, 304, 206, 416. The body is the caller's.
Reply ranged_reply(const Request& request, const FileReply& about, std::int64_t size, ByteRange& range) {
  Reply reply;
  reply.content_type = about.content_type;
  reply.compressible = false;
  const std::string etag = '"' + about.etag + '"';
  if (!about.etag.empty()) reply.set("ETag", etag);
  if (!about.cache_control.empty()) reply.set("Cache-Control", about.cache_control);
  if (about.attachment || !about.file_name.empty()) {
    reply.set("Content-Disposition", content_disposition(about.attachment, about.file_name));
  }
  reply.set("Accept-Ranges", "bytes");
  if (!about.etag.empty() && etag_listed(request.header("if-none-match"), etag)) {
    reply.status = 304;
    reply.content_type.clear();
    return reply;
  }
  range = read_range(request.header("range"), size);
  // A changed file is sent whole to who holds a part of the old one. A date never matches: we give none.
  const std::string_view if_range = request.header("if-range");
  if (!if_range.empty() && if_range != etag) range = read_range("", size);
  if (range.kind == ByteRange::Kind::unsatisfiable) {
    reply.status = 416;
    reply.content_type.clear();
    reply.set("Content-Range", std::format("bytes */{}", size));
  }
  if (range.kind == ByteRange::Kind::part) {
    reply.status = 206;
    reply.set("Content-Range", std::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, size));
  }
  return reply;
}

} // namespace

std::string_view Reply::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

Reply problem_reply(const Error& error, std::string_view locale, std::string_view request_id, int status) {
  Reply reply;
  reply.status = status == 0 ? status_of(error.code) : status;
  reply.content_type = "application/problem+json";
  reply.body = problem_body(error, reply.status, locale, request_id);
  reply.set("Cache-Control", "no-store");
  reply.set("Content-Language", locale == "ru" ? "ru" : "en");
  if (error.retry_after_s > 0) reply.set("Retry-After", std::to_string(error.retry_after_s));
  if (reply.status == 401) reply.set("WWW-Authenticate", R"(Bearer realm="memoryverse")");
  return reply;
}

Result<Reply> file_reply(const Request& request, const FileReply& about) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(about.path, problem);
  if (problem) return fail(ErrorCode::not_found, "request.not-found", problem.message());
  ByteRange range;
  Reply reply = ranged_reply(request, about, static_cast<std::int64_t>(size), range);
  if (reply.status < 300) reply.body = FileSlice{about.path, range.first, range.length};
  return reply;
}

Result<Reply> bytes_reply(const Request& request, const BytesReply& bytes) {
  ByteRange range;
  Reply reply = ranged_reply(request, bytes.about, bytes.size, range);
  if (reply.status >= 300) return reply;
  if (request.method() == "HEAD") {
    reply.body = BytesSlice{{}, bytes.read, range.first, range.length};
    return reply;
  }
  // What fits is read here, on a request's thread, so that an event loop never waits for it.
  std::string first;
  const std::int64_t wanted = range.length <= kReadAtOnce ? range.length : kReadAhead;
  while (static_cast<std::int64_t>(first.size()) < wanted) {
    const auto done = static_cast<std::int64_t>(first.size());
    TRY(const std::string piece, bytes.read(range.first + done, wanted - done));
    if (piece.empty()) return fail(ErrorCode::unavailable, "storage.failed", "a file is shorter than it was");
    first += piece;
  }
  if (wanted == range.length)
    reply.body = std::move(first);
  else
    reply.body = BytesSlice{std::move(first), bytes.read, range.first, range.length};
  return reply;
}

std::string_view type_of_file(std::string_view name) {
  const std::string extension = to_lower(name.substr(std::min(name.rfind('.'), name.size())));
  if (extension == ".html") return "text/html; charset=utf-8";
  if (extension == ".js" || extension == ".mjs") return "text/javascript; charset=utf-8";
  if (extension == ".css") return "text/css; charset=utf-8";
  if (extension == ".json" || extension == ".map") return "application/json";
  if (extension == ".webmanifest") return "application/manifest+json";
  if (extension == ".svg") return "image/svg+xml";
  if (extension == ".png") return "image/png";
  if (extension == ".jpg" || extension == ".jpeg") return "image/jpeg";
  if (extension == ".webp") return "image/webp";
  if (extension == ".avif") return "image/avif";
  if (extension == ".ico") return "image/vnd.microsoft.icon";
  if (extension == ".woff2") return "font/woff2";
  if (extension == ".wasm") return "application/wasm";
  if (extension == ".txt") return "text/plain; charset=utf-8";
  if (extension == ".xml") return "application/xml";
  return "application/octet-stream";
}

} // namespace mv::http
