// Moving house to PostgreSQL and an S3 store, and home again.

#include <gtest/gtest.h>

#include <filesystem>
#include <format>
#include <map>

#include "backend/tests/harness.hpp"
#include "backend/tests/migrate_program.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/rgw.hpp"

namespace mv::test {
namespace {

TEST(MigrateS3Test, BringsAFamilyToAStoreAndHomeAgain) {
  TestServer home;
  Client me = home.client();
  const Json person = me.register_as("Vera");
  const auto upload = [](Client& client, unsigned seed) {
    const Json uploaded = client.upload("yard.png", tiny_png(seed)).json();
    const std::string path = "/api/v1/media/" + uploaded["media"]["id"].get<std::string>();
    EXPECT_TRUE(eventually([&] { return client.get(path + "/preview?size=256").status == 200; }));
    return path;
  };
  const std::string before = upload(me, 81);
  const std::string preview = me.get(before + "/preview?size=256").body;
  ASSERT_EQ(home.stop(), 0);

  const Rgw& rgw = Rgw::shared();
  const std::string database = PostgresServer::shared().make_database();
  const std::map<std::string, std::string> there{{"MEMORYVERSE_DATABASE_URL", database},
                                                 {"MEMORYVERSE_STORAGE_URL", rgw.url("moved")},
                                                 {"AWS_ACCESS_KEY_ID", rgw.access_key()},
                                                 {"AWS_SECRET_ACCESS_KEY", rgw.secret_key()}};
  const std::string keys =
      std::format("AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={}", rgw.access_key(), rgw.secret_key());
  const std::string side = std::format("'{}' '{}'", database, rgw.url("moved"));
  const Moved out = migrate(std::format("--from {} --to {}", home.data().string(), side), keys);
  ASSERT_EQ(out.status, 0) << out.said;

  std::string after;
  {
    TestServer city({.variables = there});
    Client client = city.client();
    client.token = person["accessToken"];
    EXPECT_EQ(client.get(before + "/original").body, tiny_png(81));
    after = upload(client, 82);
  }

  TestServer back;
  ASSERT_EQ(back.stop(), 0);
  std::filesystem::remove_all(back.data());
  const Moved home_again = migrate(std::format("--from {} --to {}", side, back.data().string()), keys);
  ASSERT_EQ(home_again.status, 0) << home_again.said;
  back.start();
  Client client = back.client();
  client.token = person["accessToken"];
  EXPECT_EQ(client.get(before + "/original").body, tiny_png(81));
  EXPECT_EQ(client.get(before + "/preview?size=256").body, preview);
  EXPECT_EQ(client.get(after + "/original").body, tiny_png(82));
}

} // namespace
} // namespace mv::test
