// Two processes on one PostgreSQL and one store, of which one machine's clock is stepped while they work.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "backend/tests/harness.hpp"
#include "backend/tests/websocket_client.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/rgw.hpp"

namespace mv::test {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

class ClockStepsTest : public testing::Test {
protected:
  ClockStepsTest() : clock_(std::filesystem::temp_directory_path() / ("mv-clock-" + std::to_string(::getpid()))) {
    step(0);
    servers_ = {start_one(true), start_one(false)};
    me_ = std::make_unique<Client>(servers_[1]->client());
    me_->register_as("Vera");
    stepped_ = std::make_unique<Client>(servers_[0]->client());
    stepped_->token = me_->token;
  }
  ~ClockStepsTest() override { std::filesystem::remove(clock_); }

  /// In place, since the server has it mapped.
  void step(std::int64_t by_ms) {
    std::fstream file(clock_, std::filesystem::exists(clock_) ? std::ios::in | std::ios::out | std::ios::binary
                                                              : std::ios::out | std::ios::binary);
    file.write(reinterpret_cast<const char*>(&by_ms), sizeof by_ms);
  }
  std::unique_ptr<TestServer> start_one(bool shifted) {
    std::map<std::string, std::string> variables{{"MEMORYVERSE_DATABASE_URL", database_},
                                                 {"MEMORYVERSE_STORAGE_URL", Rgw::shared().url("clock")},
                                                 {"AWS_ACCESS_KEY_ID", Rgw::shared().access_key()},
                                                 {"AWS_SECRET_ACCESS_KEY", Rgw::shared().secret_key()},
                                                 {"MEMORYVERSE_SECRET_KEY", "one key for all of these replicas"}};
    if (shifted) {
      variables["LD_PRELOAD"] = CLOCK_SHIFT;
      variables["MEMORYVERSE_TEST_CLOCK"] = clock_.string();
      variables["ASAN_OPTIONS"] = "verify_asan_link_order=0";
    }
    return std::make_unique<TestServer>(ServerOptions{.arguments = {}, .variables = variables});
  }
  static long ready(Client& client) { return client.get("/health/ready").status; }

  std::filesystem::path clock_;
  std::string database_ = PostgresServer::shared().make_database();
  std::array<std::unique_ptr<TestServer>, 2> servers_; // the first one's clock is stepped
  std::unique_ptr<Client> me_;
  std::unique_ptr<Client> stepped_;
};

TEST_F(ClockStepsTest, LosesAndRepeatsNothingWhenAMachineIsTenMinutesOff) {
  WebSocketClient socket(servers_[1]->realtime() + "/api/v1/events?since=0", {"Authorization: Bearer " + me_->token});
  ASSERT_TRUE(socket.next_of("hello"));
  std::set<std::string> saved;
  std::set<std::string> media;
  unsigned seed = 0;
  for (const std::int64_t off : {10 * kMinuteMs, -10 * kMinuteMs, std::int64_t{0}}) {
    step(off);
    for (Client* client : {stepped_.get(), me_.get(), stepped_.get()}) {
      const Reply story = client->post("/api/v1/memories", {{"title", "a story"}});
      ASSERT_EQ(story.status, 201) << off << story.body;
      saved.insert(story.json()["id"]);
      const Reply picture = client->upload("p.png", tiny_png(++seed));
      ASSERT_EQ(picture.status, 201) << off << picture.body;
      saved.insert(picture.json()["memory"]["id"]);
      media.insert(picture.json()["media"]["id"]);
      EXPECT_EQ(ready(*client), 200) << off;
    }
  }
  for (const std::string& id : media)
    EXPECT_TRUE(eventually([&] { return me_->get("/api/v1/media/" + id + "/preview?size=2048").status == 200; })) << id;
  // Numbers of events are the database's, whatever the clocks say.
  std::multiset<std::string> heard;
  std::int64_t last = 0;
  while (heard.size() < saved.size()) {
    const auto event = socket.next_of("memory.created");
    ASSERT_TRUE(event);
    EXPECT_GT((*event)["seq"].get<std::int64_t>(), last);
    last = (*event)["seq"];
    heard.insert((*event)["data"]["id"].get<std::string>());
  }
  EXPECT_EQ(std::set(heard.begin(), heard.end()), saved);
  EXPECT_EQ(me_->get("/api/v1/memories?limit=50").json()["items"].size(), saved.size());
  EXPECT_TRUE(me_->get("/api/v1/admin/jobs/dead").json()["items"].empty());
}

TEST_F(ClockStepsTest, SaysSoWhenTheStoreTakesItsTimeForALie) {
  if (!Rgw::shared().is_dbstore()) GTEST_SKIP() << "other stores have other limits";
  step(3 * 60 * kMinuteMs); // S3 refuses signatures that are more than a quarter of an hour off
  EXPECT_TRUE(eventually([&] { return ready(*stepped_) == 503; }));
  const Json checks = stepped_->get("/health/ready").json()["checks"];
  EXPECT_EQ(checks["storage"], "failed") << checks;
  EXPECT_EQ(checks["database"], "ok") << checks;
  EXPECT_EQ(ready(*me_), 200) << "the other machine's clock is right";
  EXPECT_EQ(stepped_->get("/api/v1/memories").status, 401) << "by its clock the session is over";
  EXPECT_EQ(me_->get("/api/v1/memories").status, 200);
  step(0);
  EXPECT_TRUE(eventually([&] { return ready(*stepped_) == 200; }));
  EXPECT_EQ(stepped_->get("/api/v1/memories").status, 200);
  EXPECT_EQ(stepped_->upload("p.png", tiny_png(1)).status, 201);
}

} // namespace
} // namespace mv::test
