// Who may not: every endpoint without a sign-in and as a stranger, and each role in a family's space.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

class AccessTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<TestServer>();
    owner_ = std::make_unique<Client>(server_->client());
    owner_->register_as("Vera");
    owner_->patch("/api/v1/settings", {{"openRegistration", true}});
    space_ = owner_->post("/api/v1/spaces", {{"title", "Family"}}).json()["id"];
    memory_ = owner_->post("/api/v1/memories", {{"title", "Shared"}, {"spaceId", space_}}).json()["id"];
    private_ =
        owner_->post("/api/v1/memories", {{"title", "Mine"}, {"spaceId", space_}, {"privacy", "private"}}).json()["id"];
    collection_ = owner_->post("/api/v1/collections", {{"title", "Album"}, {"spaceId", space_}}).json()["id"];
    media_ = owner_->upload("a.png", tiny_png(1), {{"spaceId", space_}}).json()["media"]["id"];
  }
  static void TearDownTestSuite() {
    owner_.reset();
    server_.reset();
  }

  /// Somebody with `role` in the family's space.
  static Client member(const std::string& role) {
    const std::string token =
        owner_->post("/api/v1/invitations", {{"spaceId", space_}, {"role", role}}).json()["token"];
    Client client = server_->client();
    client.register_as(role, token);
    return client;
  }

  /// A picture in the family's space, with its previews.
  struct Picture {
    std::string memory, media;
  };
  static Picture add_picture(Client& client, unsigned seed) {
    const Json uploaded = client.upload("p.png", tiny_png(seed), {{"spaceId", space_}}).json();
    Picture picture{uploaded["memory"]["id"], uploaded["media"]["id"]};
    EXPECT_TRUE(eventually(
        [&] { return client.get("/api/v1/memories/" + picture.memory).json()["media"][0]["state"] == "ready"; }));
    return picture;
  }

  static bool sees(Client& client, const Picture& picture) {
    const std::array replies{client.get("/api/v1/memories/" + picture.memory),
                             client.get("/api/v1/media/" + picture.media + "/original"),
                             client.get("/api/v1/media/" + picture.media + "/preview?size=256")};
    return std::ranges::all_of(replies, [](const Reply& reply) { return reply.status == 200; });
  }
  /// Nothing of it, and no word that there is something.
  static bool knows_nothing_of(Client& client, const Picture& picture) {
    const std::array problems{client.get("/api/v1/memories/" + picture.memory).problem(),
                              client.get("/api/v1/media/" + picture.media + "/original").problem(),
                              client.get("/api/v1/media/" + picture.media + "/preview?size=256").problem()};
    return problems == std::array<std::string, 3>{"memory.not-found", "media.not-found", "media.not-found"};
  }

  static std::string fill(std::string path) {
    const std::map<std::string, std::string> ids{{"{id}", memory_},
                                                 {"{version}", "1"},
                                                 {"{userId}", memory_},
                                                 {"{deliveryId}", memory_},
                                                 {"{bucket}", "2019-07"}};
    for (const auto& [name, value] : ids) {
      if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    }
    return path;
  }

  static std::unique_ptr<TestServer> server_;
  static std::unique_ptr<Client> owner_;
  static std::string space_, memory_, private_, collection_, media_;
};

std::unique_ptr<TestServer> AccessTest::server_;
std::unique_ptr<Client> AccessTest::owner_;
std::string AccessTest::space_, AccessTest::memory_, AccessTest::private_, AccessTest::collection_, AccessTest::media_;

// What anybody may ask; everything else that openapi.json names must refuse whoever is not signed in. A new endpoint is
// held to it without anybody thinking of this test.
TEST_F(AccessTest, RefusesEveryEndpointToWhoIsNotSignedIn) {
  const std::set<std::string> open{"post /api/v1/auth/register", "post /api/v1/auth/login",
                                   "post /api/v1/auth/refresh",  "post /api/v1/auth/logout",
                                   "get /api/v1/server/status",  "get /api/v1/invitations/preview",
                                   "options /api/v1/uploads",    "options /api/v1/uploads/{id}"};
  const Json document = owner_->get("/api/openapi.json").json();
  Client nobody = server_->client();
  Client forged = server_->client();
  forged.token = "mva_" + std::string(43, 'A');
  int checked = 0;
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (!path.starts_with("/api/v1/") || open.contains(method + " " + path)) continue;
      std::string verb = method;
      std::ranges::transform(verb, verb.begin(), ::toupper);
      for (Client* client : {&nobody, &forged}) {
        const Reply reply = client->request(verb, fill(path), verb == "GET" || verb == "HEAD" ? "" : "{}",
                                            {"Content-Type: application/json"});
        EXPECT_EQ(reply.status, 401) << verb << " " << path << " " << reply.body;
        if (verb != "HEAD") {
          EXPECT_EQ(reply.header("content-type"), "application/problem+json") << path;
        }
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 40) << "openapi.json must name what there is";
}

TEST_F(AccessTest, TellsAStrangerNothingOfAFamily) {
  Client stranger = server_->client();
  stranger.register_as("Stranger");
  const std::vector<std::pair<std::string, std::string>> asked{
      {"GET", "/api/v1/memories/" + memory_},
      {"DELETE", "/api/v1/memories/" + memory_},
      {"PUT", "/api/v1/memories/" + memory_ + "/favourite"},
      {"GET", "/api/v1/memories/" + memory_ + "/revisions"},
      {"POST", "/api/v1/memories/" + memory_ + "/revisions/1/undo"},
      {"POST", "/api/v1/memories/" + memory_ + "/restore"},
      {"DELETE", "/api/v1/trash/" + memory_},
      {"GET", "/api/v1/collections/" + collection_},
      {"DELETE", "/api/v1/collections/" + collection_},
      {"GET", "/api/v1/collections/" + collection_ + "/memories"},
      {"GET", "/api/v1/spaces/" + space_},
      {"DELETE", "/api/v1/spaces/" + space_},
      {"GET", "/api/v1/spaces/" + space_ + "/members"},
      {"GET", "/api/v1/media/" + media_ + "/original"},
      {"GET", "/api/v1/media/" + media_ + "/preview?size=256"},
      {"GET", "/api/v1/memories?spaceId=" + space_},
      {"GET", "/api/v1/timeline/buckets?spaceId=" + space_},
      {"GET", "/api/v1/trash?spaceId=" + space_},
      {"GET", "/api/v1/collections?spaceId=" + space_}};
  for (const auto& [method, path] : asked) {
    EXPECT_EQ(stranger.request(method, path).status, 404) << method << " " << path;
  }
  EXPECT_EQ(stranger.patch_if("/api/v1/memories/" + memory_, 1, {{"title", "x"}}).status, 404);
  EXPECT_EQ(stranger.patch_if("/api/v1/collections/" + collection_, 1, {{"title", "x"}}).status, 404);
  EXPECT_EQ(stranger.post("/api/v1/memories", {{"title", "x"}, {"spaceId", space_}}).status, 404);
  EXPECT_EQ(stranger.post("/api/v1/collections/" + collection_ + "/memories", {{"memoryIds", {memory_}}}).status, 404);
  EXPECT_EQ(stranger.get("/api/v1/memories").json()["items"].size(), 0U);
  EXPECT_EQ(stranger.patch("/api/v1/settings", {{"openRegistration", false}}).status, 403);
  EXPECT_EQ(owner_->get("/api/v1/memories/" + memory_).json()["title"], "Shared");
}

TEST_F(AccessTest, LetsAViewerLookAndNothingElse) {
  Client viewer = member("viewer");
  EXPECT_EQ(viewer.get("/api/v1/memories/" + memory_).json()["canEdit"], false);
  EXPECT_EQ(viewer.request("PUT", "/api/v1/memories/" + memory_ + "/favourite").status, 200)
      << "favourites are one's own";
  EXPECT_EQ(viewer.patch_if("/api/v1/memories/" + memory_, 1, {{"title", "x"}}).status, 403);
  EXPECT_EQ(viewer.del("/api/v1/memories/" + memory_).status, 403);
  EXPECT_EQ(viewer.post("/api/v1/memories", {{"title", "x"}, {"spaceId", space_}}).status, 403);
  EXPECT_EQ(viewer.upload("b.png", tiny_png(2), {{"spaceId", space_}}).status, 403);
  EXPECT_EQ(viewer.post("/api/v1/collections", {{"title", "x"}, {"spaceId", space_}}).status, 403);
  EXPECT_EQ(viewer.post("/api/v1/collections/" + collection_ + "/memories", {{"memoryIds", {memory_}}}).status, 403);
  EXPECT_EQ(viewer.get("/api/v1/media/" + media_ + "/original").status, 200);
}

TEST_F(AccessTest, LetsAContributorChangeWhatIsTheirOwn) {
  Client contributor = member("contributor");
  EXPECT_EQ(contributor.patch_if("/api/v1/memories/" + memory_, 1, {{"title", "x"}}).status, 403);
  const std::string own = contributor.post("/api/v1/memories", {{"title", "Own"}, {"spaceId", space_}}).json()["id"];
  EXPECT_EQ(contributor.patch_if("/api/v1/memories/" + own, 1, {{"title", "Own 2"}}).status, 200);
  EXPECT_EQ(contributor.del("/api/v1/memories/" + own).status, 204);
  EXPECT_EQ(contributor.del("/api/v1/collections/" + collection_).status, 403);
}

TEST_F(AccessTest, LetsAnEditorChangeWhatOthersBrought) {
  Client editor = member("editor");
  const std::int64_t version = editor.get("/api/v1/memories/" + memory_).json()["version"];
  EXPECT_EQ(editor.patch_if("/api/v1/memories/" + memory_, version, {{"description", "by the editor"}}).status, 200);
  EXPECT_EQ(editor.patch_if("/api/v1/memories/" + memory_, version + 1, {{"privacy", "private"}}).status, 403);
  EXPECT_EQ(editor.del("/api/v1/memories/" + memory_).status, 204);
  EXPECT_EQ(editor.del("/api/v1/trash/" + memory_).status, 403) << "for good only by the owner";
  EXPECT_EQ(editor.request("POST", "/api/v1/memories/" + memory_ + "/restore").status, 200);
  EXPECT_EQ(editor.del("/api/v1/spaces/" + space_).status, 403);
}

TEST_F(AccessTest, KeepsAPrivateMemoryFromEverybodyElse) {
  Client editor = member("editor");
  EXPECT_EQ(editor.get("/api/v1/memories/" + private_).status, 404);
  const Json memory_list = editor.get("/api/v1/memories?spaceId=" + space_).json()["items"];
  for (const auto& memory : memory_list)
    EXPECT_NE(memory["id"], private_);
  EXPECT_EQ(owner_->get("/api/v1/memories/" + private_).status, 200);
}

TEST_F(AccessTest, GivesFilesToEveryRoleAndToNoStranger) {
  const Picture picture = add_picture(*owner_, 20);
  for (const char* role : {"viewer", "commenter", "contributor", "editor"}) {
    Client client = member(role);
    EXPECT_TRUE(sees(client, picture)) << role;
  }
  Client stranger = server_->client();
  stranger.register_as("Stranger");
  EXPECT_TRUE(knows_nothing_of(stranger, picture));
  for (const char* unknown : {"0190b6a0-0000-7000-8000-000000000000", "not-an-id", "%22", "%27", "%D1%8F"})
    EXPECT_TRUE(knows_nothing_of(*owner_, {unknown, unknown})) << unknown;
}

TEST_F(AccessTest, KeepsFilesOfAPrivateMemoryFromTheOwnerToo) {
  Client contributor = member("contributor");
  const Picture picture = add_picture(contributor, 21);
  EXPECT_TRUE(sees(*owner_, picture));
  EXPECT_EQ(contributor.patch_if("/api/v1/memories/" + picture.memory, 1, {{"privacy", "private"}}).status, 200);
  EXPECT_TRUE(sees(contributor, picture));
  EXPECT_TRUE(knows_nothing_of(*owner_, picture));

  // Theirs, but of a space that is theirs no longer.
  const std::string id = contributor.get("/api/v1/auth/me").json()["id"];
  EXPECT_EQ(contributor.del("/api/v1/spaces/" + space_ + "/members/" + id).status, 204);
  EXPECT_TRUE(knows_nothing_of(contributor, picture));
  EXPECT_TRUE(knows_nothing_of(*owner_, picture));
}

TEST_F(AccessTest, GivesFilesOfTheTrashUntilTheyArePurged) {
  Client viewer = member("viewer");
  Client stranger = server_->client();
  stranger.register_as("Stranger");
  const Picture picture = add_picture(*owner_, 22);
  EXPECT_EQ(owner_->del("/api/v1/memories/" + picture.memory).status, 204);
  EXPECT_TRUE(sees(*owner_, picture));
  EXPECT_TRUE(sees(viewer, picture));
  EXPECT_TRUE(knows_nothing_of(stranger, picture));
  EXPECT_EQ(owner_->del("/api/v1/trash/" + picture.memory).status, 204);
  EXPECT_TRUE(knows_nothing_of(*owner_, picture));
  EXPECT_TRUE(knows_nothing_of(viewer, picture));
}

TEST_F(AccessTest, ForgetsSomebodyWhoWasTakenOut) {
  Client viewer = member("viewer");
  const std::string id = viewer.get("/api/v1/auth/me").json()["id"];
  const Picture picture = add_picture(*owner_, 23);
  EXPECT_TRUE(sees(viewer, picture));
  EXPECT_EQ(owner_->del("/api/v1/spaces/" + space_ + "/members/" + id).status, 204);
  EXPECT_TRUE(knows_nothing_of(viewer, picture));
}

} // namespace
} // namespace mv::test
