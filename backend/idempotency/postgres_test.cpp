#include "backend/idempotency/store_contract.hpp"
#include "core/testing/migrated_postgres.hpp"

namespace mv::test {

INSTANTIATE_TYPED_TEST_SUITE_P(OnPostgres, IdempotencyTest, MigratedPostgres);

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

} // namespace
} // namespace mv::test
