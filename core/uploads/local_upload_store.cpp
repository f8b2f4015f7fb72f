#include "core/uploads/local_upload_store.hpp"

#include "core/uploads/part_file.hpp"

namespace mv::uploads {

Result<void> LocalUploadStore::create(const std::string& id) { return PartFile::create(path_of(id)); }

Result<Acknowledge> LocalUploadStore::append(const std::string& id, std::int64_t offset, std::string_view bytes) {
  TRY(PartFile part, PartFile::open(path_of(id)));
  TRY_OK(part.write_at(offset, bytes));
  return Acknowledge();
}

Result<std::string> LocalUploadStore::read(const std::string& id, std::int64_t offset, std::int64_t length) {
  return PartFile::read(path_of(id), offset, length);
}

Result<void> LocalUploadStore::store(const std::string& id, const BlobInfo& content, const BlobKey& key) {
  // A start after a crash may find the bytes in their place already.
  if (!std::filesystem::exists(path_of(id))) {
    TRY(const auto stored, blobs_.size(key));
    if (stored == content.bytes) return {};
  }
  return blobs_.adopt(path_of(id), key);
}

std::vector<DirectPiece> LocalUploadStore::direct_pieces(const std::string& /*id*/, std::int64_t /*length*/,
                                                         TimeMs /*lasts*/) {
  return {};
}

Result<Acknowledge> LocalUploadStore::collect(const std::string& /*id*/, std::int64_t /*length*/) {
  return fail(ErrorCode::conflict, "upload.incomplete");
}

void LocalUploadStore::remove(const std::string& id) { PartFile::remove(path_of(id)); }

Result<void> LocalUploadStore::sweep(const std::function<Result<bool>(const std::string&)>& wanted) {
  return PartFile::each_in(blobs_.scratch(), "upload-", [&](const std::string& id) -> Result<void> {
    TRY(const bool keep, wanted(id));
    if (!keep) remove(id);
    return {};
  });
}

} // namespace mv::uploads
