// Events on a real RabbitMQ, with broker and server killed in turn: nothing is lost, and nothing private is told.

#include <gtest/gtest.h>

#include <set>

#include "backend/tests/harness.hpp"
#include "core/adapters/rabbitmq/testing/amqp_receiver.hpp"
#include "core/testing/rabbitmq_server.hpp"

namespace mv::test {
namespace {

ServerOptions with_broker(const std::string& url) {
  return {.arguments = {}, .variables = {{"MEMORYVERSE_BROKER_URL", url}}};
}

/// One for all tests, since it takes seconds to start.
RabbitMqServer& shared_broker() {
  static RabbitMqServer broker;
  return broker;
}

TEST(BrokerTest, HearsOfEveryEventThroughDeathsOfBrokerAndServer) {
  RabbitMqServer& broker = shared_broker();
  const AmqpReceiver receiver(*rabbitmq::parse_address(broker.url()));
  receiver.bind("all", "#");
  receiver.bind("memories", "memory.created");
  TestServer server(with_broker(broker.url()));
  Client me = server.client();
  me.register_as("Vera");
  const auto ready = [&] { return me.get("/health/ready").json(); };

  std::vector<std::string> made;
  const auto remember = [&](const std::string& privacy) {
    const Json saved = me.post("/api/v1/memories", {{"title", "Lamp"}, {"privacy", privacy}}).json();
    if (privacy == "space") made.push_back(saved["id"]);
  };
  remember("private");
  remember("space");
  const auto first = receiver.take("memories", 1);
  ASSERT_EQ(first.size(), 1U);
  const Json body = Json::parse(first[0].body);
  EXPECT_EQ(body["data"]["id"], made[0]);
  EXPECT_EQ(body["type"], "memory.created");
  EXPECT_EQ(first[0].routing_key, "memory.created");
  EXPECT_EQ(first[0].id, std::to_string(body["seq"].get<std::int64_t>()));
  EXPECT_EQ(first[0].content_type, "application/json");
  EXPECT_TRUE(first[0].persistent);
  EXPECT_FALSE(first[0].body.contains("Lamp"));
  EXPECT_EQ(ready()["checks"]["broker"], "ok") << ready();

  broker.kill();
  for (int i = 0; i < 20; ++i)
    remember("space");
  EXPECT_TRUE(eventually([&] { return ready()["checks"]["broker"] == "degraded"; })) << ready();
  EXPECT_EQ(me.get("/health/ready").status, 200) << "events wait; the home is open";
  server.kill();
  server.start();
  for (int i = 0; i < 20; ++i)
    remember("space");
  broker.start();

  std::vector<std::string> heard{made[0]};
  std::set<std::string> seen{made[0]};
  int silences = 0; // the lease of the server that died runs out first
  while (heard.size() < made.size() && silences < 3) {
    const auto some = receiver.take("memories", 1);
    if (some.empty()) {
      ++silences;
      continue;
    }
    const std::string id = Json::parse(some[0].body)["data"]["id"];
    if (seen.insert(id).second) heard.push_back(id);
  }
  EXPECT_EQ(heard, made) << "each at least once, the first time in the order of the events";
  EXPECT_TRUE(eventually([&] { return ready()["checks"]["broker"] == "ok"; })) << ready();
  EXPECT_FALSE(server.log().contains("secret")) << "the password of the broker";
}

/// What a server says that must not start with this broker.
std::string refusal(const std::string& url) {
  const TestServer::Ended ended = TestServer::run_to_end(with_broker(url));
  EXPECT_NE(ended.status, 0) << url;
  EXPECT_EQ(ended.said.find("hunter2"), std::string::npos) << ended.said;
  EXPECT_TRUE(ended.said.contains("MEMORYVERSE_BROKER_URL: ")) << ended.said;
  return ended.said;
}

TEST(BrokerTest, RefusesToStartWhereTheBrokerDoesNotLetItIn) {
  const std::string at = "127.0.0.1:" + std::to_string(shared_broker().port());
  const std::string password = refusal("amqp://mv:hunter2@" + at);
  EXPECT_TRUE(password.contains("amqp://mv@" + at) && password.contains("ACCESS_REFUSED")) << password;
  const std::string host = refusal("amqp://mv:secret@" + at + "/nowhere");
  EXPECT_TRUE(host.contains("amqp://mv@" + at + "/nowhere") && host.contains("vhost nowhere not found")) << host;
  EXPECT_TRUE(refusal("amqps://mv:hunter2@" + at + "?ca=/nowhere.pem").contains("/nowhere.pem"));
  EXPECT_TRUE(refusal("http://mv:hunter2@127.0.0.1/").contains("amqp://"));
}

TEST(BrokerTest, SaysThatItsBrokerIsAwayThoughNothingHappens) {
  TestServer server(with_broker(shared_broker().url()));
  Client me = server.client();
  const auto broker_is = [&](const std::string& state) {
    return eventually([&] { return me.get("/health/ready").json()["checks"]["broker"] == state; });
  };
  EXPECT_EQ(me.get("/health/ready").json()["checks"]["broker"], "ok");
  shared_broker().kill();
  EXPECT_TRUE(broker_is("degraded")) << me.get("/health/ready").body;
  EXPECT_EQ(me.get("/health/ready").status, 200);
  shared_broker().start();
  EXPECT_TRUE(broker_is("ok")) << me.get("/health/ready").body;
}

TEST(BrokerTest, StartsWithoutItsBrokerAndSaysSo) {
  TestServer server(with_broker("amqp://mv:hunter2@127.0.0.1:1"));
  Client me = server.client();
  const Reply ready = me.get("/health/ready");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.json()["checks"]["broker"], "degraded") << ready.body;
  me.register_as("Vera");
  EXPECT_EQ(me.post("/api/v1/memories", {{"title", "x"}}).status, 201);
  const std::string log = server.log();
  EXPECT_TRUE(log.contains("MEMORYVERSE_BROKER_URL") && log.contains("amqp://mv@127.0.0.1:1")) << log;
  EXPECT_FALSE(log.contains("hunter2"));
}

} // namespace
} // namespace mv::test
