// Two server processes on one PostgreSQL: what is written through one is heard through the other, over Redis or over
// the database's own notices, and a client goes on where it was when its process dies.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include "backend/tests/websocket_client.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/redis_server.hpp"

namespace mv::test {
namespace {

enum class Bus { redis, database };

class ReplicasTest : public testing::TestWithParam<Bus> {
protected:
  ReplicasTest() {
    me_.register_as("Anna");
    there_.token = me_.token;
  }
  static std::map<std::string, std::string> variables(const std::string& database,
                                                      const std::optional<RedisServer>& redis) {
    std::map<std::string, std::string> all{{"MEMORYVERSE_DATABASE_URL", database}};
    if (redis) all["MEMORYVERSE_REDIS_URL"] = redis->url();
    return all;
  }
  [[nodiscard]] std::string events_of(const TestServer& server, const std::string& query = {}) const {
    return server.realtime() + "/api/v1/events" + query;
  }
  [[nodiscard]] Headers bearer() const { return {"Authorization: Bearer " + me_.token}; }

  std::string database_ = PostgresServer::shared().make_database();
  std::optional<RedisServer> redis_ =
      GetParam() == Bus::redis ? std::optional<RedisServer>(std::in_place) : std::nullopt;
  TestServer a_{{.variables = variables(database_, redis_)}};
  TestServer b_{{.variables = variables(database_, redis_)}};
  Client me_ = a_.client();
  Client there_ = b_.client();
};

TEST_P(ReplicasTest, OneHearsAtOnceWhatWasWrittenThroughTheOther) {
  WebSocketClient socket(events_of(a_), bearer());
  ASSERT_TRUE(socket.next_of("hello"));
  // Once the notices come in, an event is there long before the process would have looked by itself.
  bool quick = false;
  for (int attempt = 0; attempt < 50 && !quick; ++attempt) {
    const auto began = std::chrono::steady_clock::now();
    const Json saved = there_.post("/api/v1/memories", {{"title", "x"}}).json();
    const auto event = socket.next_of("memory.created");
    ASSERT_TRUE(event);
    EXPECT_EQ((*event)["data"]["id"], saved["id"]);
    quick = std::chrono::steady_clock::now() - began < std::chrono::milliseconds(500);
  }
  EXPECT_TRUE(quick);
}

TEST_P(ReplicasTest, NothingIsLostOrHeardTwiceWhenTheProcessDies) {
  std::set<std::string> heard;
  std::int64_t seen = 0;
  const auto take = [&](const Json& message) {
    EXPECT_NE(message["type"], "resync");
    if (message["type"] != "memory.created") return;
    EXPECT_GT(message["seq"].get<std::int64_t>(), seen) << "in order, and once";
    seen = message["seq"];
    EXPECT_TRUE(heard.insert(message["data"]["id"]).second);
  };
  const auto hear = [&](WebSocketClient& socket, std::size_t count) {
    while (heard.size() < count) {
      const auto message = socket.next();
      ASSERT_TRUE(message);
      take(*message);
    }
  };

  auto socket = std::make_unique<WebSocketClient>(events_of(a_), bearer());
  const auto hello = socket->next_of("hello");
  ASSERT_TRUE(hello);
  seen = (*hello)["seq"];
  std::atomic<bool> stop = false;
  std::set<std::string> written;
  std::jthread writer([&] {
    while (!stop) {
      const Reply saved = there_.post("/api/v1/memories", {{"title", "x"}});
      ASSERT_EQ(saved.status, 201) << saved.body;
      written.insert(saved.json()["id"].get<std::string>());
    }
  });
  hear(*socket, 20);
  a_.kill();
  while (const auto message = socket->next())
    take(*message); // what was on its way

  socket = std::make_unique<WebSocketClient>(events_of(b_, "?since=" + std::to_string(seen)), bearer());
  hear(*socket, heard.size() + 20);
  stop = true;
  writer.join();
  hear(*socket, written.size());
  EXPECT_EQ(heard, written);
}

TEST_P(ReplicasTest, ASessionThatEndsThroughOneIsOverOnTheOther) {
  WebSocketClient socket(events_of(a_), bearer());
  ASSERT_TRUE(socket.next_of("hello"));
  ASSERT_EQ(me_.get("/api/v1/auth/me").status, 200);
  ASSERT_LT(there_.post("/api/v1/auth/logout", Json::object()).status, 300);
  EXPECT_EQ(me_.get("/api/v1/auth/me").status, 401) << "from the next request on";
  while (socket.next(10)) {
  }
  EXPECT_TRUE(socket.closed());
}

INSTANTIATE_TEST_SUITE_P(Buses, ReplicasTest, testing::Values(Bus::redis, Bus::database),
                         [](const auto& made) { return made.param == Bus::redis ? "Redis" : "Database"; });

class ReplicasWithRedisTest : public ReplicasTest {};

TEST_P(ReplicasWithRedisTest, SeeTheSamePeopleOnline) {
  const std::string space = me_.post("/api/v1/spaces", {{"title", "The family"}}).json()["id"];
  WebSocketClient socket(events_of(a_), bearer());
  ASSERT_TRUE(socket.next_of("user.activity"));
  for (Client* client : {&me_, &there_})
    EXPECT_EQ(client->get("/api/v1/spaces/" + space + "/presence").json()["items"].size(), 1U);
}

TEST_P(ReplicasWithRedisTest, EventsComeLateButComeWhileRedisIsAway) {
  WebSocketClient socket(events_of(a_), bearer());
  ASSERT_TRUE(socket.next_of("hello"));
  for (const bool away : {true, false, true}) {
    if (away)
      redis_->kill();
    else
      redis_->start();
    for (int i = 0; i < 3; ++i) {
      const Json saved = there_.post("/api/v1/memories", {{"title", "x"}}).json();
      const auto event = socket.next_of("memory.created");
      ASSERT_TRUE(event);
      EXPECT_EQ((*event)["data"]["id"], saved["id"]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Buses, ReplicasWithRedisTest, testing::Values(Bus::redis),
                         [](const auto&) { return std::string("Redis"); });

} // namespace
} // namespace mv::test
