#pragma once

// The file of an unfinished upload. Used by one thread at a time.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

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

  /// Up to `length` bytes from `offset`; none at the end. `gone` with `upload.expired` when the file is not there.
  [[nodiscard]] static Result<std::string> read(const std::filesystem::path& path, std::int64_t offset,
                                                std::int64_t length);
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
