// The contracts of the ports on Redis, and what two processes see of each other.

#include <gtest/gtest.h>

#include "core/adapters/inprocess/inprocess_cache.hpp"
#include "core/adapters/inprocess/inprocess_rate_limiter.hpp"
#include "core/adapters/redis/fixture.hpp"
#include "core/adapters/redis/redis_cache.hpp"
#include "core/adapters/redis/redis_event_bus.hpp"
#include "core/adapters/redis/redis_presence.hpp"
#include "core/adapters/redis/redis_rate_limiter.hpp"
#include "core/ports/contracts/cache_contract.hpp"
#include "core/ports/contracts/event_bus_contract.hpp"
#include "core/ports/contracts/presence_contract.hpp"
#include "core/ports/contracts/rate_limiter_contract.hpp"

namespace mv::redis {
namespace {

class BusMaker : FreshRedis {
public:
  EventBus& bus() { return bus_; }

private:
  RedisEventBus bus_{pool(), metrics()};
};

/// Keeps nothing, so that all is asked of Redis.
class NoCache final : public Cache {
public:
  std::shared_ptr<const std::string> find(std::string_view) override { return nullptr; }
  void keep(std::string_view, std::shared_ptr<const std::string>) override {}
};

class CacheMaker : FreshRedis {
public:
  Cache& cache() { return cache_; }

private:
  NoCache none_;
  Sealer sealer_ = Sealer::from_passphrase(Secret(std::string(32, 'k')));
  RedisCache cache_{pool(), none_, sealer_};
};

class LimiterMaker : FreshRedis {
public:
  RateLimiter& limiter() { return limiter_; }
  StandingTime& clock() { return time_; }

private:
  StandingTime time_{pool()};
  FixedClock still_{0};
  inprocess::InprocessRateLimiter local_{still_};
  RedisRateLimiter limiter_{pool(), local_, time_.time()};
};

class PresenceMaker : FreshRedis {
public:
  Presence& presence() { return presence_; }
  StandingTime& clock() { return time_; }

private:
  StandingTime time_{pool()};
  RedisPresence presence_{pool(), time_.time()};
};

} // namespace
} // namespace mv::redis

namespace mv {
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, CacheContract, redis::CacheMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, EventBusContract, redis::BusMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, RateLimiterContract, redis::LimiterMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, PresenceContract, redis::PresenceMaker);
} // namespace mv

namespace mv::redis {
namespace {

class TwoProcessesTest : public testing::Test {
protected:
  FreshRedis here_;
  FreshRedis there_;
  Sealer sealer_ = Sealer::from_passphrase(Secret(std::string(32, 'k')));
};

TEST_F(TwoProcessesTest, OneHearsWhatTheOtherPublishes) {
  RedisEventBus here(here_.pool(), here_.metrics());
  RedisEventBus there(there_.pool(), there_.metrics());
  HighestSeq heard;
  const auto handle = there.subscribe([&](std::int64_t seq) { heard.tell(seq); });
  // A notice before the subscription stands is lost, as it may be; so it is told until one arrives.
  std::int64_t seq = 0;
  while (there_.metrics().gauge("memoryverse_redis_subscribed", "").value() != 1)
    std::this_thread::yield();
  here.publish(++seq);
  heard.wait_for(seq);
  for (seq = 2; seq <= 200; ++seq)
    here.publish(seq);
  heard.wait_for(200);
}

TEST_F(TwoProcessesTest, DatabasesOfOneRedisHearNothingOfEachOther) {
  Metrics metrics;
  const auto other_pool = open_pool(shared_server().url() + "/5", metrics, patient());
  RedisEventBus here(here_.pool(), here_.metrics());
  RedisEventBus there(there_.pool(), there_.metrics());
  RedisEventBus other(*other_pool, metrics);
  HighestSeq heard;
  const auto handle = there.subscribe([&](std::int64_t seq) { heard.tell(seq); });
  while (there_.metrics().gauge("memoryverse_redis_subscribed", "").value() != 1)
    std::this_thread::yield();
  ASSERT_TRUE(other_pool->run({"PUBLISH", other_pool->prefix() + "events", "stranger 900"}).has_value());
  // Redis tells in order, so what came before this is heard before it.
  ASSERT_TRUE(here_.pool().run({"PUBLISH", here_.pool().prefix() + "events", "friend 7"}).has_value());
  heard.wait_for(7);
  EXPECT_EQ(heard.get(), 7);
}

TEST_F(TwoProcessesTest, StrangeNoticesAreNoHarm) {
  RedisEventBus bus(here_.pool(), here_.metrics());
  HighestSeq heard;
  const auto handle = bus.subscribe([&](std::int64_t seq) { heard.tell(seq); });
  while (here_.metrics().gauge("memoryverse_redis_subscribed", "").value() != 1)
    std::this_thread::yield();
  for (const std::string_view text : {"", " ", "x", "friend", "friend x", "friend 99999999999999999999", "friend 5x"})
    ASSERT_TRUE(there_.pool().run({"PUBLISH", here_.pool().prefix() + "events", text}).has_value());
  ASSERT_TRUE(there_.pool().run({"PUBLISH", here_.pool().prefix() + "events", "friend 3"}).has_value());
  heard.wait_for(3);
  EXPECT_EQ(heard.get(), 3);
}

TEST_F(TwoProcessesTest, CountOneLimitTogetherOnTheClockOfRedis) {
  // Clocks of their own that are a day apart, which nobody asks.
  FixedClock early(0);
  FixedClock late(kDay);
  inprocess::InprocessRateLimiter local_here(early);
  inprocess::InprocessRateLimiter local_there(late);
  RedisRateLimiter here(here_.pool(), local_here);
  RedisRateLimiter there(there_.pool(), local_there);
  const RateLimit limit{.permits = 5, .window = kHour};
  int through = 0;
  for (int i = 0; i < 5; ++i) {
    through += here.take("anna", limit) ? 1 : 0;
    through += there.take("anna", limit) ? 1 : 0;
  }
  EXPECT_EQ(through, 5);
  const auto refused = there.take("anna", limit);
  ASSERT_FALSE(refused.has_value());
  EXPECT_GT(refused.error().retry_after_s, 600);
  EXPECT_LE(refused.error().retry_after_s, 720);
}

TEST_F(TwoProcessesTest, OneIsServedWhatTheOtherMade) {
  const FixedClock clock(0);
  inprocess::InprocessCache local_here(clock, here_.metrics());
  inprocess::InprocessCache local_there(clock, there_.metrics());
  RedisCache here(here_.pool(), local_here, sealer_);
  RedisCache there(there_.pool(), local_there, sealer_, 5'000);
  there.keep("page", std::make_shared<const std::string>("made there"));
  ASSERT_NE(here.find("page"), nullptr);
  EXPECT_EQ(*here.find("page"), "made there");
  EXPECT_NE(local_here.find("page"), nullptr) << "it is not asked of Redis again";
  const auto left = here_.pool().run({"PTTL", here_.pool().prefix() + "cache:page"});
  ASSERT_TRUE(left.has_value());
  EXPECT_GT(left->integer, 0);
  EXPECT_LE(left->integer, 5'000);
}

TEST_F(TwoProcessesTest, WhatIsLargeStaysWithWhoeverMadeIt) {
  const FixedClock clock(0);
  inprocess::InprocessCache local(clock, here_.metrics());
  RedisCache here(here_.pool(), local, sealer_);
  here.keep("large", std::make_shared<const std::string>((std::size_t{1} << 20) + 1, 'x'));
  EXPECT_NE(here.find("large"), nullptr);
  EXPECT_EQ(here_.pool().run({"EXISTS", here_.pool().prefix() + "cache:large"})->integer, 0);
}

TEST_F(TwoProcessesTest, LimitsRefillByTheClockOfRedis) {
  FixedClock still(0);
  inprocess::InprocessRateLimiter local(still);
  RedisRateLimiter limiter(here_.pool(), local);
  const RateLimit limit{.permits = 1, .window = 50};
  ASSERT_TRUE(limiter.take("anna", limit).has_value());
  while (!limiter.take("anna", limit)) {
  }
}

TEST_F(TwoProcessesTest, LimitsKeepNoNamesAndGoByThemselves) {
  FixedClock still(0);
  inprocess::InprocessRateLimiter local(still);
  RedisRateLimiter limiter(here_.pool(), local);
  ASSERT_TRUE(limiter.take("login:anna@example.org", {.permits = 1, .window = kHour}).has_value());
  const auto keys = here_.pool().run({"KEYS", "*"});
  ASSERT_TRUE(keys.has_value());
  ASSERT_EQ(keys->items.size(), 1U);
  const std::string& key = keys->items[0].text;
  EXPECT_FALSE(key.contains("anna"));
  const auto left = here_.pool().run({"PTTL", key});
  ASSERT_TRUE(left.has_value());
  EXPECT_GT(left->integer, 0);
  EXPECT_LE(left->integer, kHour);
}

} // namespace
} // namespace mv::redis
