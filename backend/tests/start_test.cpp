// What a start that is refused leaves behind: a database as it was, and no job done.

#include <gtest/gtest.h>

#include "backend/tests/harness.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::test {
namespace {

PostgresServer& postgres() { return PostgresServer::shared(); }

/// A database that nobody has opened yet.
class FreshDatabase {
public:
  FreshDatabase() : url_(postgres().make_database()) {}
  ~FreshDatabase() { postgres().drop_database(url_); }
  FreshDatabase(const FreshDatabase&) = delete;
  FreshDatabase& operator=(const FreshDatabase&) = delete;

  /// What a server says that must not start on it.
  [[nodiscard]] std::string refusal(ServerOptions options) const {
    options.variables["MEMORYVERSE_DATABASE_URL"] = url_;
    const TestServer::Ended ended = TestServer::run_to_end(options);
    EXPECT_NE(ended.status, 0);
    return ended.said;
  }
  [[nodiscard]] std::string tables() const {
    return postgres().run(PostgresServer::name_in(url_),
                          "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()");
  }

private:
  std::string url_;
};

TEST(RefusedStartTest, LeavesTheDatabaseAloneWhereAPortIsTaken) {
  const TestServer other;
  const std::string port = other.api().substr(other.api().rfind(':') + 1);
  const FreshDatabase fresh;
  for (const char* option : {"--api-port", "--realtime-port"}) {
    const std::string said = fresh.refusal({.arguments = {option, port}});
    EXPECT_TRUE(said.contains("server.port-taken")) << said;
    EXPECT_TRUE(said.contains(port)) << said;
  }
  EXPECT_EQ(fresh.tables(), "0");
}

TEST(RefusedStartTest, LeavesTheDatabaseAloneWhereAnEngineIsWrong) {
  const FreshDatabase fresh;
  const std::string no_store =
      fresh.refusal({.variables = {{"MEMORYVERSE_STORAGE_URL", "s3://x?endpoint=http://127.0.0.1:1"},
                                   {"AWS_ACCESS_KEY_ID", "a"},
                                   {"AWS_SECRET_ACCESS_KEY", "b"}}});
  EXPECT_TRUE(no_store.contains("MEMORYVERSE_STORAGE_URL")) << no_store;
  const std::string no_decoder = fresh.refusal({.variables = {{"MEMORYVERSE_MEDIA_PROGRAM", "/nowhere/decoder"}}});
  EXPECT_TRUE(no_decoder.contains("/nowhere/decoder")) << no_decoder;
  EXPECT_EQ(fresh.tables(), "0");
}

TEST(RefusedStartTest, LeavesAHalfMovedHouseToTheMove) {
  const std::string url = postgres().make_database();
  const std::string name = PostgresServer::name_in(url);
  {
    TestServer there({.variables = {{"MEMORYVERSE_DATABASE_URL", url}}});
    ASSERT_EQ(there.stop(), 0);
  }
  postgres().run(name, "INSERT INTO settings (key, value) VALUES ('moving.from', 'elsewhere')");
  const TestServer::Ended ended =
      TestServer::run_to_end({.variables = {{"MEMORYVERSE_DATABASE_URL", url}}, .program = NEXT_PROGRAM});
  EXPECT_NE(ended.status, 0);
  EXPECT_TRUE(ended.said.contains("data.half-moved")) << ended.said;
  EXPECT_EQ(postgres().run(name, "SELECT count(*) FROM pg_tables WHERE tablename = 'moods'"), "0");
  postgres().drop_database(url);
}

} // namespace
} // namespace mv::test
