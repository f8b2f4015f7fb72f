#include "core/adapters/folder/folder_blob_store.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/ids.hpp"
#include "core/ports/contracts/blob_store_contract.hpp"

namespace mv::folder {
namespace {

namespace fs = std::filesystem;

class Maker {
public:
  Maker() {
    fs::create_directories(folder_);
    auto opened = FolderBlobStore::open(folder_ / "store");
    if (!opened) throw std::runtime_error(opened.error().cause);
    store_ = *std::move(opened);
  }
  ~Maker() { fs::remove_all(folder_); }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  FolderBlobStore& store() { return *store_; }
  [[nodiscard]] const fs::path& folder() const { return folder_; }

private:
  fs::path folder_ = fs::path(testing::TempDir()) / ("blobs-" + new_id());
  std::unique_ptr<FolderBlobStore> store_;
};

Result<void> put(FolderBlobStore& store, const BlobKey& key, std::string_view text) {
  TRY(auto writer, store.create());
  TRY_OK(writer->write(std::as_bytes(std::span(text))));
  return writer->commit(key);
}

TEST(FolderBlobStoreTest, KeepsItsFilesToTheOwner) {
  Maker maker;
  ASSERT_TRUE(put(maker.store(), "a/b", "x").has_value());
  const auto path = maker.store().local_path("a/b");
  ASSERT_TRUE(path);
  EXPECT_EQ(fs::status(*path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(path->parent_path()).permissions(), fs::perms::owner_all);
}

TEST(FolderBlobStoreTest, FollowsNoLinks) {
  Maker maker;
  ASSERT_TRUE(put(maker.store(), "a/real", "x").has_value());
  const fs::path folder = maker.store().local_path("a/real")->parent_path();
  fs::create_symlink("/etc/passwd", folder / "passwd");
  EXPECT_FALSE(maker.store().read("a/passwd", 0, 10).has_value());
  EXPECT_EQ(maker.store().size("a/passwd").value(), std::nullopt);
  fs::create_directory_symlink(maker.folder(), folder / "loop");
  std::vector<BlobKey> keys;
  ASSERT_TRUE(maker.store()
                  .list("",
                        [&](const BlobEntry& entry) {
                          keys.push_back(entry.key);
                          return true;
                        })
                  .has_value());
  EXPECT_EQ(keys, std::vector<BlobKey>{"a/real"});
  EXPECT_FALSE(maker.store().adopt(folder / "passwd", "a/stolen").has_value());
  EXPECT_TRUE(fs::exists("/etc/passwd"));
}

TEST(FolderBlobStoreTest, SweepsWhatADeadProcessLeftAndNothingElse) {
  Maker maker;
  ASSERT_TRUE(put(maker.store(), "a/b", "x").has_value());
  std::ofstream(maker.store().scratch() / "blob-left") << "half";
  fs::create_directories(maker.store().scratch() / "previews-left");
  std::ofstream(maker.store().scratch() / "upload-wanted") << "half";
  ASSERT_TRUE(maker.store().sweep_scratch().has_value());
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(maker.store().scratch()))
    names.push_back(entry.path().filename());
  EXPECT_EQ(names, std::vector<std::string>{"upload-wanted"});
  EXPECT_EQ(maker.store().read("a/b", 0, 9), "x");
}

TEST(FolderBlobStoreTest, TakesOverAFileOfAnotherFileSystem) {
  const fs::path shared_memory = "/dev/shm";
  Maker maker;
  struct stat here{};
  struct stat there{};
  if (::stat(shared_memory.c_str(), &there) != 0 || ::access(shared_memory.c_str(), W_OK) != 0 ||
      ::stat(maker.folder().c_str(), &here) != 0 || here.st_dev == there.st_dev) {
    GTEST_SKIP() << "no second file system to write to";
  }
  const fs::path path = shared_memory / ("mv-" + new_id());
  std::ofstream(path) << "from elsewhere";
  ASSERT_TRUE(maker.store().adopt(path, "a/b").has_value());
  EXPECT_FALSE(fs::exists(path));
  EXPECT_EQ(maker.store().read("a/b", 0, 99), "from elsewhere");
  EXPECT_TRUE(fs::is_empty(maker.store().scratch()));
}

// Exit status of the child that fills a small disk of its own: 0 as it should be, 77 where none can be mounted.
int fill_a_small_disk(const fs::path& folder) {
  if (::unshare(CLONE_NEWNS) != 0) return 77;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=256k") != 0) return 77;
  const auto store = FolderBlobStore::open(folder / "store");
  if (!store) return 1;
  if (!put(**store, "a/small", "x")) return 2;
  {
    auto writer = (*store)->create();
    if (!writer) return 3;
    const std::string block(64 * 1024, 'x');
    Result<void> written;
    for (int i = 0; i < 8 && written; ++i)
      written = (*writer)->write(std::as_bytes(std::span(block)));
    if (written || written.error().code != ErrorCode::insufficient_storage) return 4;
  }
  if (!fs::is_empty((*store)->scratch())) return 5; // the space is free again
  if ((*store)->read("a/small", 0, 9) != "x") return 6;
  return put(**store, "a/next", std::string(64 * 1024, 'y')) ? 0 : 7;
}

TEST(FolderBlobStoreTest, SaysThatTheDiskIsFullAndLeavesNothingOfIt) {
  Maker maker;
  const fs::path disk = maker.folder() / "disk";
  fs::create_directories(disk);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(fill_a_small_disk(disk));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this system lets us mount no small disk";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace
} // namespace mv::folder

namespace mv {
INSTANTIATE_TYPED_TEST_SUITE_P(Folder, BlobStoreContract, folder::Maker);
} // namespace mv
