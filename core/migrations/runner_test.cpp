#include "core/migrations/runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/ids.hpp"

namespace mv::migrations {
namespace {

namespace fs = std::filesystem;

constexpr std::array<Migration, 3> kToys{{
    {1, "people", "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL);", "DROP TABLE people;"},
    {2, "letters",
     "-- A trigger holds a semicolon; of its own.\n"
     "CREATE TABLE letters (id TEXT PRIMARY KEY, person_id TEXT REFERENCES people (id) ON DELETE CASCADE);\n"
     "CREATE TRIGGER letters_counted AFTER INSERT ON letters BEGIN\n"
     "  UPDATE people SET name = name || '!' WHERE id = NEW.person_id;\n  UPDATE people SET name = name;\nEND;\n",
     "DROP TABLE letters;"},
    // Rebuilding a table that others refer to must not take their rows along. (SQLite renames no table while a trigger
    // names one that is gone.)
    {3,
     "rebuild",
     "DROP TRIGGER letters_counted;\nCREATE TABLE fresh (id TEXT PRIMARY KEY, name TEXT NOT NULL, age BIGINT);\n"
     "INSERT INTO fresh (id, name) SELECT id, name FROM people;\nDROP TABLE people;\n"
     "ALTER TABLE fresh RENAME TO people;",
     "ALTER TABLE people DROP COLUMN age;",
     {},
     {},
     3},
}};

class RunnerTest : public testing::Test {
protected:
  void SetUp() override {
    auto opened = sqlite::SqliteDatabase::open(folder_ / "test.sqlite");
    ASSERT_TRUE(opened.has_value()) << opened.error().cause;
    database_ = *std::move(opened);
  }
  void TearDown() override {
    database_.reset();
    fs::remove_all(folder_);
  }

  std::vector<std::string> names(std::string_view sql) {
    std::vector<std::string> found;
    const auto read = database_->read([&](Transaction& tx) -> Result<void> {
      TRY(const Rows rows, tx.run({"names", sql}));
      for (const Row& row : rows)
        found.push_back(row.text(0));
      return {};
    });
    EXPECT_TRUE(read.has_value()) << read.error().cause;
    return found;
  }
  std::vector<std::string> schema() {
    return names("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
  }
  void change(std::string_view sql) {
    const auto done = database_->transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run({"change", sql}));
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().cause;
  }
  std::vector<std::string> copies() {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().string().contains(".before-")) found.push_back(entry.path().filename());
    }
    std::ranges::sort(found);
    return found;
  }

  fs::path folder_ = fs::path(testing::TempDir()) / ("migrations-" + new_id());
  FixedClock clock_{1'000};
  std::unique_ptr<sqlite::SqliteDatabase> database_;
};

TEST_F(RunnerTest, GoesForwardAndBackAndIsDoneOnce) {
  Runner runner(*database_, clock_, kToys);
  auto outcome = runner.migrate_to(2);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().cause;
  EXPECT_EQ(outcome->to, 2);
  EXPECT_EQ(runner.version(), 2);
  change("INSERT INTO people VALUES ('a', 'Anna')");
  change("INSERT INTO letters VALUES ('l', 'a')");
  EXPECT_EQ(names("SELECT name FROM people"), std::vector<std::string>{"Anna!"});

  outcome = runner.migrate();
  ASSERT_TRUE(outcome.has_value()) << outcome.error().cause;
  EXPECT_EQ(names("SELECT id FROM letters"), std::vector<std::string>{"l"}) << "the rebuild took the letters along";
  ASSERT_TRUE(runner.migrate_to(1).has_value());
  EXPECT_EQ(names("SELECT name FROM people"), std::vector<std::string>{"Anna!"});
  ASSERT_TRUE(runner.migrate_to(0).has_value());
  EXPECT_EQ(names("SELECT name FROM sqlite_schema WHERE type = 'table'"),
            std::vector<std::string>{"schema_migrations"});
}

TEST_F(RunnerTest, KeepsTheSchemaAndTheStepsBeforeWhenAStepFails) {
  std::array<Migration, 3> broken = kToys;
  broken[2].up = "CREATE TABLE half (id TEXT); CREATE TABLE people (id TEXT);";
  Runner runner(*database_, clock_, broken);
  const auto outcome = runner.migrate();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_NE(outcome.error().cause.find("migration 3 (rebuild)"), std::string::npos) << outcome.error().cause;
  EXPECT_EQ(runner.version(), 2);
  EXPECT_TRUE(names("SELECT name FROM sqlite_schema WHERE name = 'half'").empty());
}

TEST_F(RunnerTest, RefusesAStepThatLeavesRowsWithoutWhatTheyReferTo) {
  std::array<Migration, 3> broken = kToys;
  broken[2].up = "DELETE FROM people";
  Runner runner(*database_, clock_, broken);
  ASSERT_TRUE(runner.migrate_to(2).has_value());
  change("INSERT INTO people VALUES ('a', 'Anna')");
  change("INSERT INTO letters VALUES ('l', 'a')");
  EXPECT_FALSE(runner.migrate().has_value());
  EXPECT_EQ(names("SELECT id FROM people"), std::vector<std::string>{"a"});
  // And they are enforced again afterwards.
  const auto orphan = database_->transaction([](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run({"orphan", "INSERT INTO letters VALUES ('m', 'nobody')"}));
    return {};
  });
  ASSERT_FALSE(orphan.has_value());
  EXPECT_EQ(orphan.error().key, "database.constraint");
}

TEST_F(RunnerTest, TouchesNothingOfANewerDatabase) {
  ASSERT_TRUE(Runner(*database_, clock_, kToys).migrate().has_value());
  const auto before = schema();
  Runner older(*database_, clock_, std::span(kToys).first(2));
  for (const auto& outcome : {older.migrate(), older.migrate_to(0), older.migrate_to(1)}) {
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().key, "migration.newer-database");
  }
  EXPECT_EQ(schema(), before);
  EXPECT_TRUE(copies().empty());
}

TEST_F(RunnerTest, WorksOnANewerDatabaseWhereEachStepBeyondSaysThatItCan) {
  std::array<Migration, 3> steps = kToys;
  steps[2].needs = 2;
  ASSERT_TRUE(Runner(*database_, clock_, steps).migrate().has_value());
  const auto before = schema();
  Runner older(*database_, clock_, std::span(steps).first(2));
  const auto outcome = older.migrate();
  ASSERT_TRUE(outcome.has_value()) << outcome.error().cause;
  EXPECT_EQ(outcome->from, 3);
  EXPECT_EQ(outcome->to, 3);
  EXPECT_EQ(older.version(), 3);
  EXPECT_EQ(older.migrate_to(1).error().key, "migration.newer-database") << "it knows no way back";
  EXPECT_EQ(Runner(*database_, clock_, std::span(steps).first(1)).migrate().error().key, "migration.newer-database");
  std::array<Migration, 3> changed = steps;
  changed[0].up = "CREATE TABLE people (id TEXT PRIMARY KEY);";
  EXPECT_EQ(Runner(*database_, clock_, std::span(changed).first(2)).migrate().error().key, "migration.changed");
  EXPECT_EQ(schema(), before);
  EXPECT_TRUE(copies().empty());
}

TEST_F(RunnerTest, TrustsNoStepThatSaysNothingOfWhatItNeeds) {
  ASSERT_TRUE(Runner(*database_, clock_, std::span(kToys).first(1)).migrate().has_value());
  // A release before the column was thought of, and a step of it that this program does not know.
  change("ALTER TABLE schema_migrations DROP COLUMN needs");
  change("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (2, 'of_the_future', 'x', 0)");
  Runner older(*database_, clock_, std::span(kToys).first(1));
  EXPECT_EQ(older.migrate().error().key, "migration.newer-database");
  change("DELETE FROM schema_migrations WHERE version = 2");
  // The next step adds the column.
  ASSERT_TRUE(Runner(*database_, clock_, std::span(kToys).first(2)).migrate().has_value());
  EXPECT_TRUE(older.migrate().has_value());
  EXPECT_EQ(names("SELECT CAST(needs AS TEXT) FROM schema_migrations ORDER BY version"),
            (std::vector<std::string>{"", "0"}));
}

TEST(MigrationsTest, SayWhatTheyNeedWhereTheyTakeSomethingAway) {
  for (const Migration& migration : all()) {
    for (const std::string_view text : {migration.up, migration.up_postgres}) {
      for (const std::string_view word : {"DROP ", "RENAME ", "ALTER COLUMN"}) {
        if (!text.contains(word)) continue;
        EXPECT_GT(migration.needs, 0) << migration.name << ": " << word;
      }
    }
  }
}

TEST_F(RunnerTest, NoticesAMigrationThatWasChangedAfterItWasApplied) {
  ASSERT_TRUE(Runner(*database_, clock_, kToys).migrate_to(2).has_value());
  std::array<Migration, 3> changed = kToys;
  changed[0].up = "CREATE TABLE people (id TEXT PRIMARY KEY);";
  const auto outcome = Runner(*database_, clock_, changed).migrate();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().key, "migration.changed");
}

TEST_F(RunnerTest, CopiesTheDatabaseBeforeAnUpgradeAndKeepsTheLastThree) {
  Runner runner(*database_, clock_, kToys);
  ASSERT_TRUE(runner.migrate_to(1).has_value());
  EXPECT_TRUE(copies().empty()) << "an empty database needs no copy";
  change("INSERT INTO people VALUES ('a', 'Anna')");
  ASSERT_TRUE(runner.migrate_to(2).has_value());
  EXPECT_EQ(copies(), std::vector<std::string>{"test.sqlite.before-0002.sqlite"});

  auto copy = sqlite::SqliteDatabase::open(folder_ / "test.sqlite.before-0002.sqlite");
  ASSERT_TRUE(copy.has_value()) << copy.error().cause;
  EXPECT_EQ(Runner(**copy, clock_, kToys).version(), 1);
  copy->reset(); // and its log with it
  const auto mode = fs::status(folder_ / "test.sqlite.before-0002.sqlite").permissions();
  EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write);

  for (const char* name : {"0007", "0008", "0009"}) {
    fs::copy_file(folder_ / "test.sqlite.before-0002.sqlite",
                  folder_ / (std::string("test.sqlite.before-") + name + ".sqlite"));
  }
  ASSERT_TRUE(runner.migrate_to(3).has_value());
  EXPECT_EQ(copies().size(), 3U);
  EXPECT_TRUE(std::ranges::contains(copies(), "test.sqlite.before-0003.sqlite"));
  EXPECT_FALSE(std::ranges::contains(copies(), "test.sqlite.before-0002.sqlite"));
}

TEST_F(RunnerTest, RefusesAVersionThatDoesNotExist) {
  Runner runner(*database_, clock_, kToys);
  EXPECT_FALSE(runner.migrate_to(4).has_value());
  EXPECT_FALSE(runner.migrate_to(-1).has_value());
}

TEST_F(RunnerTest, TakesTheRealMigrationsUpDownAndUpToTheSameSchema) {
  Runner runner(*database_, clock_);
  auto up = runner.migrate();
  ASSERT_TRUE(up.has_value()) << up.error().cause;
  EXPECT_EQ(up->to, static_cast<std::int64_t>(all().size()));
  const auto whole = schema();
  EXPECT_GT(whole.size(), 10U);
  // One step at a time, so that each way back fits its way there.
  for (std::int64_t version = up->to; version > 0; --version) {
    const auto before = schema();
    auto down = runner.migrate_to(version - 1);
    ASSERT_TRUE(down.has_value()) << down.error().cause;
    ASSERT_TRUE(runner.migrate_to(version).has_value());
    EXPECT_EQ(schema(), before) << "migration " << version;
    ASSERT_TRUE(runner.migrate_to(version - 1).has_value());
  }
  EXPECT_EQ(names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"),
            std::vector<std::string>{"schema_migrations"});
  ASSERT_TRUE(runner.migrate().has_value());
  EXPECT_EQ(schema(), whole);
}

} // namespace
} // namespace mv::migrations
