// The product as many processes while its store is slow, away or cut off half way, while two workers hold one job, and
// with a job that nobody can do. Nothing that was acknowledged is lost, /health/ready tells the truth, and what is over
// is over without anybody's doing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <format>
#include <thread>

#include "backend/tests/topology.hpp"

namespace mv::test {
namespace {

class TopologyFaultsTest : public TopologyTest {
protected:
  void SetUp() override {
    if (!Rgw::shared().is_dbstore()) GTEST_SKIP() << "only the gateway of a store of our own can do harm";
  }
  void TearDown() override { store().set_harm(nullptr); }

  static S3Gateway& store() { return Rgw::shared().gateway(); }
  static void harm_all(Harm harm) {
    store().set_harm([harm](const std::string&, const std::string&) { return harm; });
  }
  static std::string storage(Client client) {
    return client.get("/health/ready").json()["checks"].value("storage", "");
  }
  /// Uploads a picture that must be taken. Gives its medium's id.
  std::string upload(unsigned seed) {
    const Reply reply = me_->upload(std::format("p{}.png", seed), tiny_png(seed));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json()["media"]["id"];
  }
  std::string state(const std::string& media_id) {
    const Json page = me_->get("/api/v1/memories?limit=200").json();
    for (const Json& memory : page["items"]) {
      if (!memory["media"].empty() && memory["media"][0]["id"] == media_id) return memory["media"][0]["state"];
    }
    return "gone";
  }
  void expect_whole(const std::string& media_id, unsigned seed) {
    EXPECT_TRUE(eventually([&] { return state(media_id) == "ready"; })) << seed << ": " << state(media_id);
    EXPECT_TRUE(eventually([&] { return me_->get("/api/v1/media/" + media_id + "/original").body == tiny_png(seed); }))
        << seed;
    EXPECT_EQ(me_->get("/api/v1/media/" + media_id + "/preview?size=2048").status, 200) << seed;
  }
  /// What both workers have counted of runs of jobs.
  double runs(const std::string& kind, const std::string& outcome) {
    double sum = 0;
    for (const auto& worker : worker_) {
      if (!worker->running()) continue;
      const std::string metrics = worker->client().get("/metrics").body;
      const std::string name =
          std::format("\nmemoryverse_job_runs_total{{kind=\"{}\",outcome=\"{}\"}} ", kind, outcome);
      if (const auto at = metrics.find(name); at != std::string::npos)
        sum += std::stod(metrics.substr(at + name.size()));
    }
    return sum;
  }
  Json jobs(const std::string& kind) {
    const Json counts = me_->get("/api/v1/admin/jobs").json();
    for (const Json& one : counts["items"]) {
      if (one["kind"] == kind) return one;
    }
    return {{"waiting", 0}, {"running", 0}, {"dead", 0}};
  }
  Json dead() { return me_->get("/api/v1/admin/jobs/dead").json()["items"]; }
};

TEST_F(TopologyFaultsTest, KeepsEverythingWhileTheStoreRefuses) {
  std::vector<std::string> media;
  for (unsigned seed = 0; seed < 3; ++seed)
    media.push_back(upload(seed)); // acknowledged; their previews may not be made yet
  harm_all(Harm::refuse);
  for (const auto& server : {api_[0].get(), api_[1].get(), worker_[0].get()}) {
    EXPECT_TRUE(eventually([&] { return storage(server->client()) == "degraded"; }));
    const Reply ready = server->client().get("/health/ready");
    EXPECT_EQ(ready.status, 200) << "a gateway that asks would have nobody left to send to: " << ready.body;
    EXPECT_EQ(ready.json()["checks"]["database"], "ok") << ready.body;
  }
  const Reply events = realtime_[0]->client().get("/health/ready");
  EXPECT_EQ(events.status, 200) << events.body;
  EXPECT_FALSE(events.json()["checks"].contains("storage")) << events.body;
  // What needs no store goes on, and what needs it is told so.
  EXPECT_EQ(me_->post("/api/v1/memories", {{"title", "a story meanwhile"}}).status, 201);
  EXPECT_EQ(me_->get("/api/v1/timeline/buckets").status, 200);
  EXPECT_EQ(me_->upload("late.png", tiny_png(50)).status, 503);
  // More than each job may fail, and longer than its attempts would have lasted.
  const double before = runs("media.quick", "postponed") + runs("media.full", "postponed");
  media.push_back([&] {
    store().set_harm([](const std::string& method, const std::string&) {
      return method == "GET" ? Harm::refuse : Harm::none; // takes, and gives nothing back
    });
    std::string id;
    EXPECT_TRUE(eventually([&] {
      const Reply reply = me_->upload("p3.png", tiny_png(3));
      if (reply.status == 201) id = reply.json()["media"]["id"];
      return reply.status == 201;
    }));
    return id;
  }());
  EXPECT_TRUE(
      eventually([&] { return runs("media.quick", "postponed") + runs("media.full", "postponed") >= before + 5; }));
  EXPECT_EQ(state(media[3]), "pending");
  EXPECT_TRUE(dead().empty()) << dead();

  store().set_harm(nullptr);
  EXPECT_TRUE(eventually([&] { return storage(*me_) == "ok"; }));
  for (unsigned seed = 0; seed < media.size(); ++seed)
    expect_whole(media[seed], seed);
  EXPECT_EQ(me_->upload("late.png", tiny_png(50)).status, 201);
  auto titles = all_titles();
  EXPECT_EQ(titles["a story meanwhile"], 1);
  EXPECT_TRUE(dead().empty()) << dead();
}

TEST_F(TopologyFaultsTest, IsOnlySlowerWhenTheStoreIsSlow) {
  harm_all(Harm::slow);
  std::vector<std::string> media;
  for (unsigned seed = 100; seed < 104; ++seed)
    media.push_back(upload(seed));
  EXPECT_EQ(me_->get("/health/ready").status, 200);
  for (unsigned seed = 100; seed < 104; ++seed)
    expect_whole(media[seed - 100], seed);
  EXPECT_TRUE(dead().empty()) << dead();
}

TEST_F(TopologyFaultsTest, AnswersWhatNeedsNoStoreWhileTheStoreSaysNothing) {
  const std::string media = upload(150);
  expect_whole(media, 150);
  harm_all(Harm::stall);
  EXPECT_TRUE(eventually([&] { return storage(*me_) == "degraded"; }));
  EXPECT_EQ(me_->get("/health/ready").status, 200);
  EXPECT_EQ(me_->post("/api/v1/memories", {{"title", "said into the silence"}}).status, 201);
  EXPECT_EQ(me_->get("/api/v1/memories?limit=50").status, 200);
  EXPECT_EQ(me_->get("/health/live").status, 200);
  store().set_harm(nullptr);
  EXPECT_TRUE(eventually([&] { return storage(*me_) == "ok"; }));
  expect_whole(media, 150);
  auto titles = all_titles();
  EXPECT_EQ(titles["said into the silence"], 1);
}

TEST_F(TopologyFaultsTest, KeepsWholePicturesWhenConnectionsAreCutHalfWay) {
  const auto number = std::make_shared<std::atomic<int>>(0);
  store().set_harm([number](const std::string& method, const std::string&) {
    const bool cut = ++*number % 3 == 0;
    if (!cut) return Harm::none;
    return method == "PUT" ? Harm::cut_request : method == "GET" ? Harm::cut_reply : Harm::none;
  });
  constexpr unsigned kPictures = 12;
  std::array<std::string, kPictures> media;
  {
    std::vector<std::jthread> senders;
    for (unsigned sender = 0; sender < 3; ++sender) {
      senders.emplace_back([&, sender] {
        Client mine = gateway_->client();
        mine.token = me_->token;
        for (unsigned i = sender; i < kPictures; i += 3) {
          // Not taken is not lost: it is sent again, as phones and browsers do.
          EXPECT_TRUE(eventually([&] {
            const Reply reply = mine.upload("cut.png", tiny_png(200 + i));
            if (reply.status == 201 || reply.status == 200) media[i] = reply.json()["media"]["id"];
            return !media[i].empty();
          }));
        }
      });
    }
  }
  for (unsigned i = 0; i < kPictures; ++i)
    expect_whole(media[i], 200 + i);
  store().set_harm(nullptr);
  EXPECT_EQ(me_->get("/api/v1/memories?limit=200").json()["items"].size(), kPictures) << "each of them once";
  EXPECT_TRUE(dead().empty()) << dead();
}

TEST_F(TopologyFaultsTest, DoesOnceWhatTwoWorkersHold) {
  worker_[1]->kill();
  // The first worker has its job and waits for the store when it is frozen, as by a machine that sleeps.
  store().set_harm([](const std::string& method, const std::string& path) {
    return method == "GET" && path.contains("originals/") ? Harm::stall : Harm::none;
  });
  const std::string media = upload(300);
  ASSERT_TRUE(eventually([&] { return jobs("media.quick")["running"] == 1; })) << jobs("media.quick");
  ::kill(worker_[0]->pid(), SIGSTOP);
  store().set_harm(nullptr);
  worker_[1]->start();
  const auto done = [&] { return state(media) == "ready"; };
  EXPECT_TRUE(eventually(done) || eventually(done)) << "its lease runs out, and the other one does it";
  const Json before = me_->get("/api/v1/memories?limit=50").json();
  ::kill(worker_[0]->pid(), SIGCONT);
  // The late one ends in its turn, and is told that it has lost the lease.
  EXPECT_TRUE(eventually([&] { return worker_[0]->log().contains("job.lease-lost"); })) << worker_[0]->log();
  EXPECT_EQ(me_->get("/api/v1/memories?limit=50").json(), before);
  expect_whole(media, 300);
  EXPECT_EQ(before["items"].size(), 1U);
  EXPECT_TRUE(dead().empty()) << dead();
}

TEST_F(TopologyFaultsTest, SharesJobsOutAndDoesEachOnce) {
  constexpr unsigned kPictures = 24;
  std::vector<std::string> media;
  for (unsigned i = 0; i < kPictures; ++i)
    media.push_back(upload(400 + i));
  for (unsigned i = 0; i < kPictures; ++i)
    expect_whole(media[i], 400 + i);
  EXPECT_EQ(runs("media.quick", "success"), kPictures);
  EXPECT_EQ(runs("media.quick", "failure"), 0);
}

TEST_F(TopologyFaultsTest, BuriesAPoisonJobAndGoesOnWithTheOthers) {
  // An original that the store says it does not have: no attempt can mend that.
  for (const auto& worker : worker_)
    worker->kill();
  const Json uploaded = me_->upload("poison.png", tiny_png(500)).json();
  const std::string media = uploaded["media"]["id"];
  const std::string poison = uploaded["media"]["sha256"];
  store().set_harm([poison](const std::string& method, const std::string& path) {
    return method == "GET" && path.contains(poison) ? Harm::lose : Harm::none;
  });
  for (const auto& worker : worker_)
    worker->start();
  for (unsigned i = 0; i < 4; ++i)
    expect_whole(upload(510 + i), 510 + i);
  ASSERT_TRUE(eventually([&] { return dead().size() == 1; })) << jobs("media.quick");
  const Json job = dead()[0];
  EXPECT_EQ(job["attempts"], 3);
  EXPECT_THAT(job["reason"].get<std::string>(), testing::HasSubstr("not-found")) << job;
  EXPECT_EQ(state(media), "failed");
  EXPECT_EQ(me_->get("/health/ready").status, 200);

  store().set_harm(nullptr); // found again, as from a backup
  EXPECT_EQ(me_->request("POST", "/api/v1/admin/jobs/" + job["id"].get<std::string>() + "/retry").status, 204);
  expect_whole(media, 500);
  EXPECT_TRUE(dead().empty()) << dead();
}

} // namespace
} // namespace mv::test
