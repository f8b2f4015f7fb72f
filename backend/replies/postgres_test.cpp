#include "backend/replies/idempotency_contract.hpp"
#include "backend/replies/reply_cache_contract.hpp"
#include "core/testing/migrated_postgres.hpp"

namespace mv::test {

INSTANTIATE_TYPED_TEST_SUITE_P(OnPostgres, IdempotencyTest, MigratedPostgres);
INSTANTIATE_TYPED_TEST_SUITE_P(OnPostgres, ReplyCacheTest, MigratedPostgres);

namespace {

using PostgresIdempotencyTest = IdempotencyTest<MigratedPostgres>;

TEST_F(PostgresIdempotencyTest, RepliesToWhoeverIsRefusedForTheirOwnFirstRequest) {
  // The first request, at another process, commits while the second is at work and finds the last place taken.
  const auto second = store_.run_once("u1", "k", "hash of a", [&]() -> Result<http::KeptReply> {
    std::jthread([&] {
      const auto first = once("k", "a");
      EXPECT_TRUE(first.has_value() && !first->has_value());
    }).join();
    return fail(ErrorCode::conflict, "space.too-many");
  });
  ASSERT_TRUE(second.has_value() && second->has_value());
  EXPECT_EQ((*second)->body, "a");
  EXPECT_EQ(rows(), 1);
}

TEST_F(PostgresIdempotencyTest, KeepsPeopleOutOfEachOthersWay) {
  // Two that run side by side from beginning to end, each on its own key: neither has to run again.
  std::latch both(2);
  std::atomic<int> runs = 0;
  const auto create = [&](const std::string& user) {
    const auto outcome = store_.run_once(user, "k-" + user, "hash", [&]() -> Result<http::KeptReply> {
      if (++runs <= 2) both.arrive_and_wait();
      return http::KeptReply{.status = 201, .body = user};
    });
    EXPECT_TRUE(outcome.has_value() && !outcome->has_value());
  };
  {
    std::jthread one([&] { create("u1"); });
    std::jthread two([&] { create("u2"); });
  }
  EXPECT_EQ(runs, 2);
}

TEST(PostgresJoiningDatabaseTest, ReadsAStatementWithoutATransactionAroundIt) {
  MigratedPostgres home;
  JoiningDatabase db(home.database());
  constexpr Query kHow{"how", "SELECT current_setting('transaction_isolation')"};
  EXPECT_EQ(db.read_one(kHow)->front().text(0), "repeatable read"); // the first time, when it shows that it only reads
  EXPECT_EQ(db.read_one(kHow)->front().text(0), "read committed");
  EXPECT_EQ(db.read([&](Transaction& tx) { return tx.run(kHow); })->front().text(0), "repeatable read");
  // In work that others join it reads what they read.
  ASSERT_TRUE(db.read_together([&]() -> Result<void> {
    EXPECT_EQ(db.read_one(kHow)->front().text(0), "repeatable read");
    return {};
  }));
}

} // namespace
} // namespace mv::test
