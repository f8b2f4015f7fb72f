// A server with Redis, and what remains of it while Redis is away.

#include <gtest/gtest.h>

#include <chrono>

#include "backend/tests/websocket_client.hpp"
#include "core/testing/redis_server.hpp"

namespace mv::test {
namespace {

class RedisTest : public testing::Test {
protected:
  static ServerOptions with(const std::string& url, std::vector<std::string> arguments = {}) {
    return {.arguments = std::move(arguments), .variables = {{"MEMORYVERSE_REDIS_URL", url}}};
  }
  static std::string state_of_redis(TestServer& server) {
    Client client = server.client();
    const Reply ready = client.get("/health/ready");
    EXPECT_EQ(ready.status, 200) << ready.body;
    EXPECT_EQ(ready.json()["status"], "ready");
    return ready.json()["checks"].value("redis", "");
  }
  /// The message of a server that refuses to start.
  static std::string refusal(const std::string& url) {
    try {
      TestServer server(with(url));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it started";
  }
};

TEST_F(RedisTest, LimitsAreKeptInRedis) {
  RedisServer redis;
  TestServer server(with(redis.url(), {"--limits-login-per-minute", "2"}));
  Client client = server.client();
  const std::string email = client.register_as("Anna")["email"];
  const Json login{{"email", email}, {"password", "wrong password"}};
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(client.post("/api/v1/auth/login", login).status, 401);
  const Reply refused = client.post("/api/v1/auth/login", login);
  EXPECT_EQ(refused.status, 429);
  EXPECT_FALSE(refused.header("retry-after").empty());
  // Another process would say the same; here it is the same one, without what it held in memory.
  server.kill();
  server.start();
  EXPECT_EQ(client.post("/api/v1/auth/login", login).status, 429);
}

TEST_F(RedisTest, GoesOnWithoutRedisAndFindsItAgain) {
  RedisServer redis;
  TestServer server(with(redis.url()));
  Client me = server.client();
  me.register_as("Anna");
  EXPECT_EQ(state_of_redis(server), "ok");
  WebSocketClient socket(server.realtime() + "/api/v1/events", {"Authorization: Bearer " + me.token});
  ASSERT_TRUE(socket.opened());

  redis.kill();
  EXPECT_EQ(state_of_redis(server), "degraded");
  const Json saved = me.post("/api/v1/memories", {{"title", "while it is away"}}).json();
  const auto event = socket.next_of("memory.created");
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)["data"]["id"], saved["id"]);

  redis.start();
  EXPECT_TRUE(eventually([&] { return state_of_redis(server) == "ok"; }));
  me.post("/api/v1/memories", {{"title", "after it came back"}});
  EXPECT_TRUE(socket.next_of("memory.created"));
  const std::string metrics = me.get("/metrics").body;
  EXPECT_TRUE(metrics.contains(R"(memoryverse_dependency_breaker_state{dependency="redis"} 0)"));
}

TEST_F(RedisTest, NobodyIsOnlineWhileRedisIsAwayAndAllAreAfterIt) {
  RedisServer redis;
  TestServer server(with(redis.url()));
  Client me = server.client();
  me.register_as("Anna");
  const std::string space = me.post("/api/v1/spaces", {{"title", "The family"}}).json()["id"];
  const auto online = [&] { return me.get("/api/v1/spaces/" + space + "/presence").json()["items"].size(); };
  WebSocketClient socket(server.realtime() + "/api/v1/events", {"Authorization: Bearer " + me.token});
  ASSERT_TRUE(socket.next_of("user.activity"));
  EXPECT_EQ(online(), 1U);
  redis.kill();
  EXPECT_EQ(online(), 0U);
  redis.start();
  EXPECT_TRUE(eventually([&] { return online() == 1; })) << "the process says again who is there";
}

TEST_F(RedisTest, ARedisThatIsStuckHoldsNoRequest) {
  RedisServer redis;
  TestServer server(with(redis.url()));
  Client me = server.client();
  me.register_as("Anna");
  redis.pause();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(me.post("/api/v1/memories", {{"title", "x"}}).status, 201);
    ASSERT_EQ(me.post("/api/v1/auth/login", {{"email", "nobody@example.org"}, {"password", "wrong password"}}).status,
              401);
  }
  // Waiting for each of the 60 would take half a minute; three wait, and one now and then on trial.
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  EXPECT_EQ(state_of_redis(server), "degraded");
  redis.resume();
  EXPECT_TRUE(eventually([&] { return state_of_redis(server) == "ok"; }));
}

TEST_F(RedisTest, StartsWithoutARedisThatIsNotThereYet) {
  RedisServer redis;
  redis.kill();
  TestServer server(with(redis.url()));
  EXPECT_EQ(state_of_redis(server), "degraded");
  redis.start();
  EXPECT_TRUE(eventually([&] { return state_of_redis(server) == "ok"; }));
}

TEST_F(RedisTest, AWrongSettingEndsTheStartWithOneClearLine) {
  RedisServer redis({.arguments = {"--requirepass", "right"}});
  const std::string at = "127.0.0.1:" + std::to_string(redis.port());
  for (const std::string& url :
       {"redis://:hush-hush@" + at, "redis://" + at, "http://:hush-hush@" + at, "redis://:hush-hush@" + at + "/name"}) {
    const std::string said = refusal(url);
    EXPECT_TRUE(said.contains("MEMORYVERSE_REDIS_URL: ")) << url << ": " << said;
    EXPECT_FALSE(said.contains("hush-hush")) << said;
  }
  EXPECT_TRUE(refusal("redis://:hush-hush@" + at).contains("WRONGPASS"));
}

} // namespace
} // namespace mv::test
