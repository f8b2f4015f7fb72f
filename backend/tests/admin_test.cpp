// What the owner of the installation sees of its jobs and does about those that were given up; and that nobody else
// does.

#include <gtest/gtest.h>

#include <filesystem>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;

/// A server whose decoder can be broken and mended: a link in the place of the program.
class AdminTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("memoryverse-admin-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    fs::create_symlink("/bin/true", folder_ / "media");
    server_ = std::make_unique<TestServer>(
        ServerOptions{.arguments = {"--media-program", (folder_ / "media").string()}, .variables = {}});
    owner_ = std::make_unique<Client>(server_->client());
    owner_->register_as("Vera");
    owner_->patch("/api/v1/settings", {{"openRegistration", true}});
  }
  static void TearDownTestSuite() {
    owner_.reset();
    server_.reset();
    fs::remove_all(folder_);
  }

  static void mend_the_decoder() {
    const fs::path server = fs::read_symlink("/proc/" + std::to_string(server_->pid()) + "/exe");
    fs::create_symlink(server.parent_path() / "memoryverse-media", folder_ / "mended");
    fs::rename(folder_ / "mended", folder_ / "media");
  }
  static Json dead() { return owner_->get("/api/v1/admin/jobs/dead").json()["items"]; }
  static Json counts_of(const std::string& kind) {
    const Json counts = owner_->get("/api/v1/admin/jobs").json();
    for (const Json& one : counts["items"]) {
      if (one["kind"] == kind) return one;
    }
    return {};
  }

  static fs::path folder_;
  static std::unique_ptr<TestServer> server_;
  static std::unique_ptr<Client> owner_;
};

fs::path AdminTest::folder_;
std::unique_ptr<TestServer> AdminTest::server_;
std::unique_ptr<Client> AdminTest::owner_;

TEST_F(AdminTest, IsForTheOwnerOfTheInstallationAlone) {
  Client other = server_->client();
  other.register_as("Boris");
  Client nobody = server_->client();
  const std::string id = "0193f000-0000-7000-8000-000000000000";
  for (const auto& [method, path] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/api/v1/admin/jobs"},
                                                        {"GET", "/api/v1/admin/jobs/dead"},
                                                        {"POST", "/api/v1/admin/jobs/dead/retry"},
                                                        {"POST", "/api/v1/admin/jobs/" + id + "/retry"},
                                                        {"DELETE", "/api/v1/admin/jobs/" + id}}) {
    const std::string body = path.ends_with("dead/retry") ? R"({"kind":"media.full"})" : "";
    const Headers headers{"Content-Type: application/json"};
    const Reply refused = other.request(method, path, body, headers);
    EXPECT_EQ(refused.status, 403) << method << " " << path;
    EXPECT_EQ(refused.problem(), "auth.not-owner") << method << " " << path;
    EXPECT_EQ(nobody.request(method, path, body, headers).status, 401) << method << " " << path;
  }
}

TEST_F(AdminTest, RefusesWhatMakesNoSense) {
  const std::string unknown = "/api/v1/admin/jobs/0193f000-0000-7000-8000-000000000000";
  EXPECT_EQ(owner_->post(unknown + "/retry", Json()).problem(), "job.not-found");
  EXPECT_EQ(owner_->del(unknown).status, 404);
  EXPECT_EQ(owner_->del("/api/v1/admin/jobs/x").status, 404);
  EXPECT_EQ(owner_->post("/api/v1/admin/jobs/dead/retry", Json::object()).status, 422);
  EXPECT_EQ(owner_->get("/api/v1/admin/jobs/dead?limit=0").status, 400);
  EXPECT_EQ(owner_->get("/api/v1/admin/jobs/dead?cursor=x").problem(), "request.invalid-query");
  const Reply russian = owner_->del(unknown, {"Accept-Language: ru"});
  EXPECT_EQ(russian.status, 404);
}

TEST_F(AdminTest, MendsWhatABrokenPartGaveUp) {
  const std::string memory = owner_->upload("a.png", tiny_png(1)).json()["memory"]["id"];
  owner_->upload("b.png", tiny_png(2));
  owner_->upload("c.png", tiny_png(3));
  ASSERT_TRUE(eventually([] { return dead().size() == 3; })) << owner_->get("/api/v1/admin/jobs").body;

  const Json jobs = dead();
  for (const Json& job : jobs) {
    EXPECT_EQ(job["kind"], "media.quick");
    EXPECT_EQ(job["attempts"], 3);
    EXPECT_TRUE(job["reason"].get<std::string>().starts_with("media.no-decoder")) << job;
    EXPECT_LT(job["createdAt"], job["diedAt"]);
  }
  EXPECT_EQ(counts_of("media.quick")["dead"], 3);
  EXPECT_FALSE(counts_of("media.quick").contains("oldestWaitingS"));
  const Json page = owner_->get("/api/v1/admin/jobs/dead?limit=2").json();
  EXPECT_EQ(page["items"].size(), 2U);
  const Json rest =
      owner_->get("/api/v1/admin/jobs/dead?limit=2&cursor=" + page["nextCursor"].get<std::string>()).json();
  EXPECT_EQ(rest["items"].size(), 1U);
  EXPECT_FALSE(rest.contains("nextCursor"));

  mend_the_decoder();
  const std::string address = "/api/v1/admin/jobs/" + jobs[0]["id"].get<std::string>();
  EXPECT_EQ(owner_->request("POST", address + "/retry").status, 204);
  EXPECT_EQ(owner_->request("POST", address + "/retry").status, 404);
  EXPECT_EQ(owner_->del("/api/v1/admin/jobs/" + jobs[1]["id"].get<std::string>()).status, 204);
  const Reply all = owner_->post("/api/v1/admin/jobs/dead/retry", {{"kind", "media.quick"}});
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.json()["retried"], 1);
  EXPECT_TRUE(dead().empty());
  int ready = 0;
  EXPECT_TRUE(eventually([&] {
    ready = 0;
    const Json memories = owner_->get("/api/v1/memories").json();
    for (const Json& one : memories["items"])
      ready += one["media"][0]["state"] == "ready" ? 1 : 0;
    return ready == 2;
  })) << "the one that was removed stays without its picture; "
      << ready;
  EXPECT_TRUE(dead().empty());
}

} // namespace
} // namespace mv::test
