// From one release to the next: on PostgreSQL one process after the other while all of them serve, on SQLite by a
// restart. The next release is the same server with further steps of the schema (next_migrations.cpp).

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <format>
#include <map>
#include <mutex>
#include <thread>

#include "backend/tests/gateway.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::test {
namespace {

/// What a family does without end, through the gateway: one creates memories and changes them, the other looks at them.
class Family {
public:
  Family(const Client& writer, const Client& reader)
      : writing_([this, client = writer](const std::stop_token& stop) mutable { write(stop, client); }),
        reading_([this, client = reader](const std::stop_token& stop) mutable { read(stop, client); }) {}

  void end() {
    writing_.request_stop();
    reading_.request_stop();
    writing_.join();
    reading_.join();
  }
  /// Waits until both have done something more.
  void go_on() {
    const int written = written_;
    const int read = read_;
    EXPECT_TRUE(eventually([&] { return written_ > written + 2 && read_ > read + 2; }));
  }
  [[nodiscard]] int written() const { return written_; }
  [[nodiscard]] int reads() const { return read_; }
  /// Answers that were not what was asked for, each with its status.
  [[nodiscard]] std::vector<std::string> failures() {
    const std::scoped_lock lock(mutex_);
    return failures_;
  }

private:
  /// As a client does that got no answer: once more, under the same key. The answers before count as failures.
  Reply insist(Client& client, const std::function<Reply(Client&)>& ask, long wanted) {
    Reply reply;
    EXPECT_TRUE(eventually([&] {
      reply = ask(client);
      if (reply.status == wanted) return true;
      const std::scoped_lock lock(mutex_);
      failures_.push_back(std::format("{} {}", reply.status, reply.problem()));
      return false;
    }));
    return reply;
  }
  void write(const std::stop_token& stop, Client& client) {
    while (!stop.stop_requested()) {
      const std::string title = "m" + std::to_string(written_.load());
      const Reply made = insist(
          client,
          [&](Client& asks) {
            return asks.post("/api/v1/memories", {{"title", title}}, {"Idempotency-Key: " + title});
          },
          201);
      const std::string path = made.header("location");
      insist(client, [&](Client& asks) { return asks.put(path + "/favourite", Json::object()); }, 200);
      ++written_;
    }
  }
  void read(const std::stop_token& stop, Client& client) {
    while (!stop.stop_requested()) {
      insist(client, [](Client& asks) { return asks.get("/api/v1/memories?limit=20"); }, 200);
      insist(client, [](Client& asks) { return asks.get("/api/v1/timeline/buckets"); }, 200);
      ++read_;
    }
  }

  std::atomic<int> written_ = 0;
  std::atomic<int> read_ = 0;
  std::mutex mutex_; // guards what follows
  std::vector<std::string> failures_;
  std::jthread writing_;
  std::jthread reading_;
};

std::multiset<std::string> titles_of(Client& client) {
  std::multiset<std::string> titles;
  std::string cursor;
  do {
    const Json page = client.get("/api/v1/memories?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    for (const Json& memory : page["items"])
      titles.insert(memory["title"].get<std::string>());
    cursor = page.value("nextCursor", "");
  } while (!cursor.empty());
  return titles;
}

/// Whether the gateway has led somebody to it since its start.
bool serves(const TestServer& server) {
  const std::string metrics = server.client().get("/metrics").body;
  const std::string counter =
      R"(memoryverse_http_requests_total{route="/api/v1/timeline/buckets",method="GET",status="2xx"} )";
  const auto at = metrics.find(counter);
  return at != std::string::npos && metrics[at + counter.size()] != '0';
}

/// The last line of a server that must refuse this database.
std::string refusal(const ServerOptions& options) {
  const auto ended = TestServer::run_to_end(options);
  EXPECT_TRUE(WIFEXITED(ended.status) && WEXITSTATUS(ended.status) != 0);
  return ended.said;
}

TEST(UpgradeTest, ReplacesOneProcessAfterTheOtherWithoutAPause) {
  const std::string database = PostgresServer::shared().make_database();
  const std::map<std::string, std::string> variables{{"MEMORYVERSE_DATABASE_URL", database},
                                                     {"MEMORYVERSE_SECRET_KEY", "one key for all of these replicas"},
                                                     {"MEMORYVERSE_TRUSTED_PROXIES", "127.0.0.0/8"}};
  std::array<std::unique_ptr<TestServer>, 2> replicas;
  for (auto& replica : replicas)
    replica = std::make_unique<TestServer>(ServerOptions{.variables = variables});
  TestServer straggler({.variables = variables}); // of this release, to the end
  Gateway gateway({replicas[0]->api(), replicas[1]->api()}, {replicas[0]->realtime(), replicas[1]->realtime()});
  Client me = gateway.client();
  me.register_as("Vera");
  Family family(me, me);
  family.go_on();

  // Expand: the first process of the next release brings the schema forward while those of this one serve.
  auto next = std::make_unique<TestServer>(ServerOptions{.variables = variables, .program = NEXT_PROGRAM});
  EXPECT_EQ(next->client().get("/health/ready").status, 200);
  family.go_on();
  EXPECT_THAT(family.failures(), testing::IsEmpty()) << "while the schema changed under them";
  for (const auto& replica : replicas)
    EXPECT_EQ(replica->client().get("/health/ready").status, 200);

  // One of this release that dies meanwhile comes back: whoever watches over it knows nothing of releases.
  straggler.kill();
  straggler.start();
  EXPECT_TRUE(straggler.log().contains("of a newer program")) << straggler.log();
  Client old = straggler.client();
  old.token = me.token;
  Client fresh = next->client();
  fresh.token = me.token;
  const Json by_old = old.post("/api/v1/memories", {{"title", "by the old"}}).json();
  const Json by_new = fresh.post("/api/v1/memories", {{"title", "by the new"}}).json();
  EXPECT_EQ(fresh.get("/api/v1/memories/" + by_old["id"].get<std::string>()).status, 200);
  EXPECT_EQ(old.get("/api/v1/memories/" + by_new["id"].get<std::string>()).status, 200);

  for (auto& replica : replicas) {
    EXPECT_EQ(replica->stop(), 0) << replica->log();
    replica->set_program(NEXT_PROGRAM);
    replica->start();
    // The gateway leaves alone for two seconds what did not answer. Who upgrades waits as long before the next one.
    EXPECT_TRUE(eventually([&] { return serves(*replica); }));
    family.go_on();
  }
  family.end();
  // A process that ends refuses what comes too late for it, and the gateway asks the other one in place of a reader. A
  // writer is told, and asks again under the same key.
  std::cout << family.written() << " written, " << family.reads()
            << " reads, asked again: " << testing::PrintToString(family.failures()) << '\n';
  for (const std::string& failure : family.failures())
    EXPECT_TRUE(failure == "503 request.stopping" || failure.starts_with("502")) << failure;
  EXPECT_LE(family.failures().size(), 4U) << "at most two of the writer's for each process that ended";
  auto titles = titles_of(me);
  EXPECT_EQ(titles.size(), static_cast<std::size_t>(family.written()) + 2);
  for (int i = 0; i < family.written(); ++i)
    EXPECT_EQ(titles.count("m" + std::to_string(i)), 1U) << i;

  // Contract: the release after that. Those that know the step before go on; one of today's, if somebody forgot it,
  // says so, and none can be started.
  auto contract = variables;
  contract["MEMORYVERSE_TEST_CONTRACT"] = "1";
  TestServer after({.variables = contract, .program = NEXT_PROGRAM});
  EXPECT_EQ(after.client().get("/health/ready").status, 200);
  EXPECT_EQ(me.get("/health/ready").status, 200);
  EXPECT_EQ(me.post("/api/v1/memories", {{"title", "and on"}}).status, 201);
  replicas[0]->kill();
  replicas[0]->start();
  const Reply unready = old.get("/health/ready");
  EXPECT_EQ(unready.status, 503);
  EXPECT_EQ(unready.json()["checks"]["schema"], "failed") << unready.body;
  EXPECT_TRUE(refusal({.variables = variables}).contains("newer MemoryVerse"));
}

TEST(UpgradeTest, GoesForwardAndBackByARestartOnSqlite) {
  TestServer server;
  Client me = server.client();
  me.register_as("Vera");
  EXPECT_EQ(me.post("/api/v1/memories", {{"title", "before"}}).status, 201);
  EXPECT_EQ(server.stop(), 0);
  server.set_program(NEXT_PROGRAM);
  server.start();
  EXPECT_EQ(me.post("/api/v1/memories", {{"title", "after"}}).status, 201);
  EXPECT_EQ(server.stop(), 0);
  // What was only added to is no reason to lose what was written since.
  server.set_program("");
  server.start();
  EXPECT_EQ(me.post("/api/v1/memories", {{"title", "back"}}).status, 201);
  EXPECT_EQ(titles_of(me), (std::multiset<std::string>{"after", "back", "before"}));
  EXPECT_EQ(server.stop(), 0);
  const std::string url = "sqlite:" + (server.data() / "memoryverse.sqlite").string();
  {
    TestServer after({.variables = {{"MEMORYVERSE_DATABASE_URL", url}, {"MEMORYVERSE_TEST_CONTRACT", "1"}},
                      .program = NEXT_PROGRAM});
  }
  EXPECT_TRUE(refusal({.variables = {{"MEMORYVERSE_DATABASE_URL", url}}}).contains("newer MemoryVerse"));
}

} // namespace
} // namespace mv::test
