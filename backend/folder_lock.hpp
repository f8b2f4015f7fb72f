#pragma once

// One process a data folder: a second one would take the first one's unfinished work for a crash's leftovers.

#include <filesystem>

#include "core/base/result.hpp"

namespace mv {

/// Ends the line about a folder that cannot be used.
inline constexpr const char* kFolderAdvice = "; name a folder that this user may write";

/// Held as long as it lives; the system lets go of it with the process, however that ends.
class FolderLock {
public:
  /// Makes the folder (0700) where it is missing. `data.in-use` when another process holds it.
  [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

} // namespace mv
