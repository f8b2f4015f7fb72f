// Redis goes away, gets stuck, and comes back.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/adapters/inprocess/inprocess_rate_limiter.hpp"
#include "core/adapters/redis/fixture.hpp"
#include "core/adapters/redis/redis_event_bus.hpp"
#include "core/adapters/redis/redis_rate_limiter.hpp"
#include "core/ports/contracts/event_bus_contract.hpp"

namespace mv::redis {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

/// Short, since these tests wait for them to run out.
PoolOptions hasty() {
  return {.timeouts = {.connect = 300ms, .command = 300ms}, .breaker = {.failures_to_open = 3, .rest = 50ms}};
}

class RedisGoneTest : public testing::Test {
protected:
  void until(const std::function<bool()>& ready) {
    while (!ready())
      std::this_thread::yield();
  }
  bool subscribed() { return metrics_.gauge("memoryverse_redis_subscribed", "").value() == 1; }
  bool take(std::string_view key, int permits) {
    return limiter_.take(key, {.permits = permits, .window = kHour}).has_value();
  }

  test::RedisServer server_;
  Metrics metrics_;
  std::unique_ptr<Pool> pool_ = open_pool(server_.url(), metrics_, hasty());
  FixedClock clock_{0};
  inprocess::InprocessRateLimiter local_{clock_};
  RedisRateLimiter limiter_{*pool_, local_};
};

TEST_F(RedisGoneTest, IsLeftAloneAfterFailuresAndFoundAgain) {
  server_.kill();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(pool_->ping().error().key, kDown);
  EXPECT_EQ(pool_->ping().error().key, "dependency.resting");
  EXPECT_TRUE(metrics_.render().contains(R"(memoryverse_dependency_breaker_state{dependency="redis"} )"));
  EXPECT_EQ(metrics_
                .counter("memoryverse_dependency_calls_total", "",
                         {{"dependency", "redis"}, {"operation", "PING"}, {"outcome", "failure"}})
                .value(),
            3U);
  server_.start();
  until([&] { return pool_->ping().has_value(); });
  EXPECT_TRUE(metrics_.render().contains(R"(memoryverse_dependency_breaker_state{dependency="redis"} 0)"));
}

TEST_F(RedisGoneTest, AStuckOneHoldsNobodyForLong) {
  ASSERT_TRUE(take("anna", 100));
  server_.pause();
  const auto began = std::chrono::steady_clock::now();
  std::atomic<int> through = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i)
          through += take("anna", 100) ? 1 : 0;
      });
    }
  }
  // 200 calls. Each thread waits in vain once, and after that only one of them now and then, on trial.
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  EXPECT_EQ(through, 100) << "the process counts for itself";
  server_.resume();
  until([&] { return pool_->ping().has_value(); });
  EXPECT_TRUE(take("anna", 100)) << "Redis has its own count, of which one was taken before";
}

TEST_F(RedisGoneTest, LimitsGoOnWhileItIsKilledAndStartedUnderLoad) {
  std::atomic<bool> stop = false;
  std::atomic<int> calls = 0;
  std::atomic<int> failures = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      while (!stop) {
        const auto outcome = limiter_.take("key" + std::to_string(t), {.permits = 1'000'000, .window = kHour});
        failures += outcome ? 0 : 1;
        ++calls;
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    const int before = calls;
    until([&] { return calls > before + 50; });
    server_.kill();
    const int during = calls;
    until([&] { return calls > during + 50; });
    server_.start();
    until([&] { return pool_->ping().has_value(); });
  }
  stop = true;
  threads.clear();
  EXPECT_EQ(failures, 0);
}

TEST_F(RedisGoneTest, StartsWithoutItAndFindsItLater) {
  server_.kill();
  Metrics metrics;
  const auto pool = open_pool(server_.url(), metrics, hasty());
  RedisEventBus bus(*pool, metrics, {.first_pause = 5ms, .longest_pause = 20ms});
  EXPECT_FALSE(pool->ping().has_value());
  server_.start();
  until([&] { return metrics.gauge("memoryverse_redis_subscribed", "").value() == 1; });
  until([&] { return pool->ping().has_value(); });
}

TEST_F(RedisGoneTest, ListenersLookAgainOnceTheSubscriptionStandsAnew) {
  RedisEventBus bus(*pool_, metrics_, {.first_pause = 5ms, .longest_pause = 20ms});
  std::atomic<int> looks = 0;
  const auto handle = bus.subscribe([&](std::int64_t) { ++looks; });
  until([&] { return subscribed(); });
  server_.kill();
  until([&] { return !subscribed(); });
  bus.publish(5);
  EXPECT_GE(looks, 1) << "its own process is told all the same";
  const int before = looks;
  server_.start();
  until([&] { return looks > before; });
  EXPECT_TRUE(subscribed());
}

TEST_F(RedisGoneTest, ASilentSubscriptionIsMadeAnew) {
  RedisEventBus bus(*pool_, metrics_, {.first_pause = 5ms, .longest_pause = 20ms, .ping_every = 50ms});
  until([&] { return subscribed(); });
  server_.pause();
  until([&] { return !subscribed(); });
  server_.resume();
  until([&] { return subscribed(); });
  EXPECT_GE(metrics_.counter("memoryverse_redis_subscriptions_total", "").value(), 2U);
}

TEST_F(RedisGoneTest, StopsAtOnceWhileItIsAway) {
  server_.kill();
  const auto began = std::chrono::steady_clock::now();
  {
    RedisEventBus bus(*pool_, metrics_, {.first_pause = 60s, .longest_pause = 60s});
    bus.publish(1);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
}

} // namespace
} // namespace mv::redis
