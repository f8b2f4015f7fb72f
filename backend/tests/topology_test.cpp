// The product as many processes, on the gateway's own configuration: two replicas of each role on PostgreSQL, Redis and
// S3. What a family does goes on while replicas die and come back.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "backend/tests/gateway.hpp"
#include "backend/tests/websocket_client.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/redis_server.hpp"
#include "core/testing/rgw.hpp"

namespace mv::test {
namespace {

/// Everything at once. Two replicas each, so that either may die.
class TopologyTest : public testing::Test {
protected:
  TopologyTest() {
    for (int i = 0; i < 2; ++i) {
      api_[i] = replica("api");
      realtime_[i] = replica("realtime");
      worker_[i] = replica("worker");
    }
    gateway_ = std::make_unique<Gateway>(std::vector{api_[0]->api(), api_[1]->api()},
                                         std::vector{realtime_[0]->realtime(), realtime_[1]->realtime()});
    me_ = std::make_unique<Client>(gateway_->client());
    me_->register_as("Vera");
  }

  std::unique_ptr<TestServer> replica(const std::string& role) {
    return std::make_unique<TestServer>(
        ServerOptions{.arguments = {"--roles", role},
                      .variables = {{"MEMORYVERSE_DATABASE_URL", database_},
                                    {"MEMORYVERSE_STORAGE_URL", Rgw::shared().url("topology")},
                                    {"AWS_ACCESS_KEY_ID", Rgw::shared().access_key()},
                                    {"AWS_SECRET_ACCESS_KEY", Rgw::shared().secret_key()},
                                    {"MEMORYVERSE_REDIS_URL", redis_.url()},
                                    {"MEMORYVERSE_SECRET_KEY", "one key for all of these replicas"},
                                    {"MEMORYVERSE_TRUSTED_PROXIES", "127.0.0.0/8"}}});
  }
  [[nodiscard]] Headers bearer() const { return {"Authorization: Bearer " + me_->token}; }
  /// A change that must arrive: where no answer came, it is looked for before it is sent again, as a person would.
  Json save(const std::string& title) {
    Json memory;
    EXPECT_TRUE(eventually([&] {
      const Reply reply = me_->post("/api/v1/memories", {{"title", title}});
      if (reply.status == 201) memory = reply.json();
      return reply.status == 201 || all_titles()[title] > 0;
    })) << title;
    return memory;
  }
  /// How many memories have each title; asked until a replica answers.
  std::map<std::string, int> all_titles() {
    std::map<std::string, int> titles;
    std::string cursor;
    do {
      Reply page;
      EXPECT_TRUE(eventually([&] {
        page = me_->get("/api/v1/memories?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
        return page.status == 200;
      })) << page.status;
      const Json body = page.json();
      for (const Json& memory : body["items"])
        ++titles[memory["title"]];
      cursor = body.contains("nextCursor") && body["nextCursor"].is_string() ? body["nextCursor"] : "";
    } while (!cursor.empty());
    return titles;
  }
  bool ready(const std::string& media_id) {
    return me_->get("/api/v1/media/" + media_id + "/preview?size=2048").status == 200;
  }
  /// The lease of a worker that died runs a minute: as long as `eventually` waits, hence twice.
  bool ready_after_a_lease(const std::string& media_id) {
    const auto is_ready = [&] { return ready(media_id); };
    return eventually(is_ready) || eventually(is_ready);
  }

  std::string database_ = PostgresServer::shared().make_database();
  RedisServer redis_;
  std::array<std::unique_ptr<TestServer>, 2> api_;
  std::array<std::unique_ptr<TestServer>, 2> realtime_;
  std::array<std::unique_ptr<TestServer>, 2> worker_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Client> me_;
};

TEST_F(TopologyTest, ServesAFamilyThroughTheGateway) {
  const std::string picture = tiny_png(1);
  const Json uploaded = me_->upload("yard.png", picture).json();
  const std::string media = uploaded["media"]["id"];
  EXPECT_TRUE(eventually([&] { return ready(media); }));
  EXPECT_EQ(me_->get("/api/v1/media/" + media + "/original").body, picture);
  EXPECT_EQ(me_->get("/metrics").status, 404); // not for the world
  EXPECT_EQ(me_->get("/health/ready").status, 200);
  // Either replica knows who somebody is and what they did.
  for (const auto& server : api_) {
    Client direct = server->client();
    direct.token = me_->token;
    EXPECT_EQ(direct.get("/api/v1/memories?limit=1").json()["items"].size(), 1U);
  }
}

TEST_F(TopologyTest, TellsOnOneReplicaWhatWasWrittenThroughAnother) {
  std::array sockets{std::make_unique<WebSocketClient>(realtime_[0]->realtime() + "/api/v1/events", bearer()),
                     std::make_unique<WebSocketClient>(realtime_[1]->realtime() + "/api/v1/events", bearer())};
  for (const auto& server : api_) {
    Client direct = server->client();
    direct.token = me_->token;
    const Json saved = direct.post("/api/v1/memories", {{"title", "told"}}).json();
    for (const auto& socket : sockets) {
      const auto event = socket->next_of("memory.created");
      ASSERT_TRUE(event);
      EXPECT_EQ((*event)["data"]["id"], saved["id"]);
    }
  }
}

TEST_F(TopologyTest, ResumesOnAnotherReplicaWithoutLossOrRepetition) {
  auto socket = std::make_unique<WebSocketClient>(realtime_[0]->realtime() + "/api/v1/events", bearer());
  ASSERT_TRUE(socket->opened());
  const Json first = save("first");
  const auto seen = socket->next_of("memory.created");
  ASSERT_TRUE(seen);
  realtime_[0]->kill();
  const Json second = save("second");
  // The gateway leads to the one that lives.
  socket = std::make_unique<WebSocketClient>(
      gateway_->events() + "?since=" + std::to_string((*seen)["seq"].get<std::int64_t>()), bearer());
  const auto event = socket->next_of("memory.created");
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)["data"]["id"], second["id"]);
  realtime_[0]->start();
}

TEST_F(TopologyTest, LosesNothingWhenReplicasOfTheApiAreKilledUnderLoad) {
  std::atomic<bool> done = false;
  std::thread killer([&] {
    for (int i = 0; i < 4; ++i) {
      TestServer& victim = *api_[static_cast<std::size_t>(i % 2)];
      std::this_thread::sleep_for(std::chrono::milliseconds(300)); // load needs a while to be under way
      victim.kill();
      victim.start();
    }
    done = true;
  });
  int saved = 0;
  while (!done || saved < 20)
    save("under load " + std::to_string(saved++));
  killer.join();
  auto titles = all_titles();
  for (int i = 0; i < saved; ++i)
    EXPECT_EQ(titles["under load " + std::to_string(i)], 1) << i;
}

TEST_F(TopologyTest, FinishesThePicturesOfAWorkerThatWasKilled) {
  std::vector<std::string> media;
  for (unsigned i = 0; i < 12; ++i)
    media.push_back(me_->upload("p" + std::to_string(i) + ".png", tiny_png(1000 + i)).json()["media"]["id"]);
  worker_[0]->kill();
  worker_[1]->kill();
  worker_[1]->start();
  for (const std::string& id : media)
    EXPECT_TRUE(ready_after_a_lease(id)) << id;
  worker_[0]->start();
}

TEST_F(TopologyTest, GoesOnWithoutRedisAndHearsItAgain) {
  WebSocketClient socket(gateway_->events(), bearer());
  ASSERT_TRUE(socket.opened());
  redis_.kill();
  const Json saved = save("without Redis");
  const auto late = socket.next_of("memory.created", 30);
  ASSERT_TRUE(late);
  EXPECT_EQ((*late)["data"]["id"], saved["id"]);
  EXPECT_EQ(me_->get("/health/ready").status, 200);
  redis_.start();
  EXPECT_TRUE(eventually([&] { return me_->get("/health/ready").json()["checks"]["redis"] == "ok"; }));
}

TEST_F(TopologyTest, EndsInOrderAndHandsItsJobsBack) {
  for (unsigned i = 0; i < 6; ++i)
    me_->upload("q" + std::to_string(i) + ".png", tiny_png(2000 + i));
  for (const auto& server : {worker_[0].get(), api_[0].get(), realtime_[0].get()}) {
    EXPECT_EQ(server->stop(), 0) << server->log();
    server->start();
  }
  const Json page = me_->get("/api/v1/memories?limit=50").json();
  for (const Json& memory : page["items"]) {
    const std::string id = memory["media"][0]["id"];
    EXPECT_TRUE(eventually([&] { return ready(id); })) << id;
  }
}

} // namespace
} // namespace mv::test
