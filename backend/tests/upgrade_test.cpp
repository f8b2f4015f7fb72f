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

/// What a family does without end, through the gateway: some create memories and change them, one looks at them.
class Family {
public:
  explicit Family(const Client& family) {
    for (int writer = 0; writer < kWriters; ++writer) {
      people_.emplace_back([this, writer, client = family](const std::stop_token& stop) mutable {
        write(stop, client, std::format("writer-{}-memory-", writer));
      });
    }
    people_.emplace_back([this, client = family](const std::stop_token& stop) mutable { read(stop, client); });
  }

  void end() {
    for (auto& person : people_)
      person.request_stop();
    people_.clear();
  }
  /// Waits until they have done something more.
  void go_on() {
    const std::size_t written = this->written().size();
    const int read = read_;
    EXPECT_TRUE(eventually([&] { return this->written().size() > written + kWriters && read_ > read + 2; }));
  }
  /// Titles of what they were told is saved.
  [[nodiscard]] std::multiset<std::string> written() {
    const std::scoped_lock lock(mutex_);
    return written_;
  }
  [[nodiscard]] int reads() const { return read_; }
  /// Answers that were not what was asked for, each with its status.
  [[nodiscard]] std::vector<std::string> failures() {
    const std::scoped_lock lock(mutex_);
    return failures_;
  }

private:
  static constexpr int kWriters = 4;

  /// As a client does that got no answer: once more, under the same key. The answers before count as failures.
  Reply insist(const std::function<Reply()>& ask, long wanted) {
    Reply reply;
    EXPECT_TRUE(eventually([&] {
      reply = ask();
      if (reply.status == wanted) return true;
      const std::scoped_lock lock(mutex_);
      failures_.push_back(std::format("{} {}", reply.status, reply.problem()));
      return false;
    }));
    return reply;
  }
  void write(const std::stop_token& stop, Client& client, const std::string& name) {
    for (int number = 0; !stop.stop_requested(); ++number) {
      const std::string title = name + std::to_string(number);
      const auto create = [&] {
        return client.post("/api/v1/memories", {{"title", title}}, {"Idempotency-Key: " + title});
      };
      const std::string path = insist(create, 201).header("location");
      insist([&] { return client.put(path + "/favourite", Json::object()); }, 200);
      const std::scoped_lock lock(mutex_);
      written_.insert(title);
    }
  }
  void read(const std::stop_token& stop, Client& client) {
    while (!stop.stop_requested()) {
      insist([&] { return client.get("/api/v1/memories?limit=20"); }, 200);
      insist([&] { return client.get("/api/v1/timeline/buckets"); }, 200);
      ++read_;
    }
  }

  std::atomic<int> read_ = 0;
  std::mutex mutex_; // guards what follows
  std::multiset<std::string> written_;
  std::vector<std::string> failures_;
  std::vector<std::jthread> people_; // last: they use all the rest
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
  Family family(me);
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

  // One is replaced as soon as the other one is back: nobody waits until the gateway has noticed.
  for (auto& replica : replicas) {
    EXPECT_EQ(replica->stop(), 0) << replica->log();
    replica->set_program(NEXT_PROGRAM);
    replica->start();
  }
  for (auto& replica : replicas)
    EXPECT_TRUE(eventually([&] { return serves(*replica); }));
  family.end();
  const auto written = family.written();
  std::cout << written.size() << " written, " << family.reads() << " reads\n";
  EXPECT_THAT(family.failures(), testing::IsEmpty()) << "while processes were replaced";
  auto expected = written;
  expected.insert({"by the old", "by the new"});
  EXPECT_EQ(titles_of(me), expected);

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
