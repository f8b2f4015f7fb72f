#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

#include "core/migrations/runner.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::migrations {
namespace {

using postgres::PostgresDatabase;
using test::PostgresServer;

constexpr std::array<Migration, 2> kToys{{
    {1, "people", "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL);", "DROP TABLE people;"},
    {2, "letters", "not for this engine", "nor this",
     "CREATE TABLE letters (seq BIGINT GENERATED ALWAYS AS IDENTITY, person_id TEXT REFERENCES people (id));\n"
     "CREATE INDEX letters_person ON letters (person_id);",
     "DROP TABLE letters;", 2},
}};

class PostgresRunnerTest : public testing::Test {
protected:
  PostgresRunnerTest() : database_(PostgresDatabase::open(url_).value()) {}
  ~PostgresRunnerTest() override {
    database_.reset();
    PostgresServer::shared().drop_database(url_);
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
  /// Tables with their columns, constraints, indexes and functions.
  std::vector<std::string> schema() {
    return names(
        "SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, collation_name) AS it "
        "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migrations' "
        "UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace "
        "UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY it");
  }

  std::string url_ = PostgresServer::shared().make_database();
  FixedClock clock_{1'000};
  std::unique_ptr<PostgresDatabase> database_;
};

TEST_F(PostgresRunnerTest, TakesTheTextOfItsEngineForwardAndBack) {
  Runner runner(*database_, clock_, kToys);
  const auto outcome = runner.migrate();
  ASSERT_TRUE(outcome.has_value()) << outcome.error().cause;
  EXPECT_EQ(outcome->to, 2);
  EXPECT_EQ(runner.version(), 2);
  ASSERT_TRUE(runner.migrate_to(0).has_value());
  EXPECT_EQ(names("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"),
            std::vector<std::string>{"schema_migrations"});
}

TEST_F(PostgresRunnerTest, ComparesTextByItsBytesWhateverTheServersLocale) {
  ASSERT_TRUE(Runner(*database_, clock_, kToys).migrate().has_value());
  EXPECT_EQ(names("SELECT x FROM (VALUES ('a'), ('B')) AS v (x) ORDER BY x").front(), "a") << "the server's own order";
  const auto saved = database_->transaction([](Transaction& tx) {
    return tx.run({"fill", "INSERT INTO people (id, name) VALUES ('a', ''), ('B', ''), ('ё', ''), ('_', '')"});
  });
  ASSERT_TRUE(saved.has_value());
  EXPECT_EQ(names("SELECT id FROM people ORDER BY id"), (std::vector<std::string>{"B", "_", "a", "ё"}));
}

TEST_F(PostgresRunnerTest, KeepsTheSchemaOfBeforeWhenAStepFails) {
  std::array<Migration, 2> broken = kToys;
  broken[1].up_postgres = "CREATE TABLE half (id TEXT); CREATE TABLE people (id TEXT);";
  Runner runner(*database_, clock_, broken);
  const auto outcome = runner.migrate();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_NE(outcome.error().cause.find("migration 2 (letters)"), std::string::npos) << outcome.error().cause;
  EXPECT_EQ(runner.version(), 1);
  EXPECT_TRUE(names("SELECT tablename FROM pg_tables WHERE tablename = 'half'").empty());
}

TEST_F(PostgresRunnerTest, KnowsADatabaseOfAnotherProgramWhateverLanguageTheServerSpeaks) {
  PostgresServer::shared().run(
      PostgresServer::name_in(url_),
      "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION 'отношение уже существует' USING ERRCODE = 'duplicate_table'; END $$;"
      "CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse()");
  const auto outcome = Runner(*database_, clock_, kToys).migrate();
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().key, "migration.foreign-database") << outcome.error().cause;
}

TEST_F(PostgresRunnerTest, TouchesNothingOfANewerOrAChangedDatabase) {
  ASSERT_TRUE(Runner(*database_, clock_, kToys).migrate().has_value());
  const auto before = schema();
  const auto newer = Runner(*database_, clock_, std::span(kToys).first(1)).migrate();
  ASSERT_FALSE(newer.has_value());
  EXPECT_EQ(newer.error().key, "migration.newer-database");
  EXPECT_EQ(newer.error().cause.find(PostgresServer::password()), std::string::npos);
  std::array<Migration, 2> changed = kToys;
  changed[1].up_postgres = "CREATE TABLE letters (id TEXT)";
  EXPECT_EQ(Runner(*database_, clock_, changed).migrate().error().key, "migration.changed");
  EXPECT_EQ(schema(), before);
}

TEST_F(PostgresRunnerTest, WorksOnANewerDatabaseThatItsStepsAllow) {
  std::array<Migration, 2> steps = kToys;
  steps[1].needs = 0;
  ASSERT_TRUE(Runner(*database_, clock_, std::span(steps).first(1)).migrate().has_value());
  ASSERT_TRUE(
      database_->execute_alone({"as_before", "ALTER TABLE schema_migrations DROP COLUMN needs"}, {}).has_value());
  ASSERT_TRUE(Runner(*database_, clock_, steps).migrate().has_value());
  Runner older(*database_, clock_, std::span(steps).first(1));
  const auto outcome = older.migrate();
  ASSERT_TRUE(outcome.has_value()) << outcome.error().cause;
  EXPECT_EQ(outcome->to, 2);
  EXPECT_EQ(older.migrate_to(0).error().key, "migration.newer-database");
}

TEST_F(PostgresRunnerTest, MigratesOnceWhenManyStartAtTheSameTime) {
  std::vector<std::jthread> starting;
  for (int i = 0; i < 4; ++i) {
    starting.emplace_back([this] {
      const auto mine = PostgresDatabase::open(url_).value();
      const auto outcome = Runner(*mine, clock_).migrate();
      EXPECT_TRUE(outcome.has_value()) << outcome.error().cause;
    });
  }
  starting.clear();
  EXPECT_EQ(Runner(*database_, clock_).version(), static_cast<std::int64_t>(all().size()));
}

TEST_F(PostgresRunnerTest, TakesTheRealMigrationsUpDownAndUpToTheSameSchema) {
  Runner runner(*database_, clock_);
  auto up = runner.migrate();
  ASSERT_TRUE(up.has_value()) << up.error().cause;
  const auto whole = schema();
  EXPECT_GT(whole.size(), 50U);
  for (std::int64_t version = up->to; version > 0; --version) {
    const auto before = schema();
    auto down = runner.migrate_to(version - 1);
    ASSERT_TRUE(down.has_value()) << down.error().cause;
    ASSERT_TRUE(runner.migrate_to(version).has_value());
    EXPECT_EQ(schema(), before) << "migration " << version;
    ASSERT_TRUE(runner.migrate_to(version - 1).has_value());
  }
  EXPECT_EQ(names("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"),
            std::vector<std::string>{"schema_migrations"});
  ASSERT_TRUE(runner.migrate().has_value());
  EXPECT_EQ(schema(), whole);
}

} // namespace
} // namespace mv::migrations
