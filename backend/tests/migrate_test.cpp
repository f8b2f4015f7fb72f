// Moving house by the program that people run: from SQLite and a folder to PostgreSQL and another folder, and a server
// that goes on there.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "backend/tests/harness.hpp"
#include "backend/tests/migrate_program.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;

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

  const Moved busy = migrate("--from " + from + " --to " + to);
  EXPECT_EQ(busy.status, 1);
  EXPECT_TRUE(busy.said.contains("Nothing was moved: data.in-use: ")) << busy.said;

  ASSERT_EQ(home.stop(), 0);
  const Moved moved = migrate("--from " + from + " --to " + to);
  EXPECT_EQ(moved.status, 0) << moved.said;
  EXPECT_NE(moved.said.find("Moved and compared"), std::string::npos) << moved.said;

  const Moved again = migrate("--from " + from + " --to " + to);
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
  const Moved ended = migrate("--from " + nowhere.string() + " --to " + nowhere.string() + "-either");
  EXPECT_EQ(ended.status, 1);
  EXPECT_NE(ended.said.find("move.nothing"), std::string::npos) << ended.said;
  EXPECT_FALSE(fs::exists(nowhere));
}

TEST(MigrateTest, SaysWhichSideCannotBeOpened) {
  const TestServer home; // which runs
  const std::string here = home.data().string();
  const std::string nobody = "'postgresql://127.0.0.1:1/nobody' 'file:" + here + "/elsewhere'";
  const Moved in_use = migrate("--from " + here + " --to " + nobody);
  EXPECT_EQ(in_use.status, 1);
  EXPECT_TRUE(in_use.said.contains("data.in-use: the old side: ")) << in_use.said;
  const Moved away = migrate("--from " + nobody + " --to " + here);
  EXPECT_EQ(away.status, 1);
  EXPECT_TRUE(away.said.contains("database.unreachable: the old side: ")) << away.said;
  const Moved wrong = migrate("--from " + here + " --to 'mysql://127.0.0.1/x' 'file:/x'");
  EXPECT_TRUE(wrong.said.contains("config.invalid: the new side: ")) << wrong.said;
}

TEST(MigrateTest, NeedsNoFolderWhoseNameOthersKnow) {
  TestServer home;
  ASSERT_EQ(home.stop(), 0);
  const fs::path temporary = home.data().parent_path() / "tmp";
  const fs::path trap = temporary / "memoryverse-migrate" / "scratch";
  fs::create_directories(trap);
  std::ofstream(trap / "of-somebody-else") << "letters";
  const Moved moved = migrate("--from " + home.data().string() + " --to 'sqlite:" + home.data().string() +
                                  "/new/db' 's3://nowhere?endpoint=http://127.0.0.1:1'",
                              "AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b TMPDIR=" + temporary.string());
  EXPECT_EQ(moved.status, 1);
  EXPECT_TRUE(moved.said.contains("the new side: ")) << moved.said;
  EXPECT_TRUE(fs::exists(trap / "of-somebody-else"));
  fs::remove_all(temporary / "memoryverse-migrate");
  EXPECT_TRUE(fs::is_empty(temporary));
}

/// A house that the next release has made, on either engine, with nobody in it. With `contract` the one after that,
/// whose database this program cannot work on at all.
class NewerHouse {
public:
  NewerHouse(bool postgres, bool contract) {
    ServerOptions options{.program = NEXT_PROGRAM};
    if (contract) options.variables["MEMORYVERSE_TEST_CONTRACT"] = "1";
    if (postgres) options.variables["MEMORYVERSE_DATABASE_URL"] = database_ = PostgresServer::shared().make_database();
    server_ = std::make_unique<TestServer>(options);
    EXPECT_EQ(server_->stop(), 0);
  }
  [[nodiscard]] std::string side() const {
    const std::string data = server_->data().string();
    return database_.empty() ? data : "'" + database_ + "' 'file:" + data + "/files'";
  }
  /// How the database is called to people.
  [[nodiscard]] std::string name() const {
    return database_.empty()
               ? "sqlite:" + (server_->data() / "memoryverse.sqlite").string()
               : "/" + database_.substr(database_.rfind('/') + 1, database_.find('?') - database_.rfind('/') - 1);
  }
  TestServer& server() { return *server_; }

private:
  std::string database_;
  std::unique_ptr<TestServer> server_;
};

/// By one line at the end; before it PostgreSQL may be told off for how it runs here.
void expect_refusal(const Moved& ended, const std::string& begin, const std::string& name) {
  EXPECT_EQ(ended.status, 1);
  ASSERT_TRUE(ended.said.ends_with('\n')) << ended.said;
  const std::string line = ended.said.substr(ended.said.rfind('\n', ended.said.size() - 2) + 1);
  EXPECT_TRUE(line.starts_with(begin)) << ended.said;
  EXPECT_TRUE(line.contains(name)) << ended.said;
  EXPECT_FALSE(ended.said.contains("can work on it")) << ended.said;
}

TEST(MigrateTest, MovesNothingFromOrToADatabaseOfANewerProgram) {
  if (on_postgres()) GTEST_SKIP() << "has both engines";
  TestServer home;
  const Json vera = home.client().register_as("Vera");
  Client me = home.client();
  me.token = vera["accessToken"];
  EXPECT_EQ(me.upload("yard.png", tiny_png(78)).status, 201);
  ASSERT_EQ(home.stop(), 0) << home.log();
  const fs::path fresh = home.data().parent_path() / "fresh";
  for (const bool postgres : {false, true}) {
    for (const bool contract : {false, true}) {
      NewerHouse newer(postgres, contract);
      const std::string there = "--from " + home.data().string() + " --to " + newer.side();
      const std::string back = "--from " + newer.side() + " --to " + fresh.string();
      for (const std::string& arguments : {there, back}) {
        expect_refusal(migrate(arguments), "Nothing was moved: ", newer.name());
        expect_refusal(migrate(arguments, "MV_LANGUAGE=ru"), "Ничего не перенесено: ", newer.name());
      }
      EXPECT_FALSE(fs::exists(fresh));
      EXPECT_TRUE(newer.server().blob_keys("").empty());
      newer.server().start(); // which it would not, half moved
      Client stranger = newer.server().client();
      EXPECT_EQ(
          stranger.post("/api/v1/auth/login", {{"email", vera["email"]}, {"password", "correct horse battery"}}).status,
          401);
    }
  }
}

TEST(MigrateTest, SaysThatNothingWasMovedWhereTheStoreIsOfAnotherHouse) {
  if (on_postgres()) GTEST_SKIP() << "moves from SQLite";
  TestServer home;
  Client me = home.client();
  me.register_as("Vera");
  EXPECT_EQ(me.upload("yard.png", tiny_png(79)).status, 201);
  ASSERT_EQ(home.stop(), 0) << home.log();
  const fs::path beside = home.data().parent_path();
  const std::string arguments = "--from 'sqlite:" + (home.data() / "memoryverse.sqlite").string() +
                                "' 'file:" + (beside / "other").string() + "' --to " + (beside / "fresh").string();
  expect_refusal(migrate(arguments), "Nothing was moved: move.no-files: ", "its store holds none");
  expect_refusal(migrate(arguments, "MV_LANGUAGE=ru"), "Ничего не перенесено: move.no-files: ", "нет ни одного");
}

TEST(MigrateTest, SaysHowItIsUsed) {
  for (const std::string arguments : {"", "--from", "--from /tmp/a", "--from /tmp/a --to postgresql://127.0.0.1/x",
                                      "--from /tmp/a --to /tmp/b --quickly"}) {
    const Moved ended = migrate(arguments);
    EXPECT_EQ(ended.status, 1) << arguments;
    EXPECT_NE(ended.said.find("--from SIDE --to SIDE"), std::string::npos) << arguments << ": " << ended.said;
  }
}

} // namespace
} // namespace mv::test
