#include "core/adapters/postgres/database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/adapters/postgres/test_statements.hpp"
#include "core/base/trace.hpp"
#include "core/ports/contracts/database_contract.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::postgres {
namespace {

using namespace std::chrono_literals;
using test::PostgresServer;

constexpr const char* kKillOthers =
    "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
    "AND datname = current_database()";

class Maker {
public:
  explicit Maker(const PostgresOptions& options = {}) {
    auto opened = PostgresDatabase::open(url_, options);
    if (!opened) throw std::runtime_error(opened.error().cause);
    database_ = *std::move(opened);
  }
  ~Maker() {
    database_.reset();
    PostgresServer::shared().drop_database(url_);
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  PostgresDatabase& database() { return *database_; }
  [[nodiscard]] std::string name() const { return PostgresServer::name_in(url_); }
  std::string ask_server(const std::string& sql) { return PostgresServer::shared().run(name(), sql); }

private:
  std::string url_ = PostgresServer::shared().make_database();
  std::unique_ptr<PostgresDatabase> database_;
};

TEST(PostgresDatabaseTest, NamesACollectedTraceInItsBegin) {
  Maker maker;
  const auto begin_of = [&](const std::string& traceparent) {
    const TraceScope scope("request", SpanKind::server, traceparent, TraceScope::Sampling::as_the_caller_says);
    std::string seen;
    const auto done = maker.database().transaction([&](Transaction&) -> Result<void> {
      seen = maker.ask_server(
          "SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction' "
          "AND datname = current_database()");
      return {};
    });
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(seen.contains(scope.context().traceparent()), scope.context().sampled) << seen;
    return seen;
  };
  EXPECT_TRUE(begin_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").starts_with("BEGIN "));
  EXPECT_FALSE(begin_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00").contains("traceparent"));
}

TEST(PostgresDatabaseTest, ReadsEachTypeAsAValueOfOurs) {
  Maker maker;
  const auto rows = maker.database().read([](Transaction& tx) {
    return tx.run({"types",
                   "SELECT true, 7::smallint, -8::integer, 9::bigint, 1.5::real, 2.5::double precision, 3::numeric, "
                   "3.25::numeric, NULL::integer, 'x'::varchar, '{\"a\": 1}'::json"});
  });
  ASSERT_TRUE(rows.has_value()) << rows.error().cause;
  const Row& row = rows->front();
  EXPECT_EQ(row.integer(0), 1);
  EXPECT_EQ(row.integer(1), 7);
  EXPECT_EQ(row.integer(2), -8);
  EXPECT_EQ(row.integer(3), 9);
  EXPECT_EQ(row.real(4), 1.5);
  EXPECT_EQ(row.real(5), 2.5);
  EXPECT_EQ(row.integer(6), 3);
  EXPECT_EQ(row.real(7), 3.25);
  EXPECT_TRUE(row.is_null(8));
  EXPECT_EQ(row.text(9), "x");
  EXPECT_EQ(row.text(10), R"({"a": 1})");
}

TEST(PostgresDatabaseTest, TakesTheTextThatIsItsOwn) {
  Maker maker;
  const auto rows = maker.database().read([](Transaction& tx) { return tx.run({"own", "SELECT 1", "SELECT 2"}); });
  EXPECT_EQ(rows.value().front().integer(0), 2);
}

TEST(PostgresDatabaseTest, LeavesTheOtherCoresToOtherRequests) {
  Maker maker;
  const auto rows = maker.database().read([](Transaction& tx) {
    return tx.run({"settings", "SELECT current_setting('max_parallel_workers_per_gather'), current_setting('jit')"});
  });
  ASSERT_TRUE(rows.has_value()) << rows.error().cause;
  EXPECT_EQ(rows->front().text(0), "0");
  EXPECT_EQ(rows->front().text(1), "off");
}

TEST(PostgresDatabaseTest, SendsAReadAloneOnceItHasPassedAsOne) {
  Maker maker({.connections = 1});
  constexpr Query kGuarded{"guarded", "SELECT current_setting('transaction_read_only')"};
  constexpr Query kOther{"other", "SELECT current_setting('transaction_read_only') || ''"};
  const auto guarded = [&](const Query& query) { return maker.database().read_one(query).value().front().text(0); };
  EXPECT_EQ(guarded(kGuarded), "on");
  EXPECT_EQ(guarded(kGuarded), "off") << "no BEGIN any more";
  EXPECT_EQ(guarded(kOther), "on");
  // A connection that has not seen it begins anew, whatever was known on the one before.
  maker.ask_server(kKillOthers);
  EXPECT_EQ(guarded(kGuarded), "on");
  EXPECT_EQ(guarded(kGuarded), "off");
  // A trace that is collected goes with its BEGIN.
  const TraceScope scope("request", SpanKind::server, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                         TraceScope::Sampling::as_the_caller_says);
  EXPECT_EQ(guarded(kGuarded), "on");
}

TEST(PostgresDatabaseTest, LearnsTheTypeOfWhatWasFirstNull) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x BIGINT, y DOUBLE PRECISION, z TEXT)").has_value());
  constexpr Query kInsert{"insert", "INSERT INTO a (x, y, z) VALUES (?1, ?2, ?3)"};
  const auto saved = maker.database().transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(kInsert, nullptr, nullptr, nullptr));
    TRY_OK(tx.run(kInsert, 1, nullptr, "one"));
    TRY_OK(tx.run(kInsert, nullptr, 0.5, nullptr));
    TRY_OK(tx.run(kInsert, 2, 1, "a whole number for the real one"));
    return {};
  });
  ASSERT_TRUE(saved.has_value()) << saved.error().cause;
  EXPECT_EQ(integer(maker.database(), "SELECT SUM(x) FROM a"), 3);
}

TEST(PostgresDatabaseTest, RefusesTextThatPostgresqlCannotHold) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x TEXT)").has_value());
  for (const std::string& wrong :
       {std::string("nul\0inside", 10), std::string("\xff\xfe"), std::string("\xed\xa0\x80")}) {
    const auto saved = maker.database().transaction(
        [&](Transaction& tx) { return tx.run({"insert", "INSERT INTO a (x) VALUES (?1)"}, wrong); });
    ASSERT_FALSE(saved.has_value());
    EXPECT_EQ(saved.error().code, ErrorCode::invalid);
    EXPECT_EQ(saved.error().key, "database.text");
  }
  EXPECT_EQ(integer(maker.database(), "SELECT COUNT(*) FROM a"), 0);
}

TEST(PostgresDatabaseTest, TellsNobodyTheDataOfARowThatWasRefused) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x TEXT UNIQUE)").has_value());
  ASSERT_TRUE(write(maker.database(), "INSERT INTO a VALUES ('anna@example.org')").has_value());
  const auto twice = write(maker.database(), "INSERT INTO a VALUES ('anna@example.org')");
  EXPECT_EQ(twice.error().key, "database.constraint");
  EXPECT_EQ(twice.error().cause.find("anna"), std::string::npos) << twice.error().cause;
}

TEST(PostgresDatabaseTest, EndsAStatementThatRunsTooLongAndGivesOthersTheirOwnTime) {
  Maker maker({.statement_timeout = 50ms, .statement_timeouts = {{"long_one", 30'000ms}}});
  const auto cut = maker.database().read([](Transaction& tx) { return tx.run({"sleep", "SELECT pg_sleep(60)"}); });
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().code, ErrorCode::unavailable);
  EXPECT_EQ(cut.error().key, "database.timeout");
  const auto granted = maker.database().read([](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run({"long_one", "SELECT pg_sleep(0.2)"}));
    EXPECT_EQ(tx.run({"sleep", "SELECT pg_sleep(60)"}).error().key, "database.timeout") << "and only that one";
    return {};
  });
  EXPECT_EQ(granted.error().key, "database.failed-before");
}

TEST(PostgresDatabaseTest, WaitsForALockOnlySoLong) {
  Maker maker({.lock_timeout = 20ms});
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x TEXT)").has_value());
  const auto holder = PostgresDatabase::open(PostgresServer::shared().url(maker.name())).value();
  const auto outer = holder->transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run({"lock", "LOCK TABLE a IN ACCESS EXCLUSIVE MODE"}));
    EXPECT_EQ(write(maker.database(), "INSERT INTO a VALUES ('x')").error().key, "database.busy");
    return {};
  });
  EXPECT_TRUE(outer.has_value());
  EXPECT_TRUE(write(maker.database(), "INSERT INTO a VALUES ('x')").has_value());
}

TEST(PostgresDatabaseTest, AnswersUnavailableWhenEveryConnectionIsInUse) {
  Metrics metrics;
  Maker maker({.connections = 1, .queue_timeout = 1ms, .metrics = &metrics});
  const auto outer = maker.database().read([&](Transaction&) -> Result<void> {
    EXPECT_NE(metrics.render().find(R"(memoryverse_database_pool_busy{pool="primary"} 1)"), std::string::npos);
    std::jthread([&] {
      const auto inner = integer(maker.database(), "SELECT 1");
      ASSERT_FALSE(inner.has_value());
      EXPECT_EQ(inner.error().key, "database.busy");
      EXPECT_EQ(inner.error().retry_after_s, 1);
    }).join();
    return {};
  });
  EXPECT_TRUE(outer.has_value());
  EXPECT_EQ(integer(maker.database(), "SELECT 1"), 1);
  EXPECT_NE(metrics.render().find(R"(memoryverse_database_pool_busy{pool="primary"} 0)"), std::string::npos);
  EXPECT_NE(metrics.render().find(R"(memoryverse_database_query_seconds_count{query="integer"} 1)"), std::string::npos);
}

TEST(PostgresDatabaseTest, RunsAWriteAgainWhenAnotherWasInItsWay) {
  Metrics metrics;
  Maker maker({.metrics = &metrics});
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x BIGINT)").has_value());
  ASSERT_TRUE(write(maker.database(), "INSERT INTO a VALUES (1)").has_value());
  int runs = 0;
  const auto done = maker.database().transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run({"get", "SELECT x FROM a"}));
    if (++runs == 1)
      std::jthread([&] { EXPECT_TRUE(write(maker.database(), "UPDATE a SET x = 10").has_value()); }).join();
    TRY_OK(tx.run({"set", "UPDATE a SET x = ?1"}, rows.front().integer(0) + 1));
    return {};
  });
  EXPECT_TRUE(done.has_value()) << done.error().cause;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(integer(maker.database(), "SELECT x FROM a"), 11);
  EXPECT_NE(metrics.render().find("memoryverse_database_retries_total 1"), std::string::npos);
}

TEST(PostgresDatabaseTest, LetsAWriteSeeWhatBrokeItsConstraint) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x BIGINT PRIMARY KEY)").has_value());
  int runs = 0;
  const auto done = maker.database().transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run({"look", "SELECT x FROM a WHERE x = 1"}));
    if (!rows.empty()) return fail(ErrorCode::conflict, "taken");
    if (++runs == 1) std::jthread([&] { EXPECT_TRUE(write(maker.database(), "INSERT INTO a VALUES (1)")); }).join();
    TRY_OK(tx.run({"insert", "INSERT INTO a VALUES (1)"}));
    return {};
  });
  EXPECT_EQ(done.error().key, "taken");
}

TEST(PostgresDatabaseTest, KeepsARuleThatSpansRowsOfManyWriters) {
  // Two that each see room for one more: a single writer would let in one.
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x BIGINT)").has_value());
  std::atomic<int> let_in = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&, t] {
        const auto joined = maker.database().transaction([&](Transaction& tx) -> Result<void> {
          TRY(const Rows rows, tx.run({"count", "SELECT COUNT(*) FROM a"}));
          if (rows.front().integer(0) >= 2) return fail(ErrorCode::conflict, "full");
          TRY_OK(tx.run({"join", "INSERT INTO a VALUES (?1)"}, t));
          return {};
        });
        if (joined)
          ++let_in;
        else
          EXPECT_EQ(joined.error().key, "full") << joined.error().cause;
      });
    }
  }
  EXPECT_EQ(let_in, 2);
  EXPECT_EQ(integer(maker.database(), "SELECT COUNT(*) FROM a"), 2);
}

TEST(PostgresDatabaseTest, GoesOnAfterItsConnectionsWereKilled) {
  Maker maker;
  ASSERT_TRUE(write(maker.database(), "CREATE TABLE a (x BIGINT)").has_value());
  maker.ask_server(kKillOthers);
  EXPECT_EQ(integer(maker.database(), "SELECT 1"), 1) << "a read notices nothing";
  maker.ask_server(kKillOthers);
  EXPECT_TRUE(write(maker.database(), "INSERT INTO a VALUES (1)").has_value()) << "nor does a write that had not begun";
  const auto lost = maker.database().transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run({"insert", "INSERT INTO a VALUES (2)"}));
    maker.ask_server(kKillOthers);
    TRY_OK(tx.run({"insert", "INSERT INTO a VALUES (3)"}));
    return {};
  });
  ASSERT_FALSE(lost.has_value());
  EXPECT_EQ(lost.error().code, ErrorCode::unavailable);
  EXPECT_EQ(lost.error().key, "database.lost");
  EXPECT_GT(lost.error().retry_after_s, 0);
  EXPECT_EQ(integer(maker.database(), "SELECT COUNT(*) FROM a"), 1);
}

TEST(PostgresDatabaseTest, TellsAWrongAddressInWordsAndWithoutThePassword) {
  const PostgresServer& server = PostgresServer::shared();
  const auto refusal = [](const std::string& url) {
    const auto opened = PostgresDatabase::open(url);
    EXPECT_FALSE(opened.has_value());
    if (opened) return std::string();
    EXPECT_EQ(opened.error().key, "database.unreachable") << opened.error().cause;
    EXPECT_EQ(opened.error().cause.find("hunter2"), std::string::npos) << opened.error().cause;
    EXPECT_EQ(opened.error().cause.find('\n'), std::string::npos) << opened.error().cause;
    return opened.error().cause;
  };
  const std::string at = "@127.0.0.1:" + std::to_string(server.port());
  EXPECT_NE(refusal("postgresql://mv:hunter2" + at + "/postgres").find("check user and password"), std::string::npos);
  const std::string right = "postgresql://mv:" + std::string(PostgresServer::password());
  EXPECT_NE(refusal(right + at + "/nowhere").find("create it first"), std::string::npos);
  EXPECT_NE(refusal("postgresql://mv:hunter2@127.0.0.1:1/x").find("that PostgreSQL runs there"), std::string::npos);
  EXPECT_NE(refusal(right + at + "/postgres?sslmode=require").find("check sslmode"), std::string::npos);
  refusal("postgresql://mv:hunter2@127.0.0.1:99999/x");
  refusal("postgresql://mv:hunter2@[::1/x");
  refusal(right + at + "/x?unknown=hunter2");
}

TEST(PostgresTlsTest, EncryptsAndChecksWhoAnswers) {
  const auto folder = PostgresServer::make_folder_in(std::filesystem::temp_directory_path());
  const std::string at = folder.string();
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x "
      "-addext subjectAltName=IP:127.0.0.1 2>/dev/null -keyout ";
  ASSERT_EQ(std::system((make + at + "/key.pem -out " + at + "/cert.pem && " + make + at + "/other.key -out " + at +
                         "/other.pem && chown --reference=" + at + ' ' + at + "/*.pem && chmod 600 " + at + "/key.pem")
                            .c_str()),
            0);
  {
    PostgresServer server(
        {.settings = {"ssl=on", "ssl_cert_file=" + at + "/cert.pem", "ssl_key_file=" + at + "/key.pem"}});
    const std::string url = server.url("postgres") + "?sslmode=verify-full&sslrootcert=" + at;
    const auto trusted = PostgresDatabase::open(url + "/cert.pem");
    ASSERT_TRUE(trusted.has_value()) << trusted.error().cause;
    EXPECT_EQ(integer(**trusted, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), 1);
    const auto stranger = PostgresDatabase::open(url + "/other.pem");
    ASSERT_FALSE(stranger.has_value());
    EXPECT_TRUE(stranger.error().cause.contains("check sslmode and the certificate")) << stranger.error().cause;
  }
  std::filesystem::remove_all(folder);
}

TEST(PostgresDatabaseTest, DoesNotWaitForAServerThatSaysNothing) {
  PostgresServer server;
  Metrics metrics;
  const auto database = PostgresDatabase::open(server.url("postgres"), {.metrics = &metrics}).value();
  ASSERT_EQ(integer(*database, "SELECT 1").value(), 1);
  server.freeze();
  std::vector<std::jthread> people; // on connections that are there, and on one that is to be made
  std::vector<Error> errors(3);
  for (Error& error : errors)
    people.emplace_back([&] { error = integer(*database, "SELECT 1").error(); });
  people.clear();
  for (const Error& error : errors)
    EXPECT_EQ(error.key, "database.lost") << error.cause;
  const auto refused = write(*database, "SELECT 1");
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_GT(refused.error().retry_after_s, 0);
  server.thaw();
  while (!integer(*database, "SELECT 1")) {
  }
}

TEST(PostgresDatabaseTest, WaitsForALongStatementOfAServerThatAnswers) {
  Maker maker;
  EXPECT_EQ(integer(maker.database(), "SELECT 7 FROM pg_sleep(5)"), 7);
}

TEST(PostgresDatabaseTest, SparesAServerThatIsAway) {
  PostgresServer server;
  Metrics metrics;
  const auto database = PostgresDatabase::open(server.url("postgres"), {.metrics = &metrics}).value();
  server.stop();
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(integer(*database, "SELECT 1").error().key, "database.lost");
  const std::string shown = metrics.render();
  EXPECT_TRUE(shown.contains(
      R"(memoryverse_dependency_calls_total{dependency="postgres",operation="connect",outcome="rejected"})"))
      << shown;
  server.start();
  while (!integer(*database, "SELECT 1")) {
  }
}

} // namespace
} // namespace mv::postgres

namespace mv {
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, DatabaseContract, postgres::Maker);
} // namespace mv
