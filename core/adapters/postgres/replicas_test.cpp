#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "core/adapters/postgres/database.hpp"
#include "core/base/log.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::postgres {
namespace {

using namespace std::chrono_literals;
using test::PostgresServer;

class ReplicasTest : public testing::Test {
protected:
  ReplicasTest() {
    database_ =
        PostgresDatabase::open(primary_.url("postgres"),
                               {.replicas = {replica_.url("postgres")}, .replica_lag = 100ms, .metrics = &metrics_})
            .value();
    write("CREATE TABLE notes (x BIGINT)");
  }
  void write(std::string_view sql) {
    const auto done = database_->transaction([&](Transaction& tx) { return tx.run({"write", sql}); });
    EXPECT_TRUE(done.has_value()) << done.error().cause;
  }
  Result<std::int64_t> ask(std::string_view sql) { return ask(*database_, sql); }
  static Result<std::int64_t> ask(Database& database, std::string_view sql) {
    return database.read([&](Transaction& tx) -> Result<std::int64_t> {
      TRY(const Rows rows, tx.run({"ask", sql}));
      return rows.front().integer(0);
    });
  }
  std::int64_t port_that_answers() { return port_that_answers(*database_); }
  static std::int64_t port_that_answers(Database& database) {
    return ask(database, "SELECT CAST(current_setting('port') AS BIGINT)").value();
  }
  /// Whether the next read is served by the replica.
  bool by_replica() { return ask("SELECT pg_is_in_recovery()") == 1; }
  template <typename Condition>
  static bool soon(const Condition& condition) {
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  }

  Metrics metrics_;
  PostgresServer primary_;
  PostgresServer replica_ = PostgresServer::replica_of(primary_);
  std::unique_ptr<PostgresDatabase> database_;
};

TEST_F(ReplicasTest, ServeReadsButNotWhatWasJustWritten) {
  EXPECT_FALSE(by_replica()) << "it has just written";
  EXPECT_TRUE(soon([this] { return by_replica(); }));
  EXPECT_EQ(database_->read([](Transaction& tx) { return tx.run({"w", "INSERT INTO notes VALUES (1)"}); }).error().key,
            "database.read-only");
  write("INSERT INTO notes VALUES (1)");
  EXPECT_EQ(ask("SELECT COUNT(*) FROM notes"), 1);
  EXPECT_FALSE(by_replica());
  EXPECT_TRUE(soon([this] { return by_replica(); }));
  EXPECT_EQ(ask("SELECT COUNT(*) FROM notes"), 1);
  EXPECT_TRUE(metrics_.render().contains("memoryverse_database_replica_reads_total"));
}

TEST_F(ReplicasTest, AreLeftOutWhileTheyAreBehindOrGone) {
  ASSERT_TRUE(soon([this] { return by_replica(); }));
  replica_.run("postgres", "SELECT pg_wal_replay_pause()");
  for (int i = 1; i <= 3; ++i) {
    write("INSERT INTO notes VALUES (1)");
    // Past the time in which this process reads its own writes from the primary.
    const auto until = std::chrono::steady_clock::now() + 1500ms;
    while (std::chrono::steady_clock::now() < until)
      ASSERT_EQ(ask("SELECT COUNT(*) FROM notes"), i) << "an old state was read";
  }
  EXPECT_FALSE(by_replica());
  replica_.run("postgres", "SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(soon([this] { return by_replica(); }));

  replica_.kill();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(ask("SELECT COUNT(*) FROM notes"), 3);
  replica_.start();
  EXPECT_TRUE(soon([this] { return by_replica(); }));
}

TEST_F(ReplicasTest, AreBehindAndNotCutOffWhereTheyReplayedNothingSinceTheirStart) {
  ASSERT_TRUE(soon([this] { return by_replica(); }));
  replica_.run("postgres", "ALTER SYSTEM SET recovery_min_apply_delay = '1h'");
  primary_.run("postgres", "CHECKPOINT");
  const std::string end = primary_.run("postgres", "SELECT pg_current_wal_lsn()");
  ASSERT_TRUE(soon(
      [&] { return replica_.run("postgres", "SELECT pg_last_wal_replay_lsn() >= '" + end + "'::pg_lsn") == "t"; }));
  replica_.run("postgres", "CHECKPOINT");
  replica_.stop();
  replica_.start();
  write("INSERT INTO notes VALUES (1)");
  ASSERT_TRUE(soon([this] { return !replica_.run("postgres", "SELECT 1 FROM pg_stat_wal_receiver").empty(); }));
  ASSERT_EQ(replica_.run("postgres", "SELECT pg_last_xact_replay_timestamp()"), "");

  std::vector<std::string> lines; // the log lets in one thread at a time
  set_up_log({}, [&lines](std::string_view line) { lines.emplace_back(line); });
  const auto until = std::chrono::steady_clock::now() + 7s; // past the rest of one that failed
  while (std::chrono::steady_clock::now() < until)
    EXPECT_EQ(ask("SELECT COUNT(*) FROM notes"), 1);
  set_up_log({});
  for (const std::string& line : lines)
    EXPECT_FALSE(line.contains("receives nothing")) << line;
}

TEST_F(ReplicasTest, AreLeftOutWhenTheySayNothing) {
  ASSERT_TRUE(soon([this] { return by_replica(); }));
  replica_.freeze();
  EXPECT_EQ(ask("SELECT COUNT(*) FROM notes"), 0) << "asked of the replica, then of the primary";
  EXPECT_FALSE(by_replica());
  replica_.thaw();
  EXPECT_TRUE(soon([this] { return by_replica(); }));
}

TEST_F(ReplicasTest, AreLeftOutOnceTheyFollowNobody) {
  ASSERT_TRUE(soon([this] { return by_replica(); }));
  replica_.run("postgres", "SELECT pg_promote()");
  EXPECT_TRUE(soon([this] { return port_that_answers() == primary_.port(); }));
  write("INSERT INTO notes VALUES (1)");
  // Past the time in which this process reads its own writes from the primary.
  const auto until = std::chrono::steady_clock::now() + 3s;
  while (std::chrono::steady_clock::now() < until)
    ASSERT_EQ(ask("SELECT COUNT(*) FROM notes"), 1) << "it does not hear of what is written any more";
  EXPECT_EQ(port_that_answers(), primary_.port());
}

TEST_F(ReplicasTest, AreLeftOutWhenTheyHearNothingAndDoNotKnowIt) {
  ASSERT_TRUE(soon([this] { return by_replica(); }));
  // As where the network between the two servers is gone: the replica waits for a minute before it thinks so.
  const int sender = std::stoi(primary_.run("postgres", "SELECT pid FROM pg_stat_replication"));
  ASSERT_EQ(::kill(sender, SIGSTOP), 0);
  write("INSERT INTO notes VALUES (1)");
  const auto until = std::chrono::steady_clock::now() + 3s;
  while (std::chrono::steady_clock::now() < until && ask("SELECT COUNT(*) FROM notes") == 1) {
  }
  EXPECT_EQ(ask("SELECT COUNT(*) FROM notes"), 1) << "an old state was read";
  ASSERT_EQ(::kill(sender, SIGCONT), 0);
  EXPECT_TRUE(soon([this] { return by_replica(); }));
}

TEST_F(ReplicasTest, ServeWhileThePrimaryHasNoConnectionToSpare) {
  const auto database =
      PostgresDatabase::open(primary_.url("postgres"),
                             {.connections = 1, .queue_timeout = 30s, .replicas = {replica_.url("postgres")}})
          .value();
  ASSERT_TRUE(soon([&] { return port_that_answers(*database) == replica_.port(); }));
  const auto busy = database->transaction([&](Transaction&) -> Result<void> {
    const auto begin = std::chrono::steady_clock::now();
    std::jthread([&] {
      while (std::chrono::steady_clock::now() < begin + 3s) // past looks at the replica
        EXPECT_EQ(port_that_answers(*database), replica_.port());
    }).join();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    return {};
  });
  EXPECT_TRUE(busy.has_value());
}

TEST_F(ReplicasTest, RefuseAStartWhereTheyAreOtherDatabasesOrCannotBeEntered) {
  const auto refusal = [this](const std::string& url) {
    const auto opened = PostgresDatabase::open(primary_.url("postgres"), {.replicas = {url}});
    if (opened) return std::string("it was taken");
    EXPECT_EQ(opened.error().key, "database.replica");
    EXPECT_FALSE(opened.error().cause.contains(PostgresServer::password())) << opened.error().cause;
    return opened.error().cause;
  };
  const PostgresServer other;
  EXPECT_TRUE(refusal(other.url("postgres")).contains("is no copy of the primary's database"));
  EXPECT_TRUE(refusal(replica_.url("template1")).contains("is no copy of the primary's database"));
  EXPECT_TRUE(refusal(replica_.url("nowhere")).contains("create it first"));
  std::string wrong = replica_.url("postgres");
  wrong.replace(wrong.find(PostgresServer::password()), PostgresServer::password().size(), "x");
  EXPECT_TRUE(refusal(wrong).contains("check user and password")) << refusal(wrong);
  EXPECT_TRUE(refusal("mysql://x").contains("postgresql://"));
}

TEST_F(ReplicasTest, AreNoReasonNotToStartWhereTheyAreAwayOrWerePromoted) {
  PostgresServer promoted = PostgresServer::replica_of(primary_);
  promoted.run("postgres", "SELECT pg_promote()");
  const auto opened = PostgresDatabase::open(
      primary_.url("postgres"),
      {.replicas = {promoted.url("postgres"), "postgresql://mv:x@127.0.0.1:1/postgres", primary_.url("postgres")}});
  ASSERT_TRUE(opened.has_value()) << opened.error().cause;
  EXPECT_EQ(port_that_answers(**opened), primary_.port());
}

TEST_F(ReplicasTest, ServeAUserWithoutRightsOfTheServersOwn) {
  primary_.run("postgres", "CREATE ROLE family LOGIN PASSWORD 'spring-garden'");
  primary_.run("postgres", "CREATE DATABASE family OWNER family");
  const auto url = [](const PostgresServer& server) {
    std::string text = server.url("family");
    return text.replace(text.find("//mv:"), 5, "//family:");
  };
  const auto is_there = [this] {
    return !replica_.run("postgres", "SELECT datname FROM pg_database WHERE datname = 'family'").empty();
  };
  ASSERT_TRUE(soon(is_there));
  const auto opened = PostgresDatabase::open(url(primary_), {.replicas = {url(replica_)}});
  ASSERT_TRUE(opened.has_value()) << opened.error().cause;
  EXPECT_TRUE(soon([&] { return port_that_answers(**opened) == replica_.port(); }));
}

} // namespace
} // namespace mv::postgres
