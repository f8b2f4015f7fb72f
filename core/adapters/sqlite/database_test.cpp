#include "core/adapters/sqlite/database.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <latch>

#include "core/base/ids.hpp"
#include "core/ports/contracts/database_contract.hpp"

namespace mv::sqlite {
namespace {

namespace fs = std::filesystem;

class Maker {
public:
  explicit Maker(const SqliteOptions& options = {}) {
    auto opened = SqliteDatabase::open(folder_ / "new" / "test.sqlite", options);
    if (!opened) throw std::runtime_error(opened.error().cause);
    database_ = *std::move(opened);
  }
  ~Maker() {
    database_.reset();
    fs::remove_all(folder_);
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  SqliteDatabase& database() { return *database_; }
  [[nodiscard]] fs::path folder() const { return folder_ / "new"; }

private:
  fs::path folder_ = fs::path(testing::TempDir()) / ("sqlite-" + new_id());
  std::unique_ptr<SqliteDatabase> database_;
};

std::string first_text(Database& database, std::string_view sql) {
  const auto rows = database.read([&](Transaction& tx) { return tx.run({"text", sql}); });
  if (!rows) return rows.error().cause;
  return rows->front().text(0);
}

std::int64_t first_integer(Database& database, std::string_view sql) {
  const auto rows = database.read([&](Transaction& tx) { return tx.run({"integer", sql}); });
  return rows ? rows->front().integer(0) : -1;
}

Result<Rows> write(Database& database, std::string_view sql) {
  return database.transaction([&](Transaction& tx) { return tx.run({"write", sql}); });
}

TEST(SqliteDatabaseTest, SyncsEachCommitAndEnforcesForeignKeys) {
  Maker maker;
  EXPECT_EQ(first_text(maker.database(), "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(first_integer(maker.database(), "PRAGMA synchronous"), 2);
  EXPECT_EQ(first_integer(maker.database(), "PRAGMA foreign_keys"), 1);
  const auto writer =
      maker.database().transaction([](Transaction& tx) { return tx.run({"sync", "PRAGMA synchronous"}); });
  EXPECT_EQ(writer.value().front().integer(0), 2);
}

TEST(SqliteDatabaseTest, KeepsItsFilesToTheOwner) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x)").has_value());
  EXPECT_EQ(fs::status(maker.folder()).permissions(), fs::perms::owner_all);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(maker.folder())) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 3); // the database, its log, and the index of the log
}

TEST(SqliteDatabaseTest, RefusesAFileThatIsNoDatabaseAndALink) {
  Maker maker;
  std::ofstream(maker.folder() / "letter.txt") << std::string(5000, 'x');
  const auto letter = SqliteDatabase::open(maker.folder() / "letter.txt");
  ASSERT_FALSE(letter.has_value());
  EXPECT_NE(letter.error().cause.find("not a database"), std::string::npos) << letter.error().cause;
  fs::create_symlink(maker.folder() / "test.sqlite", maker.folder() / "link.sqlite");
  EXPECT_FALSE(SqliteDatabase::open(maker.folder() / "link.sqlite").has_value());
}

TEST(SqliteDatabaseTest, SaysThatTheDiskIsFullAndGoesOnWhenItIsNot) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x)").has_value());
  ASSERT_TRUE(write(maker.database(), "PRAGMA max_page_count = 10").has_value()); // stands for a full disk
  const auto full = write(maker.database(), "INSERT INTO a VALUES (zeroblob(1000000))");
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().code, ErrorCode::insufficient_storage);
  EXPECT_EQ(full.error().key, "database.full");
  ASSERT_TRUE(write(maker.database(), "PRAGMA max_page_count = 100000").has_value());
  EXPECT_TRUE(write(maker.database(), "INSERT INTO a VALUES (zeroblob(1000000))").has_value());
  EXPECT_EQ(first_integer(maker.database(), "SELECT COUNT(*) FROM a"), 1);
}

TEST(SqliteDatabaseTest, EndsAStatementThatRunsTooLong) {
  Maker maker({.statement_timeout = std::chrono::milliseconds(20)});
  const auto endless = maker.database().read([](Transaction& tx) {
    return tx.run({"endless", "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n"});
  });
  ASSERT_FALSE(endless.has_value());
  EXPECT_EQ(endless.error().code, ErrorCode::unavailable);
  EXPECT_EQ(endless.error().key, "database.timeout");
  EXPECT_EQ(first_integer(maker.database(), "SELECT 1"), 1);
}

TEST(SqliteDatabaseTest, AnswersUnavailableWhenEveryReaderIsInUse) {
  Maker maker({.readers = 1, .queue_timeout = std::chrono::milliseconds(1)});
  const auto outer = maker.database().read([&](Transaction&) -> Result<void> {
    std::jthread([&] {
      const auto inner = maker.database().read([](Transaction&) -> Result<void> { return {}; });
      ASSERT_FALSE(inner.has_value());
      EXPECT_EQ(inner.error().code, ErrorCode::unavailable);
      EXPECT_EQ(inner.error().retry_after_s, 1);
    }).join();
    return {};
  });
  EXPECT_TRUE(outer.has_value());
  EXPECT_TRUE(maker.database().read([](Transaction&) -> Result<void> { return {}; }).has_value());
}

TEST(SqliteDatabaseTest, ReadsTwoDatabasesAtOnceOnOneThread) {
  Maker one;
  Maker two;
  const auto outcome = one.database().read([&](Transaction&) -> Result<void> {
    return two.database().read([](Transaction&) -> Result<void> { return {}; });
  });
  EXPECT_TRUE(outcome.has_value());
}

TEST(SqliteDatabaseTest, CountsItsQueriesByName) {
  Metrics metrics;
  Maker maker({.metrics = &metrics});
  ASSERT_TRUE(maker.database().read([](Transaction& tx) { return tx.run({"find_nothing", "SELECT 1"}); }).has_value());
  EXPECT_NE(metrics.render().find(R"(memoryverse_database_query_seconds_count{query="find_nothing"} 1)"),
            std::string::npos);
}

TEST(SqliteDatabaseTest, CopiesTheWholeDatabaseWhileItIsInUse) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x)").has_value());
  ASSERT_TRUE(write(maker.database(), "INSERT INTO a VALUES (7)").has_value());
  const fs::path target = maker.folder() / "copy.sqlite";
  const auto copied = maker.database().read([&](Transaction&) -> Result<void> {
    std::jthread([&] { EXPECT_TRUE(maker.database().copy_to(target).has_value()); }).join();
    return {};
  });
  ASSERT_TRUE(copied.has_value());
  ASSERT_TRUE(maker.database().copy_to(target).has_value()) << "over an older copy";
  const auto copy = SqliteDatabase::open(target);
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(first_integer(**copy, "SELECT x FROM a"), 7);
  EXPECT_FALSE(fs::exists(maker.folder() / "copy.sqlite.tmp"));
}

TEST(SqliteDatabaseTest, TakesOneStatementAtATimeOnly) {
  Maker maker;
  EXPECT_FALSE(write(maker.database(), "SELECT 1; SELECT 2").has_value());
  EXPECT_FALSE(write(maker.database(), "").has_value());
  EXPECT_TRUE(write(maker.database(), "SELECT 1\n").has_value());
}

} // namespace
} // namespace mv::sqlite

namespace mv {
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, DatabaseContract, sqlite::Maker);
} // namespace mv
