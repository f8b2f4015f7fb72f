// Moving house by the program that people run: from SQLite and a folder to PostgreSQL and another folder, and a server
// that goes on there.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "backend/tests/harness.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;

struct Ended {
  int status = 0;
  std::string said;
};

Ended migrate(const std::string& arguments) {
  const std::string command = std::string(MIGRATE_PROGRAM) + " " + arguments + " 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  Ended ended;
  char piece[512];
  while (std::fgets(piece, sizeof piece, pipe) != nullptr)
    ended.said += piece;
  ended.status = WEXITSTATUS(::pclose(pipe));
  return ended;
}

TEST(MigrateTest, BringsAFamilyToPostgresAndTheyGoOnThere) {
  if (on_postgres()) GTEST_SKIP() << "begins on SQLite";
  TestServer home;
  Client me = home.client();
  const Json person = me.register_as("Vera");
  const std::string picture = tiny_png(77);
  const Json uploaded = me.upload("yard.png", picture).json();
  const std::string memory = uploaded["memory"]["id"];
  const std::string media = uploaded["media"]["id"];
  ASSERT_TRUE(eventually([&] { return me.get("/api/v1/memories/" + memory).json()["media"][0]["state"] == "ready"; }));

  const std::string database = PostgresServer::shared().make_database();
  const fs::path files = home.data().parent_path() / "city";
  const std::string to = "'" + database + "' 'file:" + files.string() + "'";
  const std::string from = home.data().string();

  const Ended busy = migrate("--from " + from + " --to " + to);
  EXPECT_EQ(busy.status, 1);
  EXPECT_NE(busy.said.find("data.in-use"), std::string::npos) << busy.said;

  ASSERT_EQ(home.stop(), 0);
  const Ended moved = migrate("--from " + from + " --to " + to);
  EXPECT_EQ(moved.status, 0) << moved.said;
  EXPECT_NE(moved.said.find("Moved and compared"), std::string::npos) << moved.said;

  const Ended again = migrate("--from " + from + " --to " + to);
  EXPECT_EQ(again.status, 1);
  EXPECT_NE(again.said.find("move.not-empty"), std::string::npos) << again.said;

  TestServer city(
      {.variables = {{"MEMORYVERSE_DATABASE_URL", database}, {"MEMORYVERSE_STORAGE_URL", "file:" + files.string()}}});
  Client there = city.client();
  const Reply signed_in =
      there.post("/api/v1/auth/login", {{"email", person["email"]}, {"password", "correct horse battery"}});
  ASSERT_EQ(signed_in.status, 200) << signed_in.body;
  there.token = signed_in.json()["accessToken"];
  EXPECT_EQ(there.get("/api/v1/media/" + media + "/original").body, picture);
  EXPECT_EQ(there.get("/api/v1/media/" + media + "/preview?size=256").status, 200);
  EXPECT_EQ(there.post("/api/v1/memories", {{"title", "in the city"}}).status, 201);
}

TEST(MigrateTest, MakesNoHouseWhereItFindsNone) {
  const fs::path nowhere = fs::temp_directory_path() / ("nowhere-" + std::to_string(::getpid()));
  const Ended ended = migrate("--from " + nowhere.string() + " --to " + nowhere.string() + "-either");
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.said.find("move.nothing"), std::string::npos) << ended.said;
  EXPECT_FALSE(fs::exists(nowhere));
}

TEST(MigrateTest, SaysHowItIsUsed) {
  for (const std::string arguments : {"", "--from", "--from /tmp/a", "--from /tmp/a --to postgresql://127.0.0.1/x",
                                      "--from /tmp/a --to /tmp/b --quickly"}) {
    const Ended ended = migrate(arguments);
    EXPECT_EQ(ended.status, 1) << arguments;
    EXPECT_NE(ended.said.find("--from SIDE --to SIDE"), std::string::npos) << arguments << ": " << ended.said;
  }
}

} // namespace
} // namespace mv::test
