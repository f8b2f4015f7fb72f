// tus 1.0.0 (https://tus.io/protocols/resumable-upload): creation, creation-with-upload, checksum, termination,
// expiration. Headers in, headers out; what they mean is in core/uploads/service.

#include <charconv>
#include <chrono>
#include <format>

#include "backend/uploads/routes.hpp"
#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"

namespace mv {

using http::Context;
using http::RawReply;
using http::RawRequest;
using uploads::UploadService;
using uploads::UploadState;

namespace {

constexpr std::string_view kVersion = "1.0.0";
constexpr std::string_view kExtensions = "creation,creation-with-upload,checksum,termination,expiration";
constexpr std::size_t kLargestChunk = std::size_t{64} << 20; // proxies commonly stop at 100 MB

/// `Tue, 24 Nov 2026 04:05:06 GMT`.
std::string http_date(TimeMs at) {
  const std::chrono::sys_seconds seconds{std::chrono::seconds{at / kSecond}};
  return std::format("{:%a, %d %b %Y %H:%M:%S} GMT", seconds);
}

Result<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value < 0) {
    return fail(ErrorCode::invalid, "upload.bad-header");
  }
  return value;
}

Result<void> check_version(Context& context) {
  context.set_header("Tus-Resumable", std::string(kVersion));
  if (context.header("tus-resumable") == kVersion) return {};
  context.set_header("Tus-Version", std::string(kVersion));
  return fail(ErrorCode::precondition_failed, "upload.tus-version");
}

/// `key base64,key base64`; a key may stand alone.
Result<uploads::UploadMetadata> read_metadata(std::string_view header) {
  uploads::UploadMetadata metadata;
  if (header.size() > 8192) return fail(ErrorCode::invalid, "upload.bad-metadata");
  while (!header.empty()) {
    const std::string_view pair = header.substr(0, header.find(','));
    header.remove_prefix(std::min(header.size(), pair.size() + 1));
    const auto start = pair.find_first_not_of(' ');
    if (start == std::string_view::npos) return fail(ErrorCode::invalid, "upload.bad-metadata");
    const std::string_view trimmed = pair.substr(start);
    const std::string key(trimmed.substr(0, trimmed.find(' ')));
    const auto value = base64_decode(trimmed.substr(std::min(trimmed.size(), key.size() + 1)));
    if (!value || !metadata.emplace(key, *value).second) return fail(ErrorCode::invalid, "upload.bad-metadata");
  }
  for (const auto* name : {"spaceId", "collectionId"}) {
    const auto id = metadata.find(name);
    if (id != metadata.end() && !id->second.empty() && !is_id(id->second)) {
      return fail(ErrorCode::invalid, "upload.bad-metadata");
    }
  }
  return metadata;
}

/// `sha256 base64`.
Result<std::optional<uploads::Checksum>> read_checksum(std::string_view header) {
  if (header.empty()) return std::nullopt;
  const std::string algorithm(header.substr(0, header.find(' ')));
  const std::size_t size = algorithm == "sha1" ? 20 : algorithm == "sha256" ? 32 : 0;
  const auto bytes = base64_decode(header.substr(std::min(header.size(), algorithm.size() + 1)));
  if (size == 0 || !bytes || bytes->size() != size) return fail(ErrorCode::invalid, "upload.bad-checksum");
  return uploads::Checksum{algorithm, hex_encode(*bytes)};
}

void describe(Context& context, const UploadState& state) {
  context.set_header("Upload-Offset", std::to_string(state.received));
  context.set_header("Upload-Expires", http_date(state.expires_at));
  if (!state.memory_id.empty()) {
    context.set_header("Memory-Id", state.memory_id);
    context.set_header("Media-Id", state.media_id);
    context.set_header("Upload-Duplicate", state.duplicate ? "true" : "false");
  }
}

std::string id_of(const Context& context) { return std::string(context.param("id")); }

Result<UploadState> take_chunk(Context& context, RawRequest& request, UploadService& uploads, const std::string& id,
                               std::int64_t offset) {
  if (request.content_type() != "application/offset+octet-stream") {
    return fail(ErrorCode::unsupported_type, "upload.bad-content-type");
  }
  TRY(const auto checksum, read_checksum(context.header("upload-checksum")));
  return uploads.append(context.user().user_id, id, offset, request.body(), checksum);
}

Result<RawReply> create(Context& context, RawRequest& request, UploadService& uploads) {
  TRY_OK(check_version(context));
  if (!context.header("upload-defer-length").empty()) return fail(ErrorCode::invalid, "upload.length-needed");
  if (context.header("upload-length").empty()) return fail(ErrorCode::invalid, "upload.length-needed");
  TRY(const std::int64_t length, number_in(context.header("upload-length")));
  TRY(const auto metadata, read_metadata(context.header("upload-metadata")));
  TRY(UploadState state, uploads.create(context.user().user_id, length, metadata));
  context.set_header("Location", "/api/v1/uploads/" + state.id);
  if (!request.body().empty() && state.memory_id.empty()) {
    TRY(state, take_chunk(context, request, uploads, state.id, 0));
  }
  describe(context, state);
  context.set_status(201);
  return RawReply{};
}

Result<RawReply> append(Context& context, RawRequest& request, UploadService& uploads) {
  TRY_OK(check_version(context));
  TRY(const std::int64_t offset, number_in(context.header("upload-offset")));
  TRY(const UploadState state, take_chunk(context, request, uploads, id_of(context), offset));
  describe(context, state);
  context.set_status(204);
  return RawReply{};
}

Result<RawReply> terminate(Context& context, UploadService& uploads) {
  TRY_OK(check_version(context));
  TRY_OK(uploads.terminate(context.user().user_id, id_of(context)));
  context.set_status(204);
  return RawReply{};
}

} // namespace

void add_tus_routes(http::Router& router, UploadService& uploads) {
  const auto options = [&uploads](Context& context, RawRequest&) -> Result<RawReply> {
    context.set_header("Tus-Resumable", std::string(kVersion));
    context.set_header("Tus-Version", std::string(kVersion));
    context.set_header("Tus-Extension", std::string(kExtensions));
    context.set_header("Tus-Max-Size", std::to_string(uploads.limits().max_bytes));
    context.set_header("Tus-Checksum-Algorithm", "sha1,sha256");
    context.set_status(204);
    return RawReply{};
  };
  router.raw(
      http::Method::options, "/api/v1/uploads",
      {.access = http::Access::anyone, .status = 204, .summary = "What the upload protocol offers", .tag = "uploads"},
      options);
  router.raw(
      http::Method::options, "/api/v1/uploads/{id}",
      {.access = http::Access::anyone, .status = 204, .summary = "What the upload protocol offers", .tag = "uploads"},
      options);
  router.raw(
      http::Method::post, "/api/v1/uploads",
      {.status = 201,
       .summary = "Begin a resumable upload",
       .tag = "uploads",
       .body_limit = kLargestChunk,
       .request_type = "application/offset+octet-stream",
       .description = "tus 1.0.0. `Upload-Metadata` may carry filename, filetype, sha256, spaceId, collectionId. "
                      "The answer that completes an upload carries `Memory-Id` and `Media-Id`."},
      [&uploads](Context& context, RawRequest& request) { return create(context, request, uploads); });
  router.raw(http::Method::head, "/api/v1/uploads/{id}",
             {.status = 200, .summary = "How far an upload has come", .tag = "uploads"},
             [&uploads](Context& context, RawRequest&) -> Result<RawReply> {
               TRY_OK(check_version(context));
               TRY(const UploadState state, uploads.find(context.user().user_id, id_of(context)));
               describe(context, state);
               context.set_header("Upload-Length", std::to_string(state.length));
               return RawReply{};
             });
  router.raw(http::Method::patch, "/api/v1/uploads/{id}",
             {.status = 204,
              .summary = "Send a chunk",
              .tag = "uploads",
              .body_limit = kLargestChunk,
              .request_type = "application/offset+octet-stream",
              .description = "Up to 64 MiB. The offset in the answer is on disk."},
             [&uploads](Context& context, RawRequest& request) { return append(context, request, uploads); });
  router.raw(http::Method::del, "/api/v1/uploads/{id}",
             {.status = 204, .summary = "Give an upload up", .tag = "uploads"},
             [&uploads](Context& context, RawRequest&) { return terminate(context, uploads); });
  // For clients that can only GET and POST.
  router.raw(http::Method::post, "/api/v1/uploads/{id}",
             {.status = 204,
              .summary = "Send a chunk, or give up, by X-HTTP-Method-Override",
              .tag = "uploads",
              .body_limit = kLargestChunk,
              .request_type = "application/offset+octet-stream"},
             [&uploads](Context& context, RawRequest& request) -> Result<RawReply> {
               const std::string_view method = context.header("x-http-method-override");
               if (method == "PATCH") return append(context, request, uploads);
               if (method == "DELETE") return terminate(context, uploads);
               return fail(ErrorCode::invalid, "upload.bad-header");
             });
}

} // namespace mv
