#include "core/uploads/part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace mv::uploads {

namespace {

std::unexpected<Error> system_failure(const char* what) {
  const int number = errno;
  const bool full = number == ENOSPC || number == EDQUOT;
  return fail(full ? ErrorCode::insufficient_storage : ErrorCode::internal, full ? "storage.full" : "storage.failed",
              std::string(what) + ": " + std::strerror(number));
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_failure("open folder");
  const int outcome = ::fsync(descriptor);
  ::close(descriptor);
  if (outcome != 0) return system_failure("fsync folder");
  return {};
}

} // namespace

Result<void> PartFile::create(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_failure("create");
  ::close(descriptor);
  return sync_folder(path.parent_path());
}

Result<PartFile> PartFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return fail(ErrorCode::gone, "upload.expired");
    return system_failure("open");
  }
  return PartFile(descriptor);
}

PartFile::PartFile(PartFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

PartFile::~PartFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> PartFile::write_at(std::int64_t offset, std::string_view bytes) {
  if (::ftruncate(descriptor_, offset) != 0) return system_failure("truncate");
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  if (::fdatasync(descriptor_) != 0) return system_failure("fdatasync");
  return {};
}

Result<std::string> PartFile::read(const std::filesystem::path& path, std::int64_t offset, std::int64_t length) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return fail(ErrorCode::gone, "upload.expired");
    return system_failure("open");
  }
  std::string bytes(static_cast<std::size_t>(length), '\0');
  ssize_t got = 0;
  do {
    got = ::pread(descriptor, bytes.data(), bytes.size(), offset);
  } while (got < 0 && errno == EINTR);
  Result<std::string> outcome;
  if (got < 0) {
    outcome = system_failure("read");
  } else {
    bytes.resize(static_cast<std::size_t>(got));
    outcome = std::move(bytes);
  }
  ::close(descriptor);
  return outcome;
}

void PartFile::remove(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

Result<void> PartFile::each_in(const std::filesystem::path& folder, std::string_view prefix,
                               const std::function<Result<void>(const std::string&)>& visit) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(prefix)) names.push_back(name.substr(prefix.size()));
  }
  if (error) return fail(ErrorCode::internal, "storage.failed", error.message());
  for (const auto& name : names)
    TRY_OK(visit(name));
  return {};
}

} // namespace mv::uploads
