// Rules and order of memories, on a real database with a clock that stands still.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "core/adapters/sqlite/database.hpp"
#include "core/base/ids.hpp"
#include "core/memories/access.hpp"
#include "core/memories/history.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/service.hpp"
#include "core/memories/timeline.hpp"
#include "core/migrations/runner.hpp"
#include "core/spaces/service.hpp"

namespace mv::memories {
namespace {

constexpr TimeMs kNow = 1'795'492'800'000; // 2026-11-24

/// Counts what it is asked. A transaction is three round trips to a server, a statement is one.
class CountingDatabase final : public Database {
public:
  explicit CountingDatabase(Database& inner) : inner_(inner) {}

  Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override {
    ++transactions;
    return inner_.read_with(work);
  }
  Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) override {
    ++statements;
    return inner_.read_one_with(query, parameters);
  }
  Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override {
    ++transactions;
    return inner_.write_with(work);
  }
  [[nodiscard]] std::string_view engine() const override { return inner_.engine(); }

  int transactions = 0;
  int statements = 0;

private:
  Database& inner_;
};

class MemoriesCoreTest : public testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "memoryverse-memories-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    db_ = *sqlite::SqliteDatabase::open(folder_ / "test.sqlite");
    ASSERT_TRUE(migrations::Runner(*db_, clock_).migrate());
    static constexpr Query kUser{
        "test_user",
        "INSERT INTO users (id, email, email_key, name, password_hash, locale, created_at, updated_at) "
        "VALUES (?1, 'a@example.org', 'a@example.org', 'Anna', 'x', 'ru', 0, 0)"};
    ASSERT_TRUE(db_->transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(kUser, user_));
      TRY_OK(spaces::make_personal_space(tx, user_, "Anna", kNow));
      return {};
    }));
    memories_ = std::make_unique<MemoryService>(*db_, clock_);
    timeline_ = std::make_unique<TimelineService>(*db_);
  }
  void TearDown() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }

  Memory save(const std::string& title, const std::string& date) {
    auto saved = memories_->create(user_, {.space_id = {},
                                           .collection_id = {},
                                           .type = MemoryType::story,
                                           .title = title,
                                           .description = {},
                                           .tags = {},
                                           .date = date,
                                           .confidence = {},
                                           .place = {},
                                           .privacy = {}});
    EXPECT_TRUE(saved) << title;
    clock_.advance(1000);
    return saved.value_or(Memory{});
  }

  std::filesystem::path folder_;
  FixedClock clock_{kNow};
  std::unique_ptr<sqlite::SqliteDatabase> db_;
  std::unique_ptr<MemoryService> memories_;
  std::unique_ptr<TimelineService> timeline_;
  std::string user_ = new_id();
};

TEST_F(MemoriesCoreTest, OrdersMonthsAlsoBeforeYearZero) {
  for (const char* date : {"1962-07-14", "-0044-03-15", "-0100-05", "2019-07", "", "-0044-04"})
    save("m", date);
  const auto buckets = timeline_->buckets(user_, {});
  ASSERT_TRUE(buckets);
  std::vector<std::string> names;
  for (const auto& bucket : buckets->buckets)
    names.push_back(bucket.bucket);
  EXPECT_EQ(names, (std::vector<std::string>{"2019-07", "1962-07", "-0044-04", "-0044-03", "-0100-05", "undated"}));
  for (const auto& name : names) {
    const auto bucket = timeline_->bucket(user_, name, {});
    ASSERT_TRUE(bucket) << name;
    EXPECT_EQ(bucket->columns.id.size(), 1U) << name;
  }
}

TEST_F(MemoriesCoreTest, PagesALargeMonth) {
  for (int i = 0; i < 7; ++i)
    save("m" + std::to_string(i), "2019-07-1" + std::to_string(i));
  std::vector<std::string> titles;
  std::optional<std::string> cursor;
  do {
    const auto page = timeline_->bucket(user_, "2019-07", {.space_id = {}, .limit = 3, .cursor = cursor});
    ASSERT_TRUE(page);
    titles.insert(titles.end(), page->columns.title.begin(), page->columns.title.end());
    cursor = page->next_cursor;
  } while (cursor);
  EXPECT_EQ(titles, (std::vector<std::string>{"m6", "m5", "m4", "m3", "m2", "m1", "m0"}));
}

TEST_F(MemoriesCoreTest, ShowsTheLatestArrivalFirstAmongUndatedOnes) {
  save("first", "");
  save("second", "");
  const auto page = memories_->list(user_, {});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.at(0).title, "second");
}

TEST_F(MemoriesCoreTest, AsksOnceForWhatIsAskedMost) {
  const Memory memory = save("m", "2019-07-14");
  MediaRecord picture;
  picture.id = new_id();
  picture.memory_id = memory.id;
  picture.mime_type = "image/jpeg";
  picture.file_name = "a.jpg";
  picture.bytes = 7;
  picture.sha256 = std::string(64, 'a');
  picture.state = "ready";
  ASSERT_TRUE(db_->transaction([&](Transaction& tx) {
    return MemoryRepository(tx).insert_media(picture, std::string(40, 'b'), memory.space_id, 0, kNow);
  }));

  CountingDatabase counting(*db_);
  const auto file = require_media(counting, picture.id, user_);
  ASSERT_TRUE(file) << file.error().cause;
  EXPECT_EQ(file->memory_id, memory.id);
  EXPECT_EQ(file->mime_type, "image/jpeg");
  EXPECT_EQ(file->file_name, "a.jpg");
  EXPECT_EQ(file->bytes, 7);
  EXPECT_EQ(file->sha256, picture.sha256);
  EXPECT_EQ(counting.statements, 1);

  const auto read = MemoryService(counting, clock_).get(user_, memory.id);
  ASSERT_TRUE(read) << read.error().cause;
  EXPECT_EQ(read->title, "m");
  EXPECT_TRUE(read->can_edit);
  ASSERT_EQ(read->media.size(), 1U);
  EXPECT_EQ(read->media.front().id, picture.id);
  EXPECT_EQ(counting.statements, 2);
  EXPECT_EQ(counting.transactions, 0);
}

TEST_F(MemoriesCoreTest, KeepsHistoryOfEveryField) {
  MemoryRecord before;
  before.id = new_id();
  MemoryRecord after = before;
  after.title = "Заголовок";
  after.tags = {"море"};
  after.place_name = "Ялта";
  after.latitude = 44.5;
  after.longitude = 34.2;
  after.privacy = "private";
  const auto changes = changes_between(before, after);
  EXPECT_EQ(changes.size(), 4U);
  ASSERT_TRUE(take_back(after, changes));
  EXPECT_TRUE(changes_between(before, after).empty());
}

} // namespace
} // namespace mv::memories
