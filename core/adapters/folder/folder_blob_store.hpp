#pragma once

// BlobStore in a local folder. A blob is written to a temporary file while it is hashed, synced, renamed into place,
// and its folder synced: what is visible is whole, and what was acknowledged survives a power cut.

#include <filesystem>
#include <memory>

#include "core/ports/blob_store.hpp"

namespace mv::folder {

/// Layout below the root: `blobs/KEY` and `scratch/`, all of mode 0700 and 0600, on one file system.
class FolderBlobStore final : public BlobStore {
public:
  /// Makes the folders where they are missing.
  [[nodiscard]] static Result<std::unique_ptr<FolderBlobStore>> open(const std::filesystem::path& root);

  [[nodiscard]] Result<std::unique_ptr<BlobWriter>> create() override;
  [[nodiscard]] Result<void> adopt(const std::filesystem::path& path, const BlobKey& key) override;
  [[nodiscard]] Result<std::string> read(const BlobKey& key, std::int64_t offset, std::int64_t length) override;
  [[nodiscard]] Result<void> fetch(const BlobKey& key, const std::filesystem::path& to) override;
  [[nodiscard]] Result<std::optional<std::int64_t>> size(const BlobKey& key) override;
  [[nodiscard]] Result<void> remove(const BlobKey& key) override;
  [[nodiscard]] Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit) override;
  [[nodiscard]] std::optional<std::filesystem::path> local_path(const BlobKey& key) const override;
  [[nodiscard]] std::filesystem::path scratch() const override { return root_ / "scratch"; }

  /// At start, before anything is written: removes unfinished blobs and previews of a process that died. Files of
  /// unfinished uploads (`upload-*`) stay; their service knows which are wanted.
  [[nodiscard]] Result<void> sweep_scratch();

private:
  explicit FolderBlobStore(std::filesystem::path root) : root_(std::move(root)) {}
  std::filesystem::path root_;
};

} // namespace mv::folder
