#include <gtest/gtest.h>

#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/adapters/inprocess/inprocess_presence.hpp"
#include "core/adapters/inprocess/inprocess_rate_limiter.hpp"
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

INSTANTIATE_TYPED_TEST_SUITE_P(Inprocess, EventBusContract, BusMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Inprocess, RateLimiterContract, LimiterMaker);
INSTANTIATE_TYPED_TEST_SUITE_P(Inprocess, PresenceContract, PresenceMaker);

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
