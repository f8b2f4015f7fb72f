// What reads cost on PostgreSQL: rows that it touches, which must not grow with the library. Times would say it too,
// but not on every machine.

#include <gtest/gtest.h>

#include <format>

#include "core/memories/access.hpp"
#include "core/memories/service.hpp"
#include "core/memories/timeline.hpp"
#include "core/spaces/view.hpp"
#include "core/testing/migrated_postgres.hpp"

namespace mv::memories {
namespace {

constexpr int kMemories = 24'000;
constexpr int kMonths = 240;
constexpr int kMonth = kMemories / kMonths;
constexpr int kPage = 50;  // what a list gives unasked
constexpr int kOne = 10;   // at most for what is asked by its id
constexpr int kOften = 12; // a statement keeps its generic plan from the sixth run on

/// One account with a library of 20 years, spread evenly, a picture each, and a family space that holds nothing.
constexpr std::string_view kLibrary = R"sql(
INSERT INTO users (id, email, email_key, name, password_hash, locale, created_at, updated_at)
VALUES ('u', 'a@example.org', 'a@example.org', 'Anna', 'x', 'en', 0, 0);
INSERT INTO spaces (id, kind, title, created_by, version, created_at, updated_at)
VALUES ('s', 'personal', 'Anna', 'u', 1, 0, 0), ('f', 'family', 'Family', 'u', 1, 0, 0);
INSERT INTO space_members (space_id, user_id, role, joined_at) VALUES ('s', 'u', 'owner', 0), ('f', 'u', 'owner', 0);
INSERT INTO memories (id, space_id, contributor_id, type, title, description, tags, date_edtf, date_confidence,
                      date_source, sort_key, place_name, privacy, version, created_at, updated_at)
SELECT 'm' || lpad(n::text, 6, '0'), 's', 'u', 'photo', '', '', '[]', '2000-01', 'certain', 'metadata',
       extract(epoch FROM timestamp '2000-01-01 12:00' + make_interval(months => n % {1}, secs => n))::bigint * 1000,
       '', 'space', 1, 0, 0
FROM generate_series(0, {0} - 1) n;
INSERT INTO memory_index (scope, facet, sort_key, memory_id)
SELECT 's', facet, sort_key, id FROM memories CROSS JOIN (VALUES (''), ('type:photo')) facets (facet);
INSERT INTO media_items (id, memory_id, scope, position, mime_type, file_name, bytes, sha256, sha1, width, height, state,
                         metadata, created_at)
SELECT 'x' || id, id, 's', 0, 'image/jpeg', 'a.jpg', 1, id, id, 4000, 3000, 'ready', '{{}}', 0 FROM memories;
INSERT INTO timeline_counts (scope, bucket, count)
SELECT 's', to_char(to_timestamp(sort_key / 1000) AT TIME ZONE 'UTC', 'YYYY-MM'), count(*) FROM memories GROUP BY 2;
INSERT INTO events (type, space_id, at, data) SELECT 'memory.created', space_id, 0, '{{}}' FROM memories;
-- and what others have in the same tables
INSERT INTO events (type, space_id, at, data) SELECT 'memory.created', 'other', 0, '{{}}' FROM memories;
INSERT INTO timeline_counts (scope, bucket, count)
SELECT 'other' || n, bucket, count FROM timeline_counts CROSS JOIN generate_series(1, 200) n WHERE scope = 's';
)sql";

class MemoryReadsOnPostgresTest : public testing::Test {
protected:
  void SetUp() override {
    name_ = test::PostgresServer::name_in(home_.url());
    server().run(name_, std::format(kLibrary, kMemories, kMonths));
    server().run(name_, "VACUUM ANALYZE");
  }

  static test::PostgresServer& server() { return test::PostgresServer::shared(); }

  static void must_run(Database& database, std::string_view text) {
    const auto done = database.read([&](Transaction& tx) { return tx.run(Query{"test", text}); });
    ASSERT_TRUE(done) << done.error().cause;
  }

  /// Rows and index entries that the tables of this database gave up to now.
  std::int64_t touched() {
    return std::stoll(server().run(name_,
                                   "SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables) + "
                                   "(SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)"));
  }

  /// Rows that each call of `read` touches, on a connection that has asked it often.
  std::int64_t touched_by(const std::function<void(Database&)>& read) {
    const auto database = postgres::PostgresDatabase::open(home_.url(), {.connections = 1}).value();
    const auto told = [&] {
      // A server tells what a session read once a second, or when it is asked to, before the answer that follows.
      must_run(*database, "SELECT pg_stat_force_next_flush()");
      return touched();
    };
    const std::int64_t before = told();
    for (int i = 0; i < kOften; ++i)
      read(*database);
    return (told() - before) / kOften;
  }

  test::MigratedPostgres home_;
  std::string name_;
};

TEST_F(MemoryReadsOnPostgresTest, TouchNoMoreThanTheyShow) {
  const std::int64_t month = touched_by([](Database& database) {
    const auto page = TimelineService(database).bucket("u", "2009-04", {});
    ASSERT_TRUE(page) << page.error().cause;
    EXPECT_EQ(page->columns.id.size(), kMonth);
  });
  EXPECT_GE(month, kMonth);
  EXPECT_LE(month, 5 * kMonth);

  const std::int64_t list = touched_by([](Database& database) {
    const FixedClock clock(0);
    const auto page = MemoryService(database, clock).list("u", {});
    ASSERT_TRUE(page) << page.error().cause;
    EXPECT_EQ(page->items.size(), kPage);
  });
  EXPECT_GE(list, kPage);
  EXPECT_LE(list, 8 * kPage);

  // A row of each table that is joined, and what the planner looks up while the plan is not settled.
  const std::int64_t memory = touched_by([](Database& database) {
    const FixedClock clock(0);
    const auto read = MemoryService(database, clock).get("u", "m012345");
    ASSERT_TRUE(read) << read.error().cause;
    EXPECT_EQ(read->media.size(), 1U);
  });
  EXPECT_GE(memory, 1);
  EXPECT_LE(memory, kOne);

  const std::int64_t medium = touched_by([](Database& database) {
    const auto file = require_media(database, "xm012345", "u");
    ASSERT_TRUE(file) << file.error().cause;
    EXPECT_EQ(file->memory_id, "m012345");
  });
  EXPECT_GE(medium, 1);
  EXPECT_LE(medium, kOne);

  // Two spaces and what concerns everybody, of which one has events, and those are not the latest.
  const std::int64_t version = touched_by([](Database& database) {
    const auto text = spaces::view_version(database, "u");
    ASSERT_TRUE(text) << text.error().cause;
    EXPECT_TRUE(text->contains(std::format(" {}@0\n", kMemories))) << *text;
  });
  EXPECT_GE(version, 1);
  EXPECT_LE(version, kOne);

  const std::int64_t counts = touched_by([](Database& database) {
    const auto buckets = TimelineService(database).buckets("u", {});
    ASSERT_TRUE(buckets) << buckets.error().cause;
    EXPECT_EQ(buckets->buckets.size(), kMonths);
  });
  EXPECT_GE(counts, kMonths);
  EXPECT_LE(counts, 2 * kMonths);
}

} // namespace
} // namespace mv::memories
