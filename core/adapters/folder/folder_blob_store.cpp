#include "core/adapters/folder/folder_blob_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <vector>

#include "core/base/hash.hpp"
#include "core/base/ids.hpp"

namespace mv::folder {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> system_failure(const std::string& what, int number = errno) {
  const bool full = number == ENOSPC || number == EDQUOT;
  return fail(full ? ErrorCode::insufficient_storage : ErrorCode::internal, full ? "storage.full" : "storage.failed",
              what + ": " + std::strerror(number));
}

/// Closes a descriptor with its scope.
class Descriptor {
public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void reset() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

private:
  int number_;
};

Result<void> sync_path(const fs::path& path, int flags) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!file) return system_failure("open " + path.filename().string());
  if (::fsync(file.get()) != 0) return system_failure("fsync " + path.filename().string());
  return {};
}

/// Held while folders come and go and while a file takes or leaves its place: a folder that another thread has made and
/// not yet synced must not count as there, one that is about to be filled must not be taken away as empty, and a blob
/// that is kept in place of ours must not be removed meanwhile. File contents are written and synced outside of it.
std::mutex places;

/// Makes the folders of `folder` that are missing below `root`, and syncs the parent of each, so that they stay.
Result<void> make_folders(const fs::path& root, const fs::path& folder) {
  std::error_code ignored; // what cannot be looked at cannot be made either, and that says why
  if (fs::is_directory(folder, ignored)) return {};
  std::vector<fs::path> missing;
  for (fs::path at = folder; at != root && !fs::exists(at, ignored); at = at.parent_path())
    missing.push_back(at);
  std::ranges::reverse(missing);
  for (const auto& path : missing) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_failure("mkdir");
    TRY_OK(sync_path(path.parent_path(), O_DIRECTORY));
  }
  return {};
}

/// Renames a finished, synced file to where `key` says. False when they are on two file systems.
Result<bool> move_into_place(const fs::path& root, const fs::path& from, const fs::path& to) {
  std::unique_lock lock(places);
  struct stat source{};
  struct stat target{};
  if (::lstat(from.c_str(), &source) != 0) return system_failure("stat");
  if (!S_ISREG(source.st_mode)) return fail(ErrorCode::invalid, "blob.not-a-file");
  TRY_OK(make_folders(root, to.parent_path()));
  const Descriptor folder(::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_failure("open folder");
  if (::lstat(to.c_str(), &target) == 0 && S_ISREG(target.st_mode) && target.st_size == source.st_size) {
    ::unlink(from.c_str());
  } else if (::rename(from.c_str(), to.c_str()) != 0) {
    if (errno == EXDEV) return false;
    return system_failure("rename");
  }
  lock.unlock();
  // Also for a blob that was there: another writer may have renamed it and not synced yet, and both may rely on it when
  // they return. By its descriptor, as the folder may be gone with its last blob by now.
  if (::fsync(folder.get()) != 0) return system_failure("fsync folder");
  return true;
}

class FolderWriter final : public BlobWriter {
public:
  FolderWriter(fs::path root, fs::path temporary, int descriptor)
      : root_(std::move(root)), temporary_(std::move(temporary)), file_(descriptor) {}
  ~FolderWriter() override {
    if (!committed_) ::unlink(temporary_.c_str());
  }

  [[nodiscard]] Result<void> write(std::span<const std::byte> bytes) override {
    sha256_.update(bytes);
    sha1_.update(bytes);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return system_failure("write");
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      info_.bytes += written;
    }
    return {};
  }

  [[nodiscard]] Result<BlobInfo> finish() override {
    if (info_.sha256.empty()) {
      info_.sha256 = sha256_.hex();
      info_.sha1 = sha1_.hex();
    }
    return info_;
  }

  [[nodiscard]] Result<void> commit(const BlobKey& key) override {
    if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
    if (::fsync(file_.get()) != 0) return system_failure("fsync");
    file_.reset();
    TRY_OK(move_into_place(root_, temporary_, root_ / "blobs" / key));
    committed_ = true;
    return {};
  }

private:
  fs::path root_;
  fs::path temporary_;
  Descriptor file_;
  Sha256 sha256_;
  Sha1 sha1_;
  BlobInfo info_;
  bool committed_ = false;
};

/// Visits files below `folder` in key order. False when `visit` has had enough.
Result<bool> walk(const fs::path& folder, const std::string& key, std::string_view prefix,
                  const std::function<bool(const BlobEntry&)>& visit) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    // What is no key of ours (`lost+found`) or leads elsewhere is not ours to show.
    if (is_blob_key(at->path().filename().string()) && !at->is_symlink(error)) entries.push_back(*at);
  }
  if (error == std::errc::no_such_file_or_directory) return true; // its last blob was removed meanwhile
  if (error) return system_failure("list", error.value());
  // A folder sorts as its keys do, with the slash that follows its name.
  const auto is_folder = [](const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_directory(ignored);
  };
  const auto sort_name = [&is_folder](const fs::directory_entry& entry) {
    return entry.path().filename().string() + (is_folder(entry) ? "/" : "");
  };
  std::ranges::sort(entries, {}, sort_name);
  for (const auto& entry : entries) {
    const std::string name = key + sort_name(entry);
    if (is_folder(entry)) {
      const bool may_hold = name.starts_with(prefix) || prefix.starts_with(name);
      if (!may_hold) continue;
      TRY(const bool more, walk(entry.path(), name, prefix, visit));
      if (!more) return false;
    } else if (name.starts_with(prefix)) {
      struct stat about{};
      if (::lstat(entry.path().c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
      const std::int64_t modified = about.st_mtim.tv_sec * 1000 + about.st_mtim.tv_nsec / 1'000'000;
      if (!visit({.key = name, .bytes = about.st_size, .modified_ms = modified})) return false;
    }
  }
  return true;
}

} // namespace

Result<std::unique_ptr<FolderBlobStore>> FolderBlobStore::open(const fs::path& root) {
  std::error_code error;
  fs::create_directories(root, error);
  for (const auto* name : {"blobs", "scratch"}) {
    if (::mkdir((root / name).c_str(), 0700) != 0 && errno != EEXIST)
      return system_failure("mkdir " + (root / name).string());
  }
  TRY_OK(sync_path(root, O_DIRECTORY));
  return std::unique_ptr<FolderBlobStore>(new FolderBlobStore(root));
}

Result<std::unique_ptr<BlobWriter>> FolderBlobStore::create() {
  fs::path path = scratch() / ("blob-" + new_id());
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) return system_failure("create");
  return std::make_unique<FolderWriter>(root_, std::move(path), descriptor);
}

Result<void> FolderBlobStore::adopt(const fs::path& path, const BlobKey& key) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  TRY_OK(sync_path(path, O_NOFOLLOW));
  TRY(const bool moved, move_into_place(root_, path, root_ / "blobs" / key));
  if (moved) return {};
  // From another file system: through a file of ours, so that the blob appears whole or not at all.
  const fs::path copy = scratch() / ("blob-" + new_id());
  std::error_code error;
  fs::copy_file(path, copy, error);
  Result<void> outcome;
  if (error) outcome = system_failure("copy", error.value());
  if (outcome) outcome = sync_path(copy, 0);
  if (outcome) outcome = move_into_place(root_, copy, root_ / "blobs" / key).transform([](bool) {});
  // Either the copy has its place, and `path` goes, or it has none and goes itself.
  fs::remove(outcome ? path : copy, error);
  return outcome;
}

Result<std::string> FolderBlobStore::read(const BlobKey& key, std::int64_t offset, std::int64_t length) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  if (offset < 0 || length < 0) return fail(ErrorCode::invalid, "blob.bad-range");
  const Descriptor file(::open((root_ / "blobs" / key).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat about{};
  if (!file || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    if (file || errno == ENOENT || errno == ENOTDIR) return fail(ErrorCode::not_found, "blob.not-found");
    return system_failure("open");
  }
  const std::int64_t available = std::max<std::int64_t>(0, about.st_size - offset);
  std::string bytes(static_cast<std::size_t>(std::min(length, available)), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::pread(file.get(), bytes.data() + done, bytes.size() - done, offset + static_cast<std::int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Result<void> FolderBlobStore::fetch(const BlobKey& key, const fs::path& to) {
  TRY(const auto bytes, size(key));
  if (!bytes) return fail(ErrorCode::not_found, "blob.not-found");
  std::error_code error;
  if (fs::copy_file(root_ / "blobs" / key, to, error)) return {};
  std::error_code ignored;
  fs::remove(to, ignored);
  return system_failure("copy", error.value());
}

Result<std::optional<std::int64_t>> FolderBlobStore::size(const BlobKey& key) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  struct stat about{};
  if (::lstat((root_ / "blobs" / key).c_str(), &about) == 0) {
    return S_ISREG(about.st_mode) ? std::optional<std::int64_t>(about.st_size) : std::nullopt;
  }
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  return system_failure("stat");
}

Result<void> FolderBlobStore::remove(const BlobKey& key) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  const fs::path path = root_ / "blobs" / key;
  const std::scoped_lock lock(places);
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return system_failure("unlink");
  }
  // Empty folders go too; the first one that is not empty ends it.
  for (fs::path at = path.parent_path(); at != root_ / "blobs"; at = at.parent_path()) {
    if (::rmdir(at.c_str()) != 0) break;
  }
  return {};
}

Result<void> FolderBlobStore::list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit) {
  TRY_OK(walk(root_ / "blobs", "", prefix, visit));
  return {};
}

std::optional<fs::path> FolderBlobStore::local_path(const BlobKey& key) const {
  return is_blob_key(key) ? std::optional(root_ / "blobs" / key) : std::nullopt;
}

Result<void> FolderBlobStore::sweep_scratch() {
  std::error_code error;
  std::vector<fs::path> leftovers;
  for (fs::directory_iterator at(scratch(), error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with("blob-") || name.starts_with("previews-") || name.starts_with("body-"))
      leftovers.push_back(at->path());
  }
  for (const auto& path : leftovers)
    fs::remove_all(path, error);
  if (error) return fail(ErrorCode::internal, "storage.failed", error.message());
  return {};
}

} // namespace mv::folder
