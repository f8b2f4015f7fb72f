// Upload of a file in one multipart request. What is large goes by tus (tus_routes.cpp).

#include "backend/memories/routes.hpp"
#include "backend/uploads/routes.hpp"
#include "core/base/ids.hpp"
#include "core/media/sniff.hpp"

namespace mv {

using http::Context;
using http::RawReply;
using http::RawRequest;

namespace {

constexpr std::size_t kLargestRequest = std::size_t{64} << 20;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// What the form says: one file, and where it goes.
struct Form {
  http::Part file;
  std::optional<std::string> space_id;
  std::optional<std::string> collection_id;
};

Result<Form> read_form(const std::vector<http::Part>& parts) {
  Form form;
  bool has_file = false;
  for (const auto& part : parts) {
    if (part.name == "file") {
      if (has_file) return fail_field("upload.invalid", "/file", "one-at-a-time");
      form.file = part;
      has_file = true;
    } else if (part.name == "spaceId") {
      form.space_id = std::string(part.content);
    } else if (part.name == "collectionId") {
      form.collection_id = std::string(part.content);
    } else {
      return fail_field("upload.invalid", "/" + part.name, "unknown-field");
    }
  }
  if (!has_file) return fail_field("upload.invalid", "/file", "missing");
  for (const auto& [id, pointer] :
       {std::pair(form.space_id, "/spaceId"), std::pair(form.collection_id, "/collectionId")}) {
    if (id && !is_id(*id)) return fail_field("upload.invalid", pointer, "not-an-id");
  }
  if (form.file.content.empty()) return fail(ErrorCode::unprocessable, "upload.empty");
  return form;
}

Result<Uploaded> receive(Context& context, RawRequest& request, uploads::ContentStore& contents,
                         uploads::Intake& intake) {
  TRY(const auto parts, request.parts());
  TRY(const Form form, read_form(parts));
  TRY_OK(intake.check_target(context.user().user_id, form.space_id, form.collection_id));

  TRY(const auto writer, contents.blobs().create());
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  for (std::size_t at = 0; at < form.file.content.size(); at += kPiece) {
    TRY_OK(writer->write(bytes_of(form.file.content.substr(at, kPiece))));
  }
  uploads::IncomingFile file;
  TRY(file.content, writer->finish());
  file.head = form.file.content.substr(0, media::kSniffBytes);
  file.file_name = form.file.file_name;
  file.space_id = form.space_id;
  file.collection_id = form.collection_id;
  file.pending_id = new_id();
  file.store = [&writer](const BlobKey& key) { return writer->commit(key); };
  TRY(Uploaded uploaded, intake.receive(context.user().user_id, file));
  explain(uploaded.memory, context.locale());
  if (!uploaded.duplicate) context.set_status(201);
  return uploaded;
}

} // namespace

void add_upload_routes(http::Router& router, uploads::ContentStore& contents, uploads::Intake& intake) {
  router.raw(
      http::Method::post, "/api/v1/media",
      {.status = 200,
       .summary = "Upload a file as a new memory",
       .tag = "uploads",
       .body_limit = kLargestRequest,
       .request_type = "multipart/form-data",
       .response_type = "application/json",
       .description = "Field `file`, and optionally `spaceId` and `collectionId`. 201 with "
                      "`{memory, media, duplicate: false}`; 200 with `duplicate: true` and the memory that holds "
                      "these bytes already. Up to 64 MiB; larger files go by tus at `/api/v1/uploads`."},
      [&contents, &intake](Context& context, RawRequest& request) -> Result<RawReply> {
        TRY(const Uploaded uploaded, receive(context, request, contents, intake));
        return RawReply{.body = http::Codec<Uploaded>::write(uploaded), .content_type = "application/json"};
      });
  router.post<DuplicateCheck, Items<KnownFile>>(
      "/api/v1/uploads/check",
      {.status = 200,
       .summary = "Which of these files are here already",
       .tag = "uploads",
       .description = "Ask before a byte is sent: SHA-256 of each file, up to 1,000 at once."},
      [&intake](Context& context, const DuplicateCheck& check) {
        return intake.check_duplicates(context.user().user_id, check);
      });
}

} // namespace mv
