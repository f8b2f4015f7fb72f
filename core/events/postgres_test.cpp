#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/events/outbox.hpp"
#include "core/testing/migrated_postgres.hpp"

namespace mv::events {
namespace {

Result<std::vector<Event>> events_after(Database& database, std::int64_t seq) {
  return database.read([&](Transaction& tx) { return Outbox(tx).read_after(seq, 1'000); });
}

TEST(PostgresOutboxTest, GivesAHigherNumberToWhoeverCommitsLater) {
  test::MigratedPostgres home;
  std::latch first_has_its_number(1);
  std::jthread slow([&] {
    const auto saved = home.database().transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(Outbox(tx).add({.type = "slow", .space_id = "s"}));
      first_has_its_number.count_down();
      TRY_OK(tx.run({"linger", "SELECT pg_sleep(0.3)"}));
      return {};
    });
    EXPECT_TRUE(saved.has_value());
  });
  first_has_its_number.wait();
  const auto saved =
      home.database().transaction([](Transaction& tx) { return Outbox(tx).add({.type = "quick", .space_id = "s"}); });
  ASSERT_TRUE(saved.has_value());
  // With a sequence alone, `quick` would stand here with the number 2 and `slow` would come with 1 behind it.
  const auto seen = events_after(home.database(), 0).value();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].type, "slow");
  EXPECT_EQ(seen[1].type, "quick");
}

TEST(PostgresOutboxTest, ShowsAReaderEveryEventOfManyWriters) {
  test::MigratedPostgres home;
  inprocess::InprocessEventBus bus;
  NotifyingDatabase database(home.database(), bus);
  constexpr int kWriters = 5;
  constexpr int kEach = 40;
  std::atomic<int> writing = kWriters;
  std::vector<std::jthread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i) {
        // Half of them write events early and go on working, as the adapter alone would have it.
        Database& way = i % 2 == 0 ? static_cast<Database&>(home.database()) : database;
        const auto saved = way.transaction([&](Transaction& tx) -> Result<void> {
          TRY_OK(Outbox(tx).add({.type = "e", .space_id = "s", .data = std::to_string(w * kEach + i)}));
          if (i % 8 == 0) return fail(ErrorCode::forbidden, "a number that is never used");
          if (i % 3 == 0) TRY_OK(tx.run({"linger", "SELECT pg_sleep(0.002)"}));
          return {};
        });
        EXPECT_EQ(saved.has_value(), i % 8 != 0);
      }
      --writing;
    });
  }
  std::vector<std::string> read;
  std::int64_t seen = 0;
  bool last_look = false;
  while (!last_look) {
    last_look = writing == 0;
    const auto news = events_after(home.database(), seen);
    ASSERT_TRUE(news.has_value()) << news.error().cause;
    for (const Event& event : *news) {
      EXPECT_GT(event.seq, seen);
      seen = event.seq;
      read.push_back(event.data);
    }
  }
  writers.clear();
  std::vector<std::string> all;
  const auto whole = events_after(home.database(), 0);
  for (const Event& event : *whole)
    all.push_back(event.data);
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kWriters * kEach * 7 / 8));
  EXPECT_EQ(read, all) << "the reader missed one, or saw them in another order";
}

TEST(PostgresOutboxTest, TellsTheBusTheLastNumberOfATransaction) {
  test::MigratedPostgres home;
  inprocess::InprocessEventBus bus;
  NotifyingDatabase database(home.database(), bus);
  std::vector<std::int64_t> told;
  const auto handle = bus.subscribe([&](std::int64_t seq) { told.push_back(seq); });
  const auto saved = database.transaction([](Transaction& tx) -> Result<void> {
    TRY_OK(Outbox(tx).add({.type = "a", .space_id = "s", .user_id = "u"}));
    TRY_OK(Outbox(tx).add({.type = "b", .space_id = "s"}));
    return {};
  });
  ASSERT_TRUE(saved.has_value()) << saved.error().cause;
  EXPECT_EQ(told, std::vector<std::int64_t>{2});
  EXPECT_EQ(events_after(database, 0).value().front().user_id, "u");
}

} // namespace
} // namespace mv::events
