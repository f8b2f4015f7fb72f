#include "core/base/config.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/base/ids.hpp"

namespace mv {
namespace {

class ConfigTest : public testing::Test {
protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) { std::ofstream(folder_ / name) << text; }

  ConfigSources sources(std::string environment = "") {
    return {.folder = folder_, .environment = std::move(environment)};
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("config-" + new_id());
};

TEST_F(ConfigTest, PutsEachLayerOverTheOneBefore) {
  write("default.json",
        R"({"webPort": 3000, "apiPort": 4000, "log": {"level": "info", "format": "text"}, "name": "a"})");
  write("test.json", R"({"apiPort": 0, "log": {"level": "debug"}})");
  ConfigSources from = sources("test");
  from.variables = {{"MEMORYVERSE_LOG_FORMAT", "json"}, {"MEMORYVERSE_NAME", "b"}, {"HOME", "/home"}};
  from.arguments = {"--name", "c"};
  Config config(from);
  EXPECT_EQ(config.integer("webPort", 0, 65535), 3000);
  EXPECT_EQ(config.integer("apiPort", 0, 65535), 0);
  EXPECT_EQ(config.choice("log.level", {"debug", "info"}), "debug");
  EXPECT_EQ(config.choice("log.format", {"text", "json"}), "json");
  EXPECT_EQ(config.text("name"), "c");
  const auto checked = config.check();
  EXPECT_TRUE(checked.has_value()) << checked.error().cause;
}

TEST_F(ConfigTest, ReportsAllMistakesAtOnceWithWhatToDo) {
  write("default.json", R"({"webPort": 70000, "shout": "perhaps", "level": "loud", "mispelt": 1, "nothing": null})");
  ConfigSources from = sources();
  from.arguments = {"--web-prot=1", "stray"};
  Config config(from);
  (void)config.integer("webPort", 0, 65535);
  (void)config.boolean("shout");
  (void)config.choice("level", {"info", "debug"});
  (void)config.text("nothing");
  (void)config.text("absent");
  config.mistake("shout", "cannot be together with level");
  const auto checked = config.check();
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().key, "config.invalid");
  for (const std::string_view part :
       {"MEMORYVERSE_WEB_PORT (webPort in default.json) is \"70000\": write a whole number from 0 to 65535",
        "MEMORYVERSE_SHOUT (shout in default.json) is \"perhaps\": write true or false", "is \"loud\"", "info, debug",
        "MEMORYVERSE_NOTHING is not set",
        "MEMORYVERSE_ABSENT is not set: set it, or --absent, or write absent into default.json",
        "mispelt in default.json is not a setting",
        "--web-prot is not an option: correct its name or take it out; the nearest is --web-port",
        "\"stray\" on the command line", "MEMORYVERSE_SHOUT: cannot be together with level"}) {
    EXPECT_NE(checked.error().cause.find(part), std::string::npos) << part << "\nin\n" << checked.error().cause;
  }
}

TEST_F(ConfigTest, TakesSecretsFromTheEnvironmentOnlyAndNeverPrintsThem) {
  write("default.json", R"({"key": "in-the-file", "other": null})");
  ConfigSources from = sources();
  from.variables = {{"MEMORYVERSE_OTHER", "from-outside"}};
  Config config(from);
  EXPECT_TRUE(config.secret("key").empty());
  EXPECT_EQ(config.secret("other").reveal(), "from-outside");
  const auto checked = config.check();
  ASSERT_FALSE(checked.has_value());
  EXPECT_TRUE(checked.error().cause.starts_with("MEMORYVERSE_KEY (key in default.json) is a secret"));
  EXPECT_EQ(checked.error().cause.find("in-the-file"), std::string::npos);
}

TEST_F(ConfigTest, ReadsListsFromFileAndText) {
  write("default.json", R"({"roles": ["web", "api"], "origins": []})");
  ConfigSources from = sources();
  from.variables = {{"MEMORYVERSE_ORIGINS", "https://a.example, https://b.example,"}};
  Config config(from);
  EXPECT_EQ(config.list("roles"), (std::vector<std::string>{"web", "api"}));
  EXPECT_EQ(config.list("origins"), (std::vector<std::string>{"https://a.example", "https://b.example"}));
  EXPECT_TRUE(config.list("absent").empty());
}

TEST_F(ConfigTest, ReadsFlags) {
  write("default.json", R"({"open": false, "uploads": {"maxBytes": 5}})");
  ConfigSources from = sources();
  from.arguments = {"--open", "--uploads-max-bytes=7"};
  Config config(from);
  EXPECT_TRUE(config.boolean("open"));
  EXPECT_EQ(config.integer("uploads.maxBytes", 0, 10), 7);
  EXPECT_TRUE(config.check());
}

TEST_F(ConfigTest, RefusesVariablesOfOurPrefixThatAreNoSettings) {
  write("default.json", R"({"databaseUrl": null, "storageUrl": null})");
  ConfigSources from = sources();
  from.variables = {{"MEMORYVERSE_DATABSE_URL", "postgresql://anna:hush@db/house"}, {"PATH", "/bin"}};
  Config config(from);
  EXPECT_FALSE(config.maybe_text("databaseUrl"));
  EXPECT_FALSE(config.maybe_text("storageUrl"));
  const auto checked = config.check();
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().cause,
            "MEMORYVERSE_DATABSE_URL is not a setting: correct its name or take it out; the nearest is "
            "MEMORYVERSE_DATABASE_URL");
}

TEST_F(ConfigTest, TellsWhatIsSetToNothing) {
  write("default.json", R"({"url": null, "other": null, "folder": null, "host": "a", "port": 1})");
  ConfigSources from = sources();
  from.variables = {
      {"MEMORYVERSE_URL", ""}, {"MEMORYVERSE_HOST", ""}, {"MEMORYVERSE_PORT", "2"}, {"MEMORYVERSE_FOLDER", ""}};
  Config config(from);
  EXPECT_TRUE(config.is_empty("url"));
  EXPECT_FALSE(config.maybe_text("url"));
  EXPECT_FALSE(config.is_empty("other")) << "a file says null of what has no default";
  EXPECT_FALSE(config.is_empty("port"));
  EXPECT_EQ(config.text("host"), "");
  EXPECT_EQ(config.text("folder"), "");
  EXPECT_EQ(config.integer("port", 0, 9), 2);
  EXPECT_EQ(config.check().error().cause,
            "MEMORYVERSE_HOST is empty: give it a value, or leave it out to have the default\n"
            "MEMORYVERSE_FOLDER is empty: give it a value");
}

TEST_F(ConfigTest, SaysWhichFileIsMissingOrBroken) {
  write("default.json", R"({"a": )");
  Config config(sources("absent"));
  const auto checked = config.check();
  ASSERT_FALSE(checked.has_value());
  EXPECT_NE(checked.error().cause.find("default.json: "), std::string::npos);
  EXPECT_NE(checked.error().cause.find("MEMORYVERSE_ENV: " + (folder_ / "absent.json: ").string()), std::string::npos);
}

TEST_F(ConfigTest, RefusesAnEnvironmentThatIsAPath) {
  write("default.json", "{}");
  EXPECT_FALSE(Config(sources("../secret")).check().has_value());
}

} // namespace
} // namespace mv
