// Uploads that go to the store of files itself: addresses for the pieces, and the end, where size and hash are
// compared.

#include "backend/uploads/routes.hpp"
#include "core/base/ids.hpp"
#include "core/contracts/uploads.hpp"

namespace mv {

using http::Context;
using uploads::UploadService;

namespace {

DirectUpload describe(const UploadService::Direct& direct) {
  DirectUpload upload{
      .id = direct.state.id, .expires_at = direct.state.expires_at, .parts = {}, .memory_id = {}, .media_id = {}};
  for (const DirectPiece& piece : direct.pieces)
    upload.parts.push_back({.offset = piece.offset, .bytes = piece.bytes, .url = piece.address});
  if (!direct.state.memory_id.empty()) {
    upload.memory_id = direct.state.memory_id;
    upload.media_id = direct.state.media_id;
    upload.duplicate = direct.state.duplicate;
  }
  return upload;
}

Result<uploads::UploadMetadata> metadata_of(const DirectDraft& draft) {
  uploads::UploadMetadata metadata{{"filename", draft.file_name}, {"sha256", draft.sha256}};
  if (draft.file_name.size() > 4096) return fail_field("upload.invalid", "/fileName", "too-long");
  for (const auto& [id, name, pointer] : {std::tuple(draft.space_id, "spaceId", "/spaceId"),
                                          std::tuple(draft.collection_id, "collectionId", "/collectionId")}) {
    if (!id) continue;
    if (!is_id(*id)) return fail_field("upload.invalid", pointer, "not-an-id");
    metadata[name] = *id;
  }
  return metadata;
}

} // namespace

void add_direct_upload_routes(http::Router& router, UploadService& uploads) {
  router.post<DirectDraft, DirectUpload>(
      "/api/v1/uploads/direct",
      {.status = 201,
       .summary = "Begin an upload that goes to the store itself",
       .tag = "uploads",
       .description = "Where the server is set to let clients go there, else 403 `upload.not-direct`. Each part is one "
                      "PUT of exactly its bytes to its address; then `complete`. Unfinished ones are given up with "
                      "DELETE `/api/v1/uploads/{id}`."},
      [&uploads](Context& context, const DirectDraft& draft) -> Result<DirectUpload> {
        TRY(const auto metadata, metadata_of(draft));
        TRY(const auto direct, uploads.begin_direct(context.user().user_id, draft.length, metadata));
        return describe(direct);
      });
  router.get<DirectUpload>(
      "/api/v1/uploads/direct/{id}", {.summary = "Addresses anew, or what became of it", .tag = "uploads"},
      [&uploads](Context& context) -> Result<DirectUpload> {
        TRY(const auto direct, uploads.continue_direct(context.user().user_id, std::string(context.param("id"))));
        return describe(direct);
      });
  router.post<DirectUpload>(
      "/api/v1/uploads/direct/{id}/complete",
      {.status = 200,
       .summary = "Make a memory of what was put into the store",
       .tag = "uploads",
       .description =
           "The server reads the file and compares size and SHA-256 before the memory exists. 409 "
           "`upload.incomplete` while a part is missing, 460 and the upload is gone when the bytes are others."},
      [&uploads](Context& context) -> Result<DirectUpload> {
        TRY(auto state, uploads.complete_direct(context.user().user_id, std::string(context.param("id"))));
        return describe({.state = std::move(state), .pieces = {}});
      });
}

} // namespace mv
