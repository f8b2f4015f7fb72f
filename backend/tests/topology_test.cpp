// The product as many processes, on the gateway's own configuration: two replicas of each role on PostgreSQL, Redis and
// S3. What a family does goes on while replicas die and come back.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "backend/tests/topology.hpp"
#include "backend/tests/websocket_client.hpp"

namespace mv::test {
namespace {

TEST_F(TopologyTest, ServesAFamilyThroughTheGateway) {
  const std::string picture = tiny_png(1);
  const Json uploaded = me_->upload("yard.png", picture).json();
  const std::string media = uploaded["media"]["id"];
  EXPECT_TRUE(eventually([&] { return ready(media); }));
  EXPECT_EQ(me_->get("/api/v1/media/" + media + "/original").body, picture);
  EXPECT_EQ(me_->get("/metrics").status, 404); // not for the world
  EXPECT_TRUE(me_->get("/").body.contains("<title>MemoryVerse</title>"));
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
  for (const auto& socket : sockets)
    ASSERT_TRUE(socket->next_of("hello"));
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
  ASSERT_TRUE(socket->next_of("hello")); // what is saved before it is old to this one
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
  ASSERT_TRUE(socket.next_of("hello"));
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
  if (!Rgw::shared().is_dbstore()) GTEST_SKIP() << "only a store of our own can be slow enough to be stopped meanwhile";
  const auto jobs = [&](const std::string& state) {
    return std::stoi(PostgresServer::shared().run(PostgresServer::name_in(database_),
                                                  "SELECT COUNT(*) FROM jobs WHERE state = '" + state + "'"));
  };
  EXPECT_EQ(worker_[1]->stop(), 0) << worker_[1]->log();
  for (unsigned i = 0; i < 12; ++i)
    me_->upload("q" + std::to_string(i) + ".png", tiny_png(2000 + i));
  Rgw::shared().gateway().set_harm([](const std::string&, const std::string&) { return Harm::slow; });
  EXPECT_TRUE(eventually([&] { return jobs("running") > 0; })) << "otherwise there is nothing to hand back";
  for (const auto& server : {worker_[0].get(), api_[0].get(), realtime_[0].get()})
    EXPECT_EQ(server->stop(), 0) << server->log();
  EXPECT_EQ(jobs("running"), 0) << "a job that nobody runs would rest until its lease is over";
  EXPECT_GT(jobs("waiting"), 0);
  Rgw::shared().gateway().set_harm(nullptr);
  for (const auto& server : {worker_[0].get(), worker_[1].get(), api_[0].get(), realtime_[0].get()})
    server->start();
  const Json page = me_->get("/api/v1/memories?limit=50").json();
  for (const Json& memory : page["items"]) {
    const std::string id = memory["media"][0]["id"];
    EXPECT_TRUE(eventually([&] { return ready(id); })) << id;
  }
}

} // namespace
} // namespace mv::test
