#pragma once

// The file of an unfinished upload. Used by one thread at a time.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/ports/blob_store.hpp"

namespace mv::uploads {

class PartFile {
public:
  /// An empty file whose name is on disk when it returns.
  [[nodiscard]] static Result<void> create(const std::filesystem::path& path);
  /// `gone` with `upload.expired` when it is not there.
  [[nodiscard]] static Result<PartFile> open(const std::filesystem::path& path);
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  /// Drops whatever lies past `offset` (what a crash left unacknowledged), writes, and syncs.
  [[nodiscard]] Result<void> write_at(std::int64_t offset, std::string_view bytes);

  /// Size and hashes, read in pieces.
  [[nodiscard]] static Result<BlobInfo> hash(const std::filesystem::path& path, std::int64_t length);
  /// The first bytes of the file or, when it was stored already, of the blob.
  [[nodiscard]] static Result<std::string> read_head(const std::filesystem::path& path, BlobStore& blobs,
                                                     const BlobKey& key, std::size_t most);
  /// Removing what is not there is fine.
  static void remove(const std::filesystem::path& path);
  /// Calls `visit` with what follows `prefix` in the names of a folder.
  [[nodiscard]] static Result<void> each_in(const std::filesystem::path& folder, std::string_view prefix,
                                            const std::function<Result<void>(const std::string&)>& visit);

private:
  explicit PartFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

} // namespace mv::uploads
