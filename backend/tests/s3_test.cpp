// The server on an S3 store: what a network and a store under load do to uploads and downloads, what it says of wrong
// settings, and clients that go to the store themselves.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sys/wait.h>

#include <atomic>
#include <format>
#include <fstream>
#include <thread>

#include "backend/tests/harness.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/rgw.hpp"

namespace mv::test {
namespace {

std::map<std::string, std::string> s3_variables(const std::string& prefix) {
  const Rgw& rgw = Rgw::shared();
  return {{"MEMORYVERSE_STORAGE_URL", rgw.url(prefix)},
          {"AWS_ACCESS_KEY_ID", rgw.access_key()},
          {"AWS_SECRET_ACCESS_KEY", rgw.secret_key()}};
}

std::string noise(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  std::uint32_t state = seed;
  for (char& c : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    c = static_cast<char>(state >> 24U);
  }
  return bytes;
}

std::string sha256(const std::string& bytes) {
  unsigned char out[32];
  EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr);
  std::string text;
  for (const unsigned char byte : out)
    text += std::format("{:02x}", byte);
  return text;
}

class S3Test : public testing::Test {
protected:
  static void SetUpTestSuite() {
    if (!Rgw::shared().is_dbstore()) GTEST_SKIP() << "only the gateway of a store of our own can do harm";
    server_ = std::make_unique<TestServer>(ServerOptions{.variables = s3_variables("faults")});
    Client owner = server_->client();
    owner.register_as("Vera");
    owner.patch("/api/v1/settings", {{"openRegistration", true}});
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override { me_.register_as("Anna"); }
  void TearDown() override { Rgw::shared().gateway().set_harm(nullptr); }

  /// Does `harm` to the first `times` requests of that method.
  static void harm(const std::string& method, Harm kind, int times) {
    auto left = std::make_shared<std::atomic<int>>(times);
    Rgw::shared().gateway().set_harm([=](const std::string& asked, const std::string&) {
      return asked == method && (*left)-- > 0 ? kind : Harm::none;
    });
  }
  std::string begin(std::size_t length) {
    return me_
        .request("POST", "/api/v1/uploads", "", {"Tus-Resumable: 1.0.0", "Upload-Length: " + std::to_string(length)})
        .header("location");
  }
  Reply chunk(const std::string& location, std::size_t offset, const std::string& bytes) {
    return me_.request("PATCH", location, bytes,
                       {"Tus-Resumable: 1.0.0", "Upload-Offset: " + std::to_string(offset),
                        "Content-Type: application/offset+octet-stream"});
  }
  std::string original(const std::string& media_id) { return me_.get("/api/v1/media/" + media_id + "/original").body; }

  static std::unique_ptr<TestServer> server_;
  Client me_ = server_->client();
};

std::unique_ptr<TestServer> S3Test::server_;

TEST_F(S3Test, TriesAgainWhatFailsInPassing) {
  unsigned seed = 100;
  for (const Harm kind : {Harm::refuse, Harm::slow_down, Harm::fail_after, Harm::cut_request, Harm::corrupt_request}) {
    harm("PUT", kind, 1);
    const std::string bytes = noise(200'000, ++seed);
    const Reply reply = me_.upload("a.bin", bytes);
    ASSERT_EQ(reply.status, 201) << static_cast<int>(kind) << reply.body;
    harm("GET", kind, 1);
    EXPECT_TRUE(original(reply.json()["media"]["id"]) == bytes) << static_cast<int>(kind);
    harm("GET", Harm::cut_reply, 1);
    EXPECT_TRUE(original(reply.json()["media"]["id"]) == bytes);
  }
}

TEST_F(S3Test, AcknowledgesNothingThatTheStoreDidNotTake) {
  const std::string bytes = noise(300'000, 7);
  const std::string location = begin(bytes.size());
  ASSERT_EQ(chunk(location, 0, bytes.substr(0, 100'000)).status, 204);
  harm("PUT", Harm::slow_down, 1'000);
  const Reply refused = chunk(location, 100'000, bytes.substr(100'000));
  EXPECT_EQ(refused.status, 503) << refused.body;
  Rgw::shared().gateway().set_harm(nullptr);
  EXPECT_EQ(me_.head(location, {"Tus-Resumable: 1.0.0"}).header("upload-offset"), "100000");
  Reply done;
  EXPECT_TRUE(eventually([&] { // the breaker rests for a while
    done = chunk(location, 100'000, bytes.substr(100'000));
    return done.status == 204;
  })) << done.status
      << done.body;
  EXPECT_TRUE(original(done.header("media-id")) == bytes);
}

TEST_F(S3Test, SaysThatItServesOnlyInPartAndRecoversByItself) {
  harm("GET", Harm::refuse, 1'000'000);
  Client operator_ = server_->client();
  const auto storage = [&] { return operator_.get("/health/ready").json()["checks"]["storage"]; };
  EXPECT_TRUE(eventually([&] { return storage() == "degraded"; }));
  EXPECT_EQ(operator_.get("/health/ready").status, 200) << "texts and lists are there";
  EXPECT_EQ(me_.post("/api/v1/memories", {{"title", "a story meanwhile"}}).status, 201);
  EXPECT_EQ(me_.get("/api/v1/memories").status, 200);
  Rgw::shared().gateway().set_harm(nullptr);
  EXPECT_TRUE(eventually([&] { return storage() == "ok"; }));
  const std::string log = server_->log();
  const auto said = log.find("ready but for a part");
  ASSERT_NE(said, std::string::npos);
  EXPECT_NE(log.find("check=storage state=degraded", said), std::string::npos) << log;
  EXPECT_EQ(log.find("ready but for a part", said + 1), std::string::npos) << "once, however often somebody asks";
  EXPECT_NE(log.find("a part is well again", said), std::string::npos);
  EXPECT_NE(operator_.get("/metrics").body.find(R"(memoryverse_dependency_breaker_state{dependency="s3"})"),
            std::string::npos);
}

TEST_F(S3Test, IsNoMatterOfAProcessThatServesEventsAlone) {
  const TestServer realtime({.arguments = {"--roles", "realtime"},
                             .variables = {{"MEMORYVERSE_STORAGE_URL", "s3://away?endpoint=http://127.0.0.1:1"}}});
  // Beside its WebSockets it has its health, on the port of the API.
  const Reply ready = realtime.client().get("/health/ready");
  EXPECT_EQ(ready.status, 200) << ready.body;
  EXPECT_FALSE(ready.json()["checks"].contains("storage")) << ready.body;
}

TEST_F(S3Test, GoesOnWithAnUploadThatAnotherMachineBegan) {
  const std::string bytes = noise(3'000'000, 9);
  const std::string location = begin(bytes.size());
  for (std::size_t at = 0; at < 2'000'000; at += 500'000)
    ASSERT_EQ(chunk(location, at, bytes.substr(at, 500'000)).status, 204);
  server_->kill();
  std::filesystem::remove_all(server_->data() / "scratch"); // its disk is gone, but for the database
  server_->start();
  const Reply done = chunk(location, 2'000'000, bytes.substr(2'000'000));
  ASSERT_EQ(done.status, 204) << done.body;
  EXPECT_TRUE(original(done.header("media-id")) == bytes);
}

TEST_F(S3Test, ServesWhatIsLargerThanMemoryShouldHold) {
  const std::string bytes = noise(20'000'000, 11);
  const std::string location = begin(bytes.size());
  const Reply done = chunk(location, 0, bytes);
  ASSERT_EQ(done.status, 204) << done.body;
  const std::string path = "/api/v1/media/" + done.header("media-id") + "/original";
  const Reply whole = me_.get(path);
  EXPECT_TRUE(whole.body == bytes);
  EXPECT_EQ(whole.header("content-length"), "20000000");
  const Reply part = me_.get(path, {"Range: bytes=15000000-15000999"});
  EXPECT_EQ(part.status, 206);
  EXPECT_TRUE(part.body == bytes.substr(15'000'000, 1'000));
  EXPECT_EQ(me_.get(path, {"If-None-Match: " + whole.header("etag")}).status, 304);
  EXPECT_EQ(me_.head(path).status, 200);
}

TEST(S3DirectTest, SendsClientsToTheStoreWhereThatIsAllowed) {
  auto variables = s3_variables("direct");
  variables["MEMORYVERSE_STORAGE_DIRECT"] = "true";
  TestServer server(ServerOptions{.variables = variables});
  Client me = server.client();
  me.register_as("Vera");
  const std::string bytes = noise(50'000, 3);
  const Json uploaded = me.upload("снимок.bin", bytes).json();
  const Reply sent = me.get("/api/v1/media/" + uploaded["media"]["id"].get<std::string>() + "/original");
  ASSERT_EQ(sent.status, 307);
  const std::string address = sent.header("location");
  ASSERT_TRUE(address.starts_with(Rgw::shared().endpoint())) << address;
  Client nobody(Rgw::shared().endpoint());
  const Reply got = nobody.get(address.substr(Rgw::shared().endpoint().size()));
  EXPECT_EQ(got.status, 200) << got.body;
  EXPECT_TRUE(got.body == bytes);
  EXPECT_NE(got.header("content-disposition").find("attachment"), std::string::npos);
}

TEST(S3DirectTest, TakesWhatClientsPutIntoTheStoreOnceItIsWhatTheySaid) {
  auto variables = s3_variables("direct-uploads");
  variables["MEMORYVERSE_STORAGE_DIRECT"] = "true";
  TestServer server(ServerOptions{.variables = variables});
  Client me = server.client();
  me.register_as("Vera");
  const std::string png = tiny_png(77);
  const Json draft{{"fileName", "лето.png"}, {"length", png.size()}, {"sha256", sha256(png)}};
  const Reply begun = me.post("/api/v1/uploads/direct", draft);
  ASSERT_EQ(begun.status, 201) << begun.body;
  const std::string path = "/api/v1/uploads/direct/" + begun.json()["id"].get<std::string>();
  EXPECT_EQ(me.request("POST", path + "/complete").problem(), "upload.incomplete");
  ASSERT_EQ(begun.json()["parts"].size(), 1U);
  Client nobody(Rgw::shared().endpoint());
  const std::string address = begun.json()["parts"][0]["url"].get<std::string>().substr(nobody.base().size());
  ASSERT_EQ(nobody.request("PUT", address, png, {"Content-Type:"}).status, 200);
  const Reply done = me.request("POST", path + "/complete");
  ASSERT_EQ(done.status, 200) << done.body;
  const std::string memory_id = done.json()["memoryId"];
  EXPECT_EQ(me.request("POST", path + "/complete").json()["memoryId"], memory_id) << "asked again";
  EXPECT_EQ(me.get(path).json()["memoryId"], memory_id);
  EXPECT_EQ(me.get("/api/v1/memories/" + memory_id).json()["media"][0]["sha256"], sha256(png));
  EXPECT_EQ(me.post("/api/v1/uploads/direct", draft).json()["duplicate"], true) << "known before a byte is sent";

  Json lie = draft;
  lie["sha256"] = std::string(64, 'a');
  const Json false_one = me.post("/api/v1/uploads/direct", lie).json();
  const std::string false_address = false_one["parts"][0]["url"].get<std::string>().substr(nobody.base().size());
  ASSERT_EQ(nobody.request("PUT", false_address, png, {"Content-Type:"}).status, 200);
  const std::string false_path = "/api/v1/uploads/direct/" + false_one["id"].get<std::string>();
  EXPECT_EQ(me.request("POST", false_path + "/complete").status, 460);
  EXPECT_EQ(me.get(false_path).status, 404);
  EXPECT_EQ(me.get("/api/v1/memories").json()["items"].size(), 1U);

  lie["sha256"] = "short";
  EXPECT_EQ(me.post("/api/v1/uploads/direct", lie).status, 422);
  Client other = server.client();
  EXPECT_EQ(other.get(path).status, 401);
  server.stop();
  TestServer folder;
  Client owner = folder.client();
  owner.register_as("Boris");
  EXPECT_EQ(owner.post("/api/v1/uploads/direct", draft).problem(), "upload.not-direct");
}

TEST(S3ReplicasTest, TakeTheChunksOfOneUploadInTurnAndOneOfThemMayDie) {
  auto variables = s3_variables("replicas");
  const std::string database = PostgresServer::shared().make_database();
  variables["MEMORYVERSE_DATABASE_URL"] = database;
  {
    std::vector<std::unique_ptr<TestServer>> servers;
    for (int i = 0; i < 2; ++i)
      servers.push_back(std::make_unique<TestServer>(ServerOptions{.variables = variables}));
    std::vector<Client> clients{servers[0]->client(), servers[1]->client()};
    clients[0].register_as("Vera");
    clients[1].token = clients[0].token;
    const Headers version{"Tus-Resumable: 1.0.0"};
    const auto send = [&](Client& client, const std::string& location, std::size_t at, const std::string& bytes) {
      return client.request("PATCH", location, bytes,
                            {"Tus-Resumable: 1.0.0", "Upload-Offset: " + std::to_string(at),
                             "Content-Type: application/offset+octet-stream"});
    };
    const std::string bytes = noise(1'000'000, 21);
    const std::string location =
        clients[0].request("POST", "/api/v1/uploads", "", {version[0], "Upload-Length: 1000000"}).header("location");
    for (std::size_t at = 0; at < 800'000; at += 100'000)
      ASSERT_EQ(send(clients[at / 100'000 % 2], location, at, bytes.substr(at, 100'000)).status, 204) << at;

    // The same chunk through both at once: one of them takes it.
    std::atomic<int> taken = 0;
    {
      std::vector<std::jthread> senders;
      for (Client& client : clients) {
        senders.emplace_back([&] {
          const long status = send(client, location, 800'000, bytes.substr(800'000, 100'000)).status;
          EXPECT_TRUE(status == 204 || status == 409) << status;
          if (status == 204) ++taken;
        });
      }
    }
    EXPECT_EQ(taken, 1);
    servers[1]->kill();
    const Reply done = send(clients[0], location, 900'000, bytes.substr(900'000));
    ASSERT_EQ(done.status, 204) << done.body;
    servers[1]->start();
    const Reply got = clients[1].get("/api/v1/media/" + done.header("media-id") + "/original");
    EXPECT_TRUE(got.body == bytes);
  }
  PostgresServer::shared().drop_database(database);
}

/// What a server says that cannot start on these settings.
std::string complaint(std::map<std::string, std::string> variables) {
  try {
    TestServer server(ServerOptions{.variables = std::move(variables)});
  } catch (const std::exception& error) {
    return error.what();
  }
  return "it started";
}

TEST(S3SettingsTest, AreRefusedWithTheNameOfTheWrongOne) {
  auto variables = s3_variables("settings");
  variables["MEMORYVERSE_STORAGE_URL"] = "s3://nobody-made-this?endpoint=" + Rgw::shared().endpoint();
  EXPECT_NE(complaint(variables).find("MEMORYVERSE_STORAGE_URL: there is no bucket `nobody-made-this`"),
            std::string::npos)
      << complaint(variables);
  variables = s3_variables("settings");
  variables["AWS_SECRET_ACCESS_KEY"] = "hush-hush";
  const std::string secret = complaint(variables);
  EXPECT_NE(secret.find("AWS_SECRET_ACCESS_KEY"), std::string::npos) << secret;
  EXPECT_EQ(secret.find("hush"), std::string::npos);
  variables["AWS_ACCESS_KEY_ID"] = "";
  EXPECT_NE(complaint(variables).find("AWS_ACCESS_KEY_ID"), std::string::npos);
  variables = s3_variables("settings");
  variables["MEMORYVERSE_STORAGE_URL"] = "s3://family?colour=red";
  EXPECT_NE(complaint(variables).find("colour"), std::string::npos);
}

} // namespace
} // namespace mv::test
