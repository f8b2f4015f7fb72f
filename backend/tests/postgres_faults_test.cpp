// What people see while the PostgreSQL under their server restarts, refuses, is full or slow, and that the server
// recovers without anybody's help.

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "backend/tests/harness.hpp"
#include "backend/tests/websocket_client.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> on(const std::string& url) { return {{"MEMORYVERSE_DATABASE_URL", url}}; }

bool is_try_again(const Reply& reply) {
  return reply.status == 503 && reply.header("content-type").starts_with("application/problem+json") &&
         std::atoi(reply.header("retry-after").c_str()) > 0;
}

Reply save(Client& client, const std::string& title) { return client.post("/api/v1/memories", {{"title", title}}); }

/// What `/health/ready` says of the database, beside 200.
std::string ready_database(TestServer& server) {
  const Reply reply = server.client().get("/health/ready");
  return reply.status == 200 ? std::string(reply.json()["checks"]["database"]) : reply.body;
}

void end_connections(PostgresServer& postgres, const std::string& url) {
  postgres.run(PostgresServer::name_in(url),
               "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
               "WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

/// Goes on asking and saving while `happen` happens, and then until both work again. Whatever was acknowledged must be
/// there at the end, and whatever was not must have been answered with "try again".
void live_through(TestServer& server, Client& owner, const std::function<void()>& happen) {
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::vector<std::string> acknowledged;
  std::vector<std::string> surprises;
  std::atomic<int> refused = 0;
  std::atomic<int> served = 0;
  std::vector<std::jthread> people;
  for (int i = 0; i < 3; ++i) {
    people.emplace_back([&, i] {
      Client client = server.client();
      client.token = owner.token;
      while (!stop) {
        const Reply reply = i == 0 ? client.get("/api/v1/memories?limit=5") : save(client, "x");
        const std::scoped_lock lock(mutex);
        if (reply.status == 201) acknowledged.push_back(reply.json()["id"]);
        if (is_try_again(reply))
          ++refused;
        else if (reply.status == 200 || reply.status == 201)
          ++served;
        else
          surprises.push_back(std::to_string(reply.status) + " " + reply.body);
      }
    });
  }
  EXPECT_TRUE(eventually([&] { return served > 20; }));
  happen();
  const int before = served;
  EXPECT_TRUE(eventually([&] { return served > before + 20; })) << "it did not recover";
  stop = true;
  people.clear();
  EXPECT_TRUE(surprises.empty()) << surprises.size() << " times, first: " << surprises.front();
  for (const std::string& id : acknowledged) {
    const Reply found = owner.get("/api/v1/memories/" + id);
    ASSERT_EQ(found.status, 200) << "acknowledged and lost: " << id;
  }
  EXPECT_EQ(server.client().get("/health/ready").status, 200);
}

class PostgresFaultsTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    postgres_ = std::make_unique<PostgresServer>(PostgresServerOptions{.durable = true});
    url_ = postgres_->make_database();
    server_ = std::make_unique<TestServer>(
        ServerOptions{.arguments = {"--database-lock-timeout-ms", "300", "--database-statement-timeout-ms", "2000"},
                      .variables = on(url_)});
    owner_.emplace(server_->client());
    owner_->register_as("Vera");
  }
  static void TearDownTestSuite() {
    server_.reset();
    postgres_.reset();
  }

  static std::unique_ptr<PostgresServer> postgres_;
  static std::unique_ptr<TestServer> server_;
  static std::string url_;
  static std::optional<Client> owner_;
};

std::unique_ptr<PostgresServer> PostgresFaultsTest::postgres_;
std::unique_ptr<TestServer> PostgresFaultsTest::server_;
std::string PostgresFaultsTest::url_;
std::optional<Client> PostgresFaultsTest::owner_;

TEST_F(PostgresFaultsTest, StandsARestartUnderLoad) {
  live_through(*server_, *owner_, [] {
    postgres_->stop();
    EXPECT_TRUE(eventually([] { return server_->client().get("/health/ready").status == 503; }));
    EXPECT_TRUE(is_try_again(save(*owner_, "while it is away")));
    EXPECT_EQ(owner_->get("/api/v1/memories").problem(), "database.lost");
    EXPECT_EQ(server_->client().get("/health/live").status, 200) << "it is no reason to restart the server";
    postgres_->start();
  });
}

TEST_F(PostgresFaultsTest, StandsACrashOfTheDatabaseUnderLoad) {
  live_through(*server_, *owner_, [] {
    postgres_->kill();
    postgres_->start();
  });
}

TEST_F(PostgresFaultsTest, AnswersWhileTheDatabaseSaysNothing) {
  postgres_->freeze();
  // More than there are threads; none of them may wait for good.
  std::vector<std::jthread> people;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 24; ++i) {
    people.emplace_back([&refused] {
      Client client = server_->client();
      client.token = owner_->token;
      if (is_try_again(client.get("/api/v1/trash"))) ++refused;
    });
  }
  Client watcher = server_->client();
  EXPECT_EQ(watcher.get("/metrics").status, 200) << "although every thread waits";
  EXPECT_EQ(watcher.get("/health/ready").status, 503);
  people.clear();
  EXPECT_EQ(refused, 24);
  EXPECT_TRUE(is_try_again(save(*owner_, "x")));
  postgres_->thaw();
  EXPECT_TRUE(eventually([] { return save(*owner_, "x").status == 201; }));
  EXPECT_EQ(watcher.get("/health/ready").status, 200);
}

TEST_F(PostgresFaultsTest, StandsTheEndOfAllItsConnectionsUnderLoad) {
  live_through(*server_, *owner_, [] { end_connections(*postgres_, url_); });
}

TEST_F(PostgresFaultsTest, ReadsOnWhileTheDatabaseTakesNoWrites) {
  const Json kept = save(*owner_, "kept").json();
  postgres_->run("postgres", "ALTER SYSTEM SET default_transaction_read_only = on");
  postgres_->run("postgres", "SELECT pg_reload_conf()");
  Reply refused;
  EXPECT_TRUE(eventually([&] { return (refused = save(*owner_, "x")).status != 201; }));
  EXPECT_TRUE(is_try_again(refused)) << refused.body;
  EXPECT_EQ(refused.problem(), "database.read-only");
  EXPECT_EQ(owner_->get("/api/v1/memories/" + std::string(kept["id"])).status, 200);
  EXPECT_EQ(ready_database(*server_), "read-only") << "people read on, so it stays ready";
  postgres_->run("postgres", "ALTER SYSTEM RESET default_transaction_read_only");
  postgres_->run("postgres", "SELECT pg_reload_conf()");
  EXPECT_TRUE(eventually([] { return save(*owner_, "x").status == 201; }));
  EXPECT_EQ(ready_database(*server_), "ok");
}

TEST_F(PostgresFaultsTest, LetsNobodyWaitForeverForALock) {
  const std::string name = PostgresServer::name_in(url_);
  ASSERT_EQ(owner_->get("/api/v1/memories?limit=5").status, 200);
  std::jthread keeper([&name] {
    EXPECT_THROW(postgres_->run(name, "BEGIN; LOCK TABLE memories IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)"),
                 std::exception);
  });
  Reply held;
  EXPECT_TRUE(eventually([&] { return (held = owner_->get("/api/v1/trash")).status != 200; }));
  EXPECT_TRUE(is_try_again(held)) << held.body;
  EXPECT_EQ(owner_->get("/api/v1/memories?limit=5").status, 200) << "what is kept needs no locked table";
  postgres_->run(name, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%'");
  EXPECT_TRUE(eventually([] { return owner_->get("/api/v1/trash").status == 200; }));
}

TEST_F(PostgresFaultsTest, TellsWhatWasWrittenThroughAnotherServer) {
  TestServer other({.variables = on(url_)});
  WebSocketClient socket(other.realtime() + "/api/v1/events", {"Authorization: Bearer " + owner_->token});
  ASSERT_TRUE(socket.opened());
  ASSERT_TRUE(socket.next()); // hello: from here on it hears
  const Json saved = save(*owner_, "through the first").json();
  const auto event = socket.next_of("memory.created");
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)["data"]["id"], saved["id"]);
}

TEST(PostgresDiskTest, SaysThatTheDiskIsFullAndGoesOnWhenItIsNot) {
  std::string name = (fs::temp_directory_path() / "memoryverse-small-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path disk = name;
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=24m,mode=0777") != 0) {
    fs::remove(disk);
    GTEST_SKIP() << "needs the right to mount a small file system";
  }
  {
    PostgresServer postgres;
    postgres.run("postgres", "CREATE TABLESPACE small LOCATION '" + postgres.make_folder_in(disk).string() + "'");
    const std::string url = postgres.make_database();
    postgres.run("postgres", "ALTER DATABASE " + PostgresServer::name_in(url) + " SET TABLESPACE small");
    TestServer server({.variables = on(url)});
    Client owner = server.client();
    owner.register_as("Vera");
    {
      std::ofstream filler(disk / "filler", std::ios::binary);
      const std::string piece(4096, 'x');
      while (filler.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
      }
    }
    const std::string many_words(3000, 'w');
    Reply reply;
    EXPECT_TRUE(eventually([&] {
      reply = owner.post("/api/v1/memories", {{"title", "x"}, {"description", many_words}});
      return reply.status != 201;
    }));
    EXPECT_EQ(reply.status, 507) << reply.body;
    EXPECT_EQ(reply.problem(), "database.full");
    EXPECT_EQ(owner.get("/api/v1/memories").status, 200) << "reading needs no space";
    EXPECT_EQ(ready_database(server), "full");
    fs::remove(disk / "filler");
    EXPECT_EQ(owner.post("/api/v1/memories", {{"title", "x"}, {"description", many_words}}).status, 201);
  }
  ::umount(disk.c_str());
  fs::remove(disk);
}

TEST(PostgresSettingsTest, RefusesToStartOnAWrongAddressInOneClearLine) {
  PostgresServer& postgres = PostgresServer::shared();
  const std::string right = postgres.make_database();
  const std::string at = "@127.0.0.1:" + std::to_string(postgres.port());
  const auto refusal = [](const std::string& url, const std::string& replica = {}) {
    auto variables = on(url);
    if (!replica.empty()) variables["MEMORYVERSE_DATABASE_REPLICAS"] = replica;
    const auto ended = TestServer::run_to_end({.variables = variables});
    EXPECT_TRUE(WIFEXITED(ended.status) && WEXITSTATUS(ended.status) != 0) << url;
    // Beside the server's own warning that this PostgreSQL, which is one for tests, does without fsync.
    const bool warned = ended.said.contains("fsync = off");
    EXPECT_EQ(std::ranges::count(ended.said, '\n'), warned ? 2 : 1) << ended.said;
    EXPECT_TRUE(ended.said.contains(replica.empty() ? "MEMORYVERSE_DATABASE_URL: " : "MEMORYVERSE_DATABASE_REPLICAS: "))
        << ended.said;
    EXPECT_EQ(ended.said.find("hunter2"), std::string::npos) << ended.said;
    return ended.said;
  };
  EXPECT_NE(refusal("postgresql://mv:hunter2" + at + "/postgres").find("check user and password"), std::string::npos);
  EXPECT_NE(refusal("postgresql://mv:hunter2@127.0.0.1:1/x").find("Connection refused"), std::string::npos);
  std::string nowhere = right;
  nowhere.replace(nowhere.rfind('/'), std::string::npos, "/nowhere");
  EXPECT_NE(refusal(nowhere).find("create it first"), std::string::npos);
  EXPECT_NE(refusal("mysql://mv:hunter2@127.0.0.1/x").find("begins with none of"), std::string::npos);

  {
    TestServer first({.variables = on(right)});
  }
  EXPECT_NE(refusal(right, postgres.url("template1")).find("no copy of the primary's database"), std::string::npos);
  EXPECT_NE(refusal(right, "postgresql://mv:hunter2" + at + "/x").find("check user and password"), std::string::npos);
  postgres.run("postgres", "DROP ROLE IF EXISTS guest");
  postgres.run("postgres", "CREATE ROLE guest LOGIN PASSWORD 'hunter2'");
  const std::string guest = "postgresql://guest:hunter2" + at + "/" + PostgresServer::name_in(postgres.make_database());
  EXPECT_NE(refusal(guest).find("the user must own the database"), std::string::npos);
  postgres.run("postgres", "DROP ROLE guest");
  const std::string empty = postgres.make_database();
  for (const std::string& url : {empty, right}) {
    postgres.run("postgres",
                 "ALTER DATABASE " + PostgresServer::name_in(url) + " SET default_transaction_read_only = on");
    EXPECT_NE(refusal(url).find("takes no writes, since default_transaction_read_only is on"), std::string::npos);
    postgres.run("postgres", "ALTER DATABASE " + PostgresServer::name_in(url) + " RESET default_transaction_read_only");
  }
  postgres.run(PostgresServer::name_in(right),
               "INSERT INTO schema_migrations SELECT 9999, 'of_the_future', 'x', 0 WHERE true");
  EXPECT_NE(refusal(right).find("newer MemoryVerse"), std::string::npos);

  const std::string foreign = postgres.make_database();
  postgres.run(PostgresServer::name_in(foreign), "CREATE TABLE events (what TEXT)");
  EXPECT_NE(refusal(foreign).find("is a database of another program; name an empty one"), std::string::npos);
}

} // namespace
} // namespace mv::test
