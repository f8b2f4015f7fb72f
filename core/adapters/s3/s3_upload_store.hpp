#pragma once

// Unfinished uploads in the bucket, so that each chunk may reach another process and none of them needs to live: a
// chunk is an object of its own below `.uploads/ID/`, named in the database once it is acknowledged. The finished file
// is put together by reading them in their order into one request, whose SHA-256 the store compares.

#include "core/adapters/s3/s3_blob_store.hpp"
#include "core/ports/upload_store.hpp"

namespace mv::s3 {

class S3UploadStore final : public UploadStore {
public:
  /// `direct`: clients may put pieces into the bucket themselves.
  S3UploadStore(Database& db, S3BlobStore& blobs, bool direct) : db_(db), blobs_(blobs), direct_(direct) {}

  [[nodiscard]] Result<void> create(const std::string& id) override;
  [[nodiscard]] Result<Acknowledge> append(const std::string& id, std::int64_t offset, std::string_view bytes) override;
  [[nodiscard]] Result<std::string> read(const std::string& id, std::int64_t offset, std::int64_t length) override;
  [[nodiscard]] Result<void> store(const std::string& id, const BlobInfo& content, const BlobKey& key) override;
  [[nodiscard]] std::vector<DirectPiece> direct_pieces(const std::string& id, std::int64_t length,
                                                       TimeMs lasts) override;
  [[nodiscard]] Result<Acknowledge> collect(const std::string& id, std::int64_t length) override;
  void remove(const std::string& id) override;
  /// Sweeps the blob store as well.
  [[nodiscard]] Result<void> sweep(const std::function<Result<bool>(const std::string& id)>& wanted) override;

private:
  Database& db_;
  S3BlobStore& blobs_;
  bool direct_;
};

} // namespace mv::s3
