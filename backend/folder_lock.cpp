#include "backend/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mv {

namespace fs = std::filesystem;

Result<FolderLock> FolderLock::take(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(ErrorCode::unavailable, "data.cannot-make", folder.string() + ": " + error.message() + kFolderAdvice);
  ::chmod(folder.c_str(), 0700);
  const int descriptor = ::open((folder / "server.lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return fail(ErrorCode::unavailable, "data.cannot-write",
                folder.string() + ": " + std::strerror(errno) + kFolderAdvice);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return fail(ErrorCode::unavailable, "data.in-use",
                "another MemoryVerse runs on " + folder.string() + "; stop it first, or name another folder");
  }
  return FolderLock(descriptor);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace mv
