#pragma once

// Unfinished uploads as files in the scratch folder of a BlobStore.

#include <filesystem>

#include "core/ports/upload_store.hpp"

namespace mv::uploads {

class LocalUploadStore final : public UploadStore {
public:
  explicit LocalUploadStore(BlobStore& blobs) : blobs_(blobs) {}

  [[nodiscard]] Result<void> create(const std::string& id) override;
  [[nodiscard]] Result<Acknowledge> append(const std::string& id, std::int64_t offset, std::string_view bytes) override;
  [[nodiscard]] Result<std::string> read(const std::string& id, std::int64_t offset, std::int64_t length) override;
  [[nodiscard]] Result<void> store(const std::string& id, const BlobInfo& content, const BlobKey& key) override;
  [[nodiscard]] std::vector<DirectPiece> direct_pieces(const std::string& id, std::int64_t length,
                                                       TimeMs lasts) override;
  [[nodiscard]] Result<Acknowledge> collect(const std::string& id, std::int64_t length) override;
  void remove(const std::string& id) override;
  [[nodiscard]] Result<void> sweep(const std::function<Result<bool>(const std::string& id)>& wanted) override;

private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& id) const {
    return blobs_.scratch() / ("upload-" + id);
  }

  BlobStore& blobs_;
};

} // namespace mv::uploads
