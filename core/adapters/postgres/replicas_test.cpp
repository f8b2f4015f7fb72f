#include <gtest/gtest.h>

#include <thread>

#include "core/adapters/postgres/database.hpp"
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
  Result<std::int64_t> ask(std::string_view sql) {
    return database_->read([&](Transaction& tx) -> Result<std::int64_t> {
      TRY(const Rows rows, tx.run({"ask", sql}));
      return rows.front().integer(0);
    });
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

TEST_F(ReplicasTest, AreLeftOutWhenTheySayNothing) {
  ASSERT_TRUE(soon([this] { return by_replica(); }));
  replica_.freeze();
  EXPECT_EQ(ask("SELECT COUNT(*) FROM notes"), 0) << "asked of the replica, then of the primary";
  EXPECT_FALSE(by_replica());
  replica_.thaw();
  EXPECT_TRUE(soon([this] { return by_replica(); }));
}

} // namespace
} // namespace mv::postgres
