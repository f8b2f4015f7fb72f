#pragma once

// What every RateLimiter must do. `Maker` gives `limiter()` and `clock()`.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/base/clock.hpp"
#include "core/ports/rate_limiter.hpp"

namespace mv {

template <typename Maker>
class RateLimiterContract : public testing::Test {
protected:
  bool take(std::string_view key) { return maker_.limiter().take(key, kLimit).has_value(); }
  static constexpr RateLimit kLimit{.permits = 3, .window = kMinute};
  Maker maker_;
};

TYPED_TEST_SUITE_P(RateLimiterContract);

TYPED_TEST_P(RateLimiterContract, LetsSoManyThroughAndSaysWhenToComeBack) {
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(this->take("a"));
  const auto refused = this->maker_.limiter().take("a", this->kLimit);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::too_many);
  EXPECT_EQ(refused.error().key, "rate.limited");
  EXPECT_EQ(refused.error().retry_after_s, 20);
}

TYPED_TEST_P(RateLimiterContract, RefillsEvenlyAndNeverOverItsMeasure) {
  while (this->take("a")) {
  }
  this->maker_.clock().advance(20 * kSecond - 1);
  EXPECT_FALSE(this->take("a"));
  this->maker_.clock().advance(1);
  EXPECT_TRUE(this->take("a"));
  EXPECT_FALSE(this->take("a"));
  this->maker_.clock().advance(kDay);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(this->take("a"));
  EXPECT_FALSE(this->take("a"));
}

TYPED_TEST_P(RateLimiterContract, CountsEachKeyForItself) {
  while (this->take("a")) {
  }
  EXPECT_TRUE(this->take("b"));
  EXPECT_FALSE(this->take("a"));
}

TYPED_TEST_P(RateLimiterContract, GivesNothingBackWhenTheClockStepsBack) {
  while (this->take("a")) {
  }
  this->maker_.clock().advance(-kHour);
  EXPECT_FALSE(this->take("a"));
  this->maker_.clock().advance(20 * kSecond);
  EXPECT_TRUE(this->take("a"));
}

TYPED_TEST_P(RateLimiterContract, CountsManyThreadsExactly) {
  std::atomic<int> through = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i)
          through += this->take("a") ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(through, 3);
}

TYPED_TEST_P(RateLimiterContract, LetsNothingThroughALimitOfNothing) {
  EXPECT_FALSE(this->maker_.limiter().take("a", {.permits = 0, .window = kMinute}).has_value());
}

REGISTER_TYPED_TEST_SUITE_P(RateLimiterContract, LetsSoManyThroughAndSaysWhenToComeBack,
                            RefillsEvenlyAndNeverOverItsMeasure, CountsEachKeyForItself,
                            GivesNothingBackWhenTheClockStepsBack, CountsManyThreadsExactly,
                            LetsNothingThroughALimitOfNothing);

} // namespace mv
