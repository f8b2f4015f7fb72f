#include "core/base/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include "core/base/dependency.hpp"

namespace mv {
namespace {

using std::chrono::seconds;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public testing::Test {
protected:
  CircuitBreaker::Now now_ = [this] { return time_; };
  std::chrono::steady_clock::time_point time_{seconds(1000)};
  CircuitBreakerOptions options_{.failures_to_open = 3, .rest = seconds(5)};
  CircuitBreaker breaker_{options_, now_};

  void open() {
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(breaker_.allow());
      breaker_.failed();
    }
  }
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  breaker_.failed();
  breaker_.failed();
  breaker_.succeeded(); // begins to count anew
  breaker_.failed();
  breaker_.failed();
  EXPECT_EQ(breaker_.state(), State::closed);
  EXPECT_TRUE(breaker_.allow());
  breaker_.failed();
  EXPECT_EQ(breaker_.state(), State::open);
  EXPECT_FALSE(breaker_.allow());
  EXPECT_EQ(breaker_.wait(), seconds(5));
}

TEST_F(CircuitBreakerTest, LetsOneCallTryAfterItsRest) {
  open();
  time_ += seconds(5);
  EXPECT_EQ(breaker_.state(), State::half_open);
  EXPECT_TRUE(breaker_.allow());
  EXPECT_FALSE(breaker_.allow()) << "the trial is under way";
  breaker_.succeeded();
  EXPECT_EQ(breaker_.state(), State::closed);
  EXPECT_TRUE(breaker_.allow());
}

TEST_F(CircuitBreakerTest, RestsAgainWhenTheTrialFails) {
  open();
  time_ += seconds(5);
  ASSERT_TRUE(breaker_.allow());
  time_ += seconds(1);
  breaker_.failed();
  EXPECT_EQ(breaker_.state(), State::open);
  EXPECT_EQ(breaker_.wait(), seconds(5));
}

TEST_F(CircuitBreakerTest, DoesNotWaitForeverForATrialThatNeverReports) {
  open();
  time_ += seconds(5);
  ASSERT_TRUE(breaker_.allow());
  time_ += seconds(5);
  EXPECT_TRUE(breaker_.allow());
}

TEST_F(CircuitBreakerTest, IsSeenInTheMetricsOfItsDependency) {
  Metrics metrics;
  Dependency s3("s3", metrics, options_, now_);
  const auto calls = [&](std::string_view outcome) {
    return metrics
        .counter("memoryverse_dependency_calls_total", "",
                 {{"dependency", "s3"}, {"operation", "get"}, {"outcome", outcome}})
        .value();
  };
  const auto call = [&](CallOutcome outcome) {
    auto begun = s3.begin("get");
    ASSERT_TRUE(begun);
    begun->end(outcome);
  };
  call(CallOutcome::success);
  for (int i = 0; i < 5; ++i)
    call(CallOutcome::refused);
  EXPECT_TRUE(metrics.render().contains("memoryverse_dependency_breaker_state{dependency=\"s3\"} 0\n"));
  call(CallOutcome::failure);
  call(CallOutcome::failure);
  ASSERT_TRUE(s3.begin("get")); // its end is told by nobody
  EXPECT_TRUE(metrics.render().contains("memoryverse_dependency_breaker_state{dependency=\"s3\"} 2\n"));
  const auto refused = s3.begin("get");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(refused.error().key, "dependency.resting");
  EXPECT_EQ(refused.error().retry_after_s, 5);
  EXPECT_EQ(calls("success"), 1U);
  EXPECT_EQ(calls("refused"), 5U);
  EXPECT_EQ(calls("failure"), 3U);
  EXPECT_EQ(calls("rejected"), 1U);
  EXPECT_TRUE(
      metrics.render().contains("memoryverse_dependency_call_seconds_count{dependency=\"s3\",operation=\"get\"} 9\n"));
}

TEST_F(CircuitBreakerTest, IsNotThereWhereCallsHaveABackOffOfTheirOwn) {
  Metrics metrics;
  Dependency webhooks("webhook", metrics, Dependency::NeverRests{});
  for (int i = 0; i < 9; ++i) {
    auto call = webhooks.begin("post");
    ASSERT_TRUE(call);
    call->end(CallOutcome::failure);
  }
  const std::string rendered = metrics.render();
  EXPECT_TRUE(rendered.contains(
      "memoryverse_dependency_calls_total{dependency=\"webhook\",operation=\"post\",outcome=\"failure\"} 9\n"));
  EXPECT_FALSE(rendered.contains("breaker_state")) << "nothing is told of a breaker that is not there";
}

} // namespace
} // namespace mv
