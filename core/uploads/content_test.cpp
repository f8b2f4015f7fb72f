#include "core/uploads/content.hpp"

#include <gtest/gtest.h>

#include "core/adapters/folder/folder_blob_store.hpp"
#include "core/adapters/jobs/queue_fixture.hpp"

namespace mv::uploads {
namespace {

namespace fs = std::filesystem;

class ContentStoreTest : public testing::Test {
protected:
  ContentStoreTest() {
    fs::create_directories(folder_);
    auto opened = folder::FolderBlobStore::open(folder_);
    if (!opened) throw std::runtime_error(opened.error().cause);
    blobs_ = *std::move(opened);
  }
  ~ContentStoreTest() override { fs::remove_all(folder_); }

  ContentStore process(const std::string& owner) { return {data_.database(), *blobs_, data_.clock(), owner}; }
  /// What a process does before its transaction refers to the content.
  void begin(ContentStore& process, const std::string& pending_id) {
    ASSERT_TRUE(process.expect(pending_id, sha256_).has_value());
    auto writer = blobs_->create();
    ASSERT_TRUE(writer && (*writer)->commit(original_key(sha256_)).has_value());
  }
  bool is_stored() { return blobs_->size(original_key(sha256_))->has_value(); }
  bool settle(const std::string& pending_id) {
    return data_.database().transaction([&](Transaction& tx) { return ContentStore::settle(tx, pending_id); }).value();
  }

  const std::string sha256_ = std::string(64, 'a');
  const ContentStore::Resume nobody_ = [](const std::string&) { return false; };
  fs::path folder_ = fs::path(testing::TempDir()) / ("contents-" + new_id());
  jobs::QueueOnSqlite data_;
  std::unique_ptr<folder::FolderBlobStore> blobs_;
};

TEST_F(ContentStoreTest, LeavesWhatIsOnItsWayToTheProcessThatBringsIt) {
  for (const std::string owner : {"api-1", ""}) {
    ContentStore api = process(owner);
    begin(api, "upload");
    ASSERT_TRUE(api.recover_old(data_.clock().now() - kDay, nobody_).has_value());
    ASSERT_TRUE(process("api-2").recover(data_.clock().now() - kDay, nobody_).has_value());
    EXPECT_TRUE(is_stored());
    EXPECT_TRUE(settle("upload"));
  }
}

TEST_F(ContentStoreTest, TakesBackAtItsStartWhatItsEarlierLifeLeft) {
  ContentStore api = process("api-1");
  begin(api, "upload");
  ASSERT_TRUE(process("api-1").recover(data_.clock().now() - kDay, nobody_).has_value());
  EXPECT_FALSE(is_stored());
  EXPECT_FALSE(settle("upload"));
}

TEST_F(ContentStoreTest, TakesBackWhatNobodyCameForInADay) {
  ContentStore gone = process("api-1");
  begin(gone, "upload");
  data_.clock().advance(kDay + 1);
  ASSERT_TRUE(process("worker-1").recover_old(data_.clock().now() - kDay, nobody_).has_value());
  EXPECT_FALSE(is_stored());
  EXPECT_FALSE(settle("upload"));
}

TEST_F(ContentStoreTest, LetsOneTakeOverWhatWasLeft) {
  ContentStore gone = process("api-1");
  begin(gone, "upload");
  std::string resumed;
  const auto resume = [&](const std::string& id) {
    resumed = id;
    return true;
  };
  ASSERT_TRUE(process("api-1").recover(data_.clock().now() - kDay, resume).has_value());
  EXPECT_EQ(resumed, "upload");
  EXPECT_TRUE(is_stored());
}

} // namespace
} // namespace mv::uploads
