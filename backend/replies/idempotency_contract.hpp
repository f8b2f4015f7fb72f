#pragma once

// What the store of replies promises on each engine. `Home` has `database()`, with the product's schema.

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "backend/replies/idempotency_store.hpp"

namespace mv::test {

template <class Home>
class IdempotencyTest : public testing::Test {
protected:
  /// A service: it has never heard of keys. Writes one row of the queue, and counts how often.
  Result<http::KeptReply> create(const std::string& name) {
    ++runs_;
    TRY_OK(db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(kInsert, name));
      return {};
    }));
    TRY(const std::int64_t rows, db_.read([](Transaction& tx) { return count_in(tx); })); // sees what it wrote
    return http::KeptReply{.status = 201, .body = name, .etag = "\"1\"", .location = "/" + std::to_string(rows)};
  }
  Result<std::optional<http::KeptReply>> once(const std::string& key, const std::string& name) {
    return store_.run_once("u1", key, "hash of " + name, [&] { return create(name); });
  }
  std::int64_t rows() {
    return *db_.read([](Transaction& tx) { return count_in(tx); });
  }
  static Result<std::int64_t> count_in(Transaction& tx) {
    TRY(const Rows rows, tx.run(Query{"count_toys", "SELECT count(*) FROM toys"}));
    return rows.front().integer(0);
  }
  static constexpr Query kInsert{"insert_toy", "INSERT INTO toys (name) VALUES (?1)"};

  void SetUp() override {
    ASSERT_TRUE(db_.execute_alone({"make_toys", "CREATE TABLE toys (name TEXT NOT NULL)"}, {}).has_value());
  }

  Home home_;
  FixedClock clock_{1'790'000'000'000};
  JoiningDatabase db_{home_.database()};
  DatabaseIdempotencyStore store_{db_, clock_};
  std::atomic<int> runs_ = 0;
};
TYPED_TEST_SUITE_P(IdempotencyTest);

TYPED_TEST_P(IdempotencyTest, GivesTheFirstReplyAgain) {
  const auto first = this->once("k", "a");
  ASSERT_TRUE(first.has_value()) << first.error().cause;
  EXPECT_FALSE(first->has_value());
  const auto again = this->once("k", "a");
  ASSERT_TRUE(again.has_value() && again->has_value());
  EXPECT_EQ((*again)->status, 201);
  EXPECT_EQ((*again)->body, "a");
  EXPECT_EQ((*again)->etag, "\"1\"");
  EXPECT_EQ((*again)->location, "/1");
  EXPECT_EQ(this->rows(), 1);
  EXPECT_EQ(this->once("k", "b").error().key, "idempotency.key-reused");
  EXPECT_FALSE((*this->once("other", "a")).has_value());
  EXPECT_EQ(this->rows(), 2);
}

TYPED_TEST_P(IdempotencyTest, LeavesNothingOfWorkThatFails) {
  const auto failing = [&](bool swallowed) {
    return this->store_.run_once("u1", "k", "hash", [&]() -> Result<http::KeptReply> {
      const auto made = this->db_.transaction([&](Transaction& tx) -> Result<void> {
        TRY_OK(tx.run(this->kInsert, "half"));
        return fail(ErrorCode::conflict, "space.too-many");
      });
      if (swallowed) return http::KeptReply{.status = 201, .body = "as if"};
      return std::unexpected(made.error());
    });
  };
  EXPECT_EQ(failing(false).error().key, "space.too-many");
  EXPECT_EQ(failing(true).error().key, "space.too-many");
  EXPECT_THROW(std::ignore = this->store_.run_once("u1", "k", "hash",
                                                   [&]() -> Result<http::KeptReply> {
                                                     std::ignore = this->create("thrown");
                                                     throw std::runtime_error("a bug");
                                                   }),
               std::runtime_error);
  EXPECT_EQ(this->rows(), 0);
  EXPECT_FALSE((*this->once("k", "a")).has_value()) << "the key is free";
  EXPECT_EQ(this->rows(), 1);
  // What comes after is a transaction of its own again.
  EXPECT_TRUE(this->create("alone").has_value());
  EXPECT_EQ(this->rows(), 2);
}

TYPED_TEST_P(IdempotencyTest, DoesTheWorkOnceForManyAtOnce) {
  constexpr int kMany = 6;
  for (int round = 0; round < 5; ++round) {
    const std::string name = "r" + std::to_string(round);
    std::latch start(kMany);
    std::atomic<int> fresh = 0;
    std::atomic<int> replayed = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kMany; ++i) {
        threads.emplace_back([&] {
          start.arrive_and_wait();
          const auto outcome = this->once(name, name);
          ASSERT_TRUE(outcome.has_value()) << outcome.error().key << outcome.error().cause;
          ++(outcome->has_value() ? replayed : fresh);
          EXPECT_EQ(outcome->value_or(http::KeptReply{.body = name}).body, name);
        });
      }
    }
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(replayed, kMany - 1);
    EXPECT_EQ(this->rows(), round + 1);
  }
}

TYPED_TEST_P(IdempotencyTest, UnderstandsTheKeysOfTheReleaseBefore) {
  const auto take = [&](const std::string& key, TimeMs at) {
    const auto taken = this->db_.execute_alone(
        {"take_key", "INSERT INTO idempotency_keys (user_id, key, request_hash, created_at) VALUES (?1, ?2, ?3, ?4)"},
        {"u1", key, "hash of a", at});
    ASSERT_TRUE(taken.has_value()) << taken.error().cause;
  };
  take("fresh", this->clock_.now());
  take("left behind", this->clock_.now() - 2 * kMinute);
  EXPECT_EQ(this->once("fresh", "a").error().key, "idempotency.in-progress");
  EXPECT_EQ(this->rows(), 0);
  EXPECT_FALSE((*this->once("left behind", "a")).has_value());
  EXPECT_TRUE((*this->once("left behind", "a")).has_value());
  EXPECT_EQ(this->rows(), 1);
}

TYPED_TEST_P(IdempotencyTest, ForgetsAfterADay) {
  ASSERT_TRUE(this->once("k", "a").has_value());
  ASSERT_TRUE(this->store_.sweep().has_value());
  EXPECT_TRUE((*this->once("k", "a")).has_value());
  this->clock_.advance(kDay + 1);
  ASSERT_TRUE(this->store_.sweep().has_value());
  EXPECT_FALSE((*this->once("k", "a")).has_value());
}

REGISTER_TYPED_TEST_SUITE_P(IdempotencyTest, GivesTheFirstReplyAgain, LeavesNothingOfWorkThatFails,
                            DoesTheWorkOnceForManyAtOnce, UnderstandsTheKeysOfTheReleaseBefore, ForgetsAfterADay);

} // namespace mv::test
