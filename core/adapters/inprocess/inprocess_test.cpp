#include <gtest/gtest.h>

#include "core/adapters/inprocess/inprocess_cache.hpp"
#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/adapters/inprocess/inprocess_presence.hpp"
#include "core/adapters/inprocess/inprocess_rate_limiter.hpp"
#include "core/ports/contracts/cache_contract.hpp"
#include "core/ports/contracts/event_bus_contract.hpp"
#include "core/ports/contracts/presence_contract.hpp"
#include "core/ports/contracts/rate_limiter_contract.hpp"

namespace mv {
namespace {

class BusMaker {
public:
  EventBus& bus() { return bus_; }

private:
  inprocess::InprocessEventBus bus_;
};

class CacheMaker {
public:
  Cache& cache() { return cache_; }

private:
  FixedClock clock_{1'700'000'000'000};
  Metrics metrics_;
  inprocess::InprocessCache cache_{clock_, metrics_};
};

class LimiterMaker {
public:
  RateLimiter& limiter() { return limiter_; }
  FixedClock& clock() { return clock_; }

private:
  FixedClock clock_{1'700'000'000'000};
  inprocess::InprocessRateLimiter limiter_{clock_};
};

class PresenceMaker {
public:
  Presence& presence() { return presence_; }
  FixedClock& clock() { return clock_; }

private:
  FixedClock clock_{1'700'000'000'000};
  inprocess::InprocessPresence presence_{clock_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Inprocess, CacheContract, CacheMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Inprocess, EventBusContract, BusMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Inprocess, RateLimiterContract, LimiterMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Inprocess, PresenceContract, PresenceMaker);

class InprocessCacheTest : public testing::Test {
protected:
  void keep(const std::string& key, std::size_t bytes = 1000) {
    cache_.keep(key, std::make_shared<const std::string>(bytes, 'x'));
  }
  bool has(const std::string& key) { return cache_.find(key) != nullptr; }
  double shown() { return metrics_.gauge("memoryverse_cache_bytes", "").value(); }

  FixedClock clock_{1'700'000'000'000};
  Metrics metrics_;
  inprocess::InprocessCache cache_{clock_, metrics_, {.most_bytes = 10'000, .lasts = kMinute}};
};

TEST_F(InprocessCacheTest, ForgetsWhatWasNotAskedForLongest) {
  for (char key = 'a'; key < 'i'; ++key) // eight of 1,201 bytes fit
    keep(std::string(1, key));
  EXPECT_TRUE(has("a"));
  keep("i");
  EXPECT_FALSE(has("b"));
  for (const char* key : {"a", "c", "d", "e", "f", "g", "h", "i"})
    EXPECT_TRUE(has(key)) << key;
  EXPECT_EQ(shown(), 8 * 1201);
}

TEST_F(InprocessCacheTest, KeepsNothingThatWouldPushAllElseOut) {
  keep("small");
  keep("large", 1'100);
  EXPECT_FALSE(has("large"));
  EXPECT_TRUE(has("small"));
}

TEST_F(InprocessCacheTest, CountsAKeyOnce) {
  keep("a");
  keep("a", 500);
  EXPECT_EQ(shown(), 701);
  EXPECT_EQ(cache_.find("a")->size(), 500U);
}

TEST_F(InprocessCacheTest, ForgetsWithTime) {
  keep("a");
  clock_.advance(kMinute - 1);
  EXPECT_TRUE(has("a"));
  clock_.advance(1);
  EXPECT_FALSE(has("a"));
  EXPECT_EQ(shown(), 0);
}

TEST_F(InprocessCacheTest, LivesNoLongerWhenTheClockIsSetBack) {
  keep("a");
  clock_.advance(-kDay);
  EXPECT_FALSE(has("a"));
}

TEST_F(InprocessCacheTest, LeavesWhatSomebodyHoldsAlone) {
  keep("a");
  const auto held = cache_.find("a");
  for (char key = 'b'; key < 'z'; ++key)
    keep(std::string(1, key));
  EXPECT_FALSE(has("a"));
  EXPECT_EQ(held->size(), 1000U);
}

TEST(InprocessRateLimiterTest, ForgetsTheKeyThatWasIdleLongestWhenItIsFull) {
  FixedClock clock(0);
  inprocess::InprocessRateLimiter limiter(clock, 2);
  const RateLimit once{.permits = 1, .window = kMinute};
  EXPECT_TRUE(limiter.take("a", once).has_value());
  EXPECT_TRUE(limiter.take("b", once).has_value());
  EXPECT_FALSE(limiter.take("a", once).has_value());
  EXPECT_TRUE(limiter.take("c", once).has_value()); // b goes
  EXPECT_FALSE(limiter.take("a", once).has_value());
  EXPECT_TRUE(limiter.take("b", once).has_value());
}

} // namespace
} // namespace mv
