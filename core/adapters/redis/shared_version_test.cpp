// One version for all processes, whatever becomes of Redis; and what lies there is sealed.

#include <gtest/gtest.h>

#include "core/adapters/inprocess/inprocess_cache.hpp"
#include "core/adapters/redis/fixture.hpp"
#include "core/adapters/redis/redis_cache.hpp"
#include "core/adapters/redis/redis_shared_version.hpp"

namespace mv::redis {
namespace {

using namespace std::chrono_literals;

TEST(RedisSharedVersionTest, IsTheSameForAllUntilOneChangesIt) {
  FreshRedis one;
  FreshRedis two;
  RedisSharedVersion here(one.pool(), "sessions");
  RedisSharedVersion there(two.pool(), "sessions");
  RedisSharedVersion other(two.pool(), "others");
  const auto first = here.read();
  ASSERT_TRUE(first);
  EXPECT_EQ(there.read(), first);
  EXPECT_NE(other.read(), first);
  there.change();
  const auto second = here.read();
  ASSERT_TRUE(second);
  EXPECT_NE(second, first);
  EXPECT_EQ(there.read(), second);
}

TEST(RedisSharedVersionTest, IsAnotherOneWhenRedisForgot) {
  FreshRedis redis;
  RedisSharedVersion version(redis.pool(), "sessions");
  const auto first = version.read();
  ASSERT_TRUE(redis.pool().run({"FLUSHALL"}));
  const auto second = version.read();
  ASSERT_TRUE(second);
  EXPECT_NE(second, first);
}

TEST(RedisSharedVersionTest, IsNoneWhileRedisIsAwayAndAChangeIsMadeGood) {
  test::RedisServer server;
  Metrics metrics;
  const auto pool =
      open_pool(server.url(), metrics,
                {.timeouts = {.connect = 300ms, .command = 300ms}, .breaker = {.failures_to_open = 3, .rest = 50ms}});
  Metrics others;
  const auto patient_pool = open_pool(server.url(), others, patient());
  RedisSharedVersion here(*pool, "sessions");
  RedisSharedVersion there(*patient_pool, "sessions");
  const auto first = here.read();
  ASSERT_TRUE(first);
  server.pause();
  here.change();
  EXPECT_EQ(here.read(), std::nullopt) << "what was kept until the change is not to be believed";
  server.resume();
  std::optional<std::string> second;
  while (!(second = here.read()))
    std::this_thread::yield();
  EXPECT_NE(second, first);
  EXPECT_EQ(there.read(), second);
}

TEST(RedisSharedVersionTest, MakesAChangeGoodThoughNobodyReadsHere) {
  test::RedisServer server;
  Metrics metrics;
  const auto pool =
      open_pool(server.url(), metrics,
                {.timeouts = {.connect = 300ms, .command = 300ms}, .breaker = {.failures_to_open = 1, .rest = 200ms}});
  Metrics others;
  const auto patient_pool = open_pool(server.url(), others, patient());
  RedisSharedVersion here(*pool, "sessions");
  RedisSharedVersion there(*patient_pool, "sessions");
  const auto first = there.read();
  ASSERT_TRUE(first);
  server.pause();
  EXPECT_EQ(here.read(), std::nullopt);
  here.change(); // not even sent, as the pool rests
  server.resume();
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (there.read() == first && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_NE(there.read(), first);
}

TEST(RedisSharedVersionTest, AsksEverMoreSeldomARedisThatTakesNoWrites) {
  test::RedisServer server;
  Metrics metrics;
  const auto pool = open_pool(server.url(), metrics,
                              {.timeouts = patient().timeouts, .breaker = {.failures_to_open = 3, .rest = 400ms}});
  RedisSharedVersion version(*pool, "sessions");
  const auto first = version.read();
  ASSERT_TRUE(pool->run({"CONFIG", "SET", "min-replicas-to-write", "1"}));
  Counter& refused = metrics.counter("memoryverse_dependency_calls_total", "Calls to services outside, by outcome.",
                                     {{"dependency", "redis"}, {"operation", "SET"}, {"outcome", "refused"}});
  const auto began = std::chrono::steady_clock::now();
  version.change();
  while (refused.value() < 6 && std::chrono::steady_clock::now() - began < 10s)
    std::this_thread::sleep_for(1ms);
  EXPECT_GE(refused.value(), 6U);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 1s) << "two at once, then after 100, 200, 400 and 400 ms";
  ASSERT_TRUE(pool->run({"CONFIG", "SET", "min-replicas-to-write", "0"}));
  const auto until = std::chrono::steady_clock::now() + 10s;
  std::optional<std::string> second;
  while (!(second = version.read()) && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_NE(second, first);
}

TEST(RedisSharedVersionTest, EndsThoughItCouldNotTell) {
  test::RedisServer server;
  Metrics metrics;
  const auto pool = open_pool(server.url(), metrics, {.timeouts = {.connect = 300ms, .command = 300ms}});
  RedisSharedVersion version(*pool, "sessions");
  server.kill();
  version.change();
  EXPECT_EQ(version.read(), std::nullopt);
}

class SealedTest : public testing::Test {
protected:
  std::string raw() { return redis_.pool().run({"GET", redis_.pool().prefix() + "cache:page"})->text; }
  void put(const std::string& text) {
    ASSERT_TRUE(redis_.pool().run({"SET", redis_.pool().prefix() + "cache:page", text}));
  }
  /// What a process with `key` finds that has kept nothing itself.
  std::string found(char key, std::string_view place = "page") {
    const FixedClock clock(0);
    Metrics metrics;
    inprocess::InprocessCache empty(clock, metrics);
    const Sealer sealer = Sealer::from_passphrase(Secret(std::string(32, key)));
    const auto value = RedisCache(redis_.pool(), empty, sealer).find(place);
    return value ? *value : "nothing";
  }

  void SetUp() override {
    const FixedClock clock(0);
    inprocess::InprocessCache local(clock, redis_.metrics());
    const Sealer sealer = Sealer::from_passphrase(Secret(std::string(32, 'k')));
    RedisCache(redis_.pool(), local, sealer).keep("page", std::make_shared<const std::string>("Summer at the sea"));
  }

  FreshRedis redis_;
};

TEST_F(SealedTest, TellsNothingToWhoReadsInRedis) {
  EXPECT_FALSE(raw().contains("Summer"));
  EXPECT_EQ(found('k'), "Summer at the sea");
}

TEST_F(SealedTest, BelievesNothingThatSomebodyElsePutThere) {
  EXPECT_EQ(found('x'), "nothing") << "of another installation";
  const std::string sealed = raw();
  put("Winter");
  EXPECT_EQ(found('k'), "nothing");
  std::string altered = sealed;
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';
  put(altered);
  EXPECT_EQ(found('k'), "nothing");
  put(sealed);
  ASSERT_TRUE(redis_.pool().run({"SET", redis_.pool().prefix() + "cache:other", sealed}));
  EXPECT_EQ(found('k', "other"), "nothing") << "it is no value of that key";
  EXPECT_EQ(found('k'), "Summer at the sea");
}

} // namespace
} // namespace mv::redis
