// What is set wrong ends the start with one line, which names the setting as the environment knows it and says what to
// do; in the log's own form too. What speaks of other services stands in the tests of those.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class StartLinesTest : public testing::Test {
protected:
  StartLinesTest() { fs::create_directories(folder_); }
  ~StartLinesTest() override { fs::remove_all(folder_); }

  /// The one line that a start with these ends with. It begins with `key` and the name of `setting`.
  static std::string refused(const std::string& key, const std::string& setting, ServerOptions options) {
    options.variables["MEMORYVERSE_LOG_LEVEL"] = "warning";
    const TestServer::Ended ended = TestServer::run_to_end(options);
    EXPECT_TRUE(WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == EXIT_FAILURE) << ended.said;
    EXPECT_EQ(std::ranges::count(ended.said, '\n'), 1) << ended.said;
    EXPECT_THAT(ended.said, StartsWith("MemoryVerse cannot run: " + key + ": " + setting + ": "));
    return ended.said;
  }
  static std::string refused(const std::string& key, const std::string& setting, const std::string& value) {
    return refused(key, setting, ServerOptions{.variables = {{setting, value}}});
  }
  void sql(const std::string& name, const std::string& text) const {
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / name).c_str(), &file), SQLITE_OK);
    char* problem = nullptr;
    EXPECT_EQ(sqlite3_exec(file, text.c_str(), nullptr, nullptr, &problem), SQLITE_OK) << problem;
    sqlite3_close(file);
  }

  const fs::path folder_ = fs::temp_directory_path() / ("memoryverse-refused-" + std::to_string(::getpid()));
};

TEST_F(StartLinesTest, NamesTheFolderOfTheDataAndOfTheFiles) {
  EXPECT_THAT(refused("data.cannot-make", "MEMORYVERSE_DATA", {.arguments = {"--data", "/proc/nothing"}}),
              HasSubstr("/proc/nothing: No such file or directory; name a folder that this user may write"));
  EXPECT_THAT(refused("storage.failed", "MEMORYVERSE_STORAGE_URL", "file:/proc/nothing"),
              HasSubstr("name a folder that this user may write"));
}

TEST_F(StartLinesTest, NamesTheDatabaseThatCannotBeUsed) {
  EXPECT_THAT(refused("database.failed", "MEMORYVERSE_DATABASE_URL", "sqlite:/proc/nothing/house.sqlite"),
              HasSubstr("; name MemoryVerse's own file, or one that this user may make"));

  sql("newer.sqlite",
      "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, name TEXT, checksum TEXT, "
      "applied_at BIGINT, needs BIGINT); INSERT INTO schema_migrations VALUES (9999, 'x', 'x', 0, 9999)");
  EXPECT_THAT(
      refused("migration.newer-database", "MEMORYVERSE_DATABASE_URL", "sqlite:" + (folder_ / "newer.sqlite").string()),
      HasSubstr("newer MemoryVerse"));

  sql("other.sqlite", "CREATE TABLE events (what TEXT)");
  EXPECT_THAT(refused("migration.foreign-database", "MEMORYVERSE_DATABASE_URL",
                      "sqlite:" + (folder_ / "other.sqlite").string()),
              HasSubstr("of another program; name an empty one. Nothing was changed"));
  sql("other.sqlite", "INSERT INTO events VALUES ('still here')");
}

TEST_F(StartLinesTest, NamesThePortThatIsTakenAndTheAddressThatIsNone) {
  const int taken = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(taken, 1), 0);
  ASSERT_EQ(::getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  EXPECT_THAT(
      refused("server.port-taken", "MEMORYVERSE_API_PORT", {.arguments = {"--api-port", port}}),
      HasSubstr("127.0.0.1 port " + port + ": Address already in use; end what listens there, or choose another"));
  EXPECT_THAT(refused("server.port-taken", "MEMORYVERSE_REALTIME_PORT", {.arguments = {"--realtime-port", port}}),
              HasSubstr(port));
  ::close(taken);
  EXPECT_THAT(refused("server.bad-address", "MEMORYVERSE_LISTEN", "foo"),
              HasSubstr("foo is not an IP address; write one of this machine's, 127.0.0.1 or 0.0.0.0"));
  EXPECT_THAT(refused("server.bad-address", "MEMORYVERSE_LISTEN", "192.0.2.1"),
              HasSubstr("192.0.2.1: Cannot assign requested address; write one of this machine's"));
  EXPECT_THAT(refused("config.invalid", "MEMORYVERSE_REALTIME_PORT",
                      {.arguments = {"--api-port", "40404", "--realtime-port", "40404"}}),
              HasSubstr("it is MEMORYVERSE_API_PORT as well; choose another"));
}

TEST_F(StartLinesTest, NamesTheProgramThatIsNoDecoder) {
  EXPECT_THAT(refused("media.no-decoder", "MEMORYVERSE_MEDIA_PROGRAM", "/xyz"),
              HasSubstr("/xyz: No such file or directory; name the program memoryverse-media, or leave it out"));
  EXPECT_THAT(refused("media.no-decoder", "MEMORYVERSE_MEDIA_PROGRAM", folder_.string()), HasSubstr("Is a directory"));
}

TEST_F(StartLinesTest, NamesTheKeyThatIsNone) {
  std::ofstream(folder_ / "secret.key") << "not a key\n";
  EXPECT_THAT(refused("data.bad-key", "MEMORYVERSE_SECRET_KEY", {.arguments = {"--data", folder_.string()}}),
              HasSubstr("bring the file back from a backup"));
}

TEST_F(StartLinesTest, SaysWhereAnEmptyHouseBeginsAlsoAfterAStartThatWasRefused) {
  const std::string url = "sqlite:" + (folder_ / "house.sqlite").string();
  refused("storage.failed", "MEMORYVERSE_STORAGE_URL",
          {.variables = {{"MEMORYVERSE_DATABASE_URL", url}, {"MEMORYVERSE_STORAGE_URL", "file:/proc/nothing"}}});
  const auto said = [&url] {
    return TestServer({.variables = {{"MEMORYVERSE_DATABASE_URL", url}, {"MEMORYVERSE_LOG_LEVEL", "info"}}}).log();
  };
  EXPECT_THAT(said(), HasSubstr("an empty house begins address=" + url));
  EXPECT_THAT(said(), testing::Not(HasSubstr("an empty house begins")));
}

TEST_F(StartLinesTest, SaysItInTheLogsOwnForm) {
  const auto lines = [](std::map<std::string, std::string> variables) {
    variables["MEMORYVERSE_LOG"] = "json";
    variables.emplace("MEMORYVERSE_LOG_LEVEL", "warning");
    std::istringstream said(TestServer::run_to_end({.variables = variables}).said);
    std::vector<std::string> reasons;
    for (std::string line; std::getline(said, line);) {
      const Json entry = Json::parse(line, nullptr, false);
      EXPECT_TRUE(entry.is_object()) << line;
      EXPECT_EQ(entry["level"], "error") << line;
      EXPECT_EQ(entry["message"], "MemoryVerse cannot run") << line;
      reasons.push_back(entry["reason"]);
    }
    return reasons;
  };
  EXPECT_THAT(lines({{"MEMORYVERSE_LOG_LEVEL", "loud"}, {"MEMORYVERSE_WEB_PROT", "1"}}),
              testing::ElementsAre(StartsWith("config.invalid: MEMORYVERSE_LOG_LEVEL is \"loud\""),
                                   StartsWith("config.invalid: MEMORYVERSE_WEB_PROT is not a setting")));
  EXPECT_THAT(lines({{"MEMORYVERSE_STORAGE_URL", "file:/proc/nothing"}}),
              testing::ElementsAre(StartsWith("storage.failed: MEMORYVERSE_STORAGE_URL: ")));
}

TEST_F(StartLinesTest, KnowsTheKindsOfAllJobsThatItRuns) {
  std::set<std::string> kinds{"media.quick", "media.full", "content.remove", "webhooks.deliver"};
  {
    TestServer first;
    ASSERT_TRUE(eventually([&] { // until those that come by the clock have run
      const std::string metrics = first.client().get("/metrics").body;
      const std::regex kind(R"re(memoryverse_job_seconds_count\{kind="([a-z.]+)")re");
      for (std::sregex_iterator at(metrics.begin(), metrics.end(), kind), end; at != end; ++at)
        kinds.insert((*at)[1]);
      return kinds.size() >= 4 + 7;
    })) << kinds.size();
  }
  std::string limits;
  for (const std::string& kind : kinds)
    limits += kind + "=9,";
  TestServer second({.variables = {{"MEMORYVERSE_JOB_LIMITS", limits}}});
  EXPECT_EQ(second.client().get("/health/ready").status, 200) << limits;
}

} // namespace
} // namespace mv::test
