// Originals and previews. Content never changes under its id, so that a client may keep it for ever.

#include <algorithm>

#include "backend/http/http_text.hpp"
#include "backend/uploads/routes.hpp"
#include "core/media/sniff.hpp"
#include "core/memories/access.hpp"

namespace mv {

using http::Context;
using http::RawReply;
using http::RawRequest;

namespace {

// Private, since a shared cache must not hand one person's pictures to another.
constexpr std::string_view kForEver = "private, max-age=31536000, immutable";

Result<memories::MediaFile> require_media(Database& db, const Context& context) {
  return memories::require_media(db, std::string(context.param("id")), context.user().user_id);
}

// A blob up to this size is read whole and a range cut out of it: one plain request to the store.
constexpr std::int64_t kReadWhole = std::int64_t{8} << 20;
constexpr TimeMs kAddressLasts = 15 * kMinute;

/// Sends the client to the store itself.
RawReply redirect(Context& context, const DirectStore& direct, const BlobKey& key, const http::FileReply& about) {
  context.set_status(307);
  context.set_header(
      "Location", direct.read_address(key, kAddressLasts,
                                      {.content_type = about.content_type,
                                       .disposition = about.attachment || !about.file_name.empty()
                                                          ? http::content_disposition(about.attachment, about.file_name)
                                                          : std::string(),
                                       .cache_control = std::string(kForEver)}));
  return {};
}

Result<RawReply> send(Context& context, uploads::ContentStore& contents, const DirectStore* direct, const BlobKey& key,
                      http::FileReply about) {
  about.cache_control = kForEver;
  if (auto path = contents.blobs().local_path(key)) {
    about.path = *std::move(path);
    return RawReply{.body = std::move(about), .content_type = {}};
  }
  TRY(const auto size, contents.blobs().size(key));
  if (!size) return fail(ErrorCode::not_found, "media.not-found");
  if (direct != nullptr && context.request().method() == "GET") return redirect(context, *direct, key, about);
  http::BytesReply bytes;
  bytes.size = *size;
  if (*size <= kReadWhole) {
    bytes.read = [&contents, key, size = *size](std::int64_t offset, std::int64_t length) {
      return contents.blobs().read(key, 0, size).transform([&](const std::string& whole) {
        return whole.substr(std::min(whole.size(), static_cast<std::size_t>(offset)), static_cast<std::size_t>(length));
      });
    };
  } else {
    bytes.read = [&contents, key](std::int64_t offset, std::int64_t length) {
      return contents.blobs().read(key, offset, length);
    };
  }
  bytes.about = std::move(about);
  return RawReply{.body = std::move(bytes), .content_type = {}};
}

/// What a browser may show in place; anything else (a web page, an SVG with a script) is only ever downloaded.
bool shows_in_place(std::string_view mime_type) {
  return (mime_type.starts_with("image/") && mime_type != "image/svg+xml") || mime_type.starts_with("video/") ||
         mime_type.starts_with("audio/") || mime_type == "application/pdf";
}

} // namespace

void add_media_routes(http::Router& router, Database& db, uploads::ContentStore& contents, const DirectStore* direct) {
  router.raw(http::Method::get, "/api/v1/media/{id}/original",
             {.status = 200,
              .summary = "The file as it came",
              .tag = "media",
              .description = "With Range, ETag and immutable caching. `?download=1` asks the browser to save it. "
                             "307 to the store of files where the server is set to send clients there."},
             [&db, &contents, direct](Context& context, RawRequest&) -> Result<RawReply> {
               TRY(const auto medium, require_media(db, context));
               const std::string_view query = context.request().query();
               if (!query.empty() && query != "download=1") return fail(ErrorCode::invalid, "request.invalid-query");
               return send(context, contents, direct, uploads::original_key(medium.sha256),
                           {.path = {},
                            .content_type = medium.mime_type,
                            .etag = medium.sha256,
                            .cache_control = {},
                            .file_name = medium.file_name,
                            .attachment = !query.empty() || !shows_in_place(medium.mime_type)});
             });
  router.raw(
      http::Method::get, "/api/v1/media/{id}/preview",
      {.status = 200,
       .summary = "A picture of it",
       .tag = "media",
       .response_type = "image/webp",
       .description = "`?size=256`, `1080` or `2048`: the box that it fits into. 404 `media.no-preview` while it is "
                      "being made, and for what has none."},
      [&db, &contents, direct](Context& context, RawRequest&) -> Result<RawReply> {
        const std::string_view query = context.request().query();
        int size = 0;
        if (query == "size=256") size = 256;
        if (query == "size=1080") size = 1080;
        if (query == "size=2048") size = 2048;
        if (size == 0) {
          return std::unexpected(Error{
              .code = ErrorCode::invalid, .key = "request.invalid-query", .fields = {{"?size", "unknown-value"}}});
        }
        TRY(const auto medium, require_media(db, context));
        const BlobKey key = uploads::preview_key(medium.sha256, size);
        TRY(const auto there, contents.blobs().size(key));
        if (!there) return fail(ErrorCode::not_found, "media.no-preview");
        return send(context, contents, direct, key,
                    {.path = {},
                     .content_type = "image/webp",
                     .etag = medium.sha256 + "-" + std::to_string(size),
                     .cache_control = {},
                     .file_name = {},
                     .attachment = false});
      });
}

} // namespace mv
