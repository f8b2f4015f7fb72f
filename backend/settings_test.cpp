#include "backend/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

namespace mv {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Variables = std::map<std::string, std::string>;

Result<ServerSettings> read(const Variables& variables, const std::string& roles = "api,worker") {
  return read_settings(
      {.folder = CONFIG_FOLDER, .variables = variables, .arguments = {"--roles", roles, "--data", "/tmp/nowhere"}},
      "/usr/bin/memoryverse-server");
}

/// The one line that it is refused with.
std::string refusal(const Variables& variables) {
  const auto settings = read(variables);
  if (settings) return "it was taken";
  EXPECT_EQ(settings.error().key, "config.invalid");
  EXPECT_FALSE(settings.error().cause.contains('\n')) << settings.error().cause;
  return settings.error().cause;
}

TEST(SettingsTest, RefusesAMisspeltSettingAndNamesTheOneThatWasMeant) {
  EXPECT_EQ(refusal({{"MEMORYVERSE_DATABSE_URL", "postgresql://anna:hush-hush@db/house"}}),
            "MEMORYVERSE_DATABSE_URL is not a setting: correct its name or take it out; the nearest is "
            "MEMORYVERSE_DATABASE_URL");
  EXPECT_THAT(refusal({{"MEMORYVERSE_STORAGE", "s3://x"}}), HasSubstr("the nearest is MEMORYVERSE_STORAGE_URL"));
}

TEST(SettingsTest, RefusesAnEmptySettingThatSaysWhereTheDataLie) {
  for (const std::string name : {"DATABASE_URL", "STORAGE_URL", "REDIS_URL", "BROKER_URL", "SECRET_KEY"}) {
    const std::string said = refusal({{"MEMORYVERSE_" + name, ""}});
    EXPECT_THAT(said, StartsWith("MEMORYVERSE_" + name + ": it is empty; write its value, or leave it out to "));
  }
  EXPECT_THAT(refusal({{"MEMORYVERSE_LISTEN", ""}}), StartsWith("MEMORYVERSE_LISTEN is empty: give it a value, or"));
  // Nothing is the default of these, and what a compose file gives that has none to pass on.
  const auto taken = read({{"MEMORYVERSE_PUBLIC_ORIGINS", ""},
                           {"MEMORYVERSE_TRUSTED_PROXIES", ""},
                           {"MEMORYVERSE_JOB_LIMITS", ""},
                           {"MEMORYVERSE_DATABASE_REPLICAS", ""},
                           {"MEMORYVERSE_OTLP_URL", ""},
                           {"MEMORYVERSE_SENTRY_DSN", ""}});
  EXPECT_TRUE(taken) << taken.error().cause;
}

TEST(SettingsTest, AsksForTheKeysOfAStoreWhereTheStoreIsUsed) {
  const Variables store{{"MEMORYVERSE_STORAGE_URL", "s3://house?endpoint=http://127.0.0.1:1"}};
  EXPECT_THAT(refusal(store), HasSubstr("an S3 store needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
  const auto taken = read(store, "realtime");
  EXPECT_TRUE(taken) << taken.error().cause;
}

TEST(SettingsTest, RefusesNamesThatNothingHas) {
  EXPECT_EQ(refusal({{"MEMORYVERSE_DATABASE_STATEMENT_TIMEOUTS", "list_indx=500"}}),
            "MEMORYVERSE_DATABASE_STATEMENT_TIMEOUTS: there is no `list_indx`; the nearest is `list_index`");
  EXPECT_THAT(refusal({{"MEMORYVERSE_DATABASE_LOCK_TIMEOUTS", "insert_evnt=5"}}), HasSubstr("`insert_event`"));
  EXPECT_THAT(refusal({{"MEMORYVERSE_JOB_LIMITS", "media.fulll=2"}}), HasSubstr("the nearest is `media.full`"));
  const auto taken = read({{"MEMORYVERSE_DATABASE_STATEMENT_TIMEOUTS", "list_index=500,delete_old_events=120000"},
                           {"MEMORYVERSE_DATABASE_LOCK_TIMEOUTS", "insert_event=70"},
                           {"MEMORYVERSE_JOB_LIMITS", "media.full=2,webhooks.deliver=1"}});
  ASSERT_TRUE(taken) << taken.error().cause;
  EXPECT_EQ(taken->database.statement_timeouts.at("list_index").count(), 500);
  EXPECT_EQ(taken->database.lock_timeouts.at("insert_event").count(), 70);
  EXPECT_EQ(taken->job_limits.at("media.full"), 2);
}

TEST(SettingsTest, RefusesAddressesThatAreNone) {
  for (const std::string origin : {"memories.example", "https://memories.example/", "https://memories.example/home",
                                   "ftp://memories.example", "https://", "*", "https://*.example", "http://:80"}) {
    EXPECT_THAT(refusal({{"MEMORYVERSE_PUBLIC_ORIGINS", origin}}),
                StartsWith("MEMORYVERSE_PUBLIC_ORIGINS: `" + origin + "` is no origin; write https://HOST"));
    EXPECT_THAT(refusal({{"MEMORYVERSE_CORS_ORIGINS", "https://a.example," + origin}}), HasSubstr(origin));
  }
  for (const std::string host : {"http://hub.home", "hub.home:8080", "hub.home/hook"})
    EXPECT_THAT(refusal({{"MEMORYVERSE_WEBHOOKS_PRIVATE_HOSTS", host}}), HasSubstr("`" + host + "` is no host"));
  EXPECT_THAT(refusal({{"MEMORYVERSE_ML_URL", "127.0.0.1:5000"}}), StartsWith("MEMORYVERSE_ML_URL: "));
  const auto taken = read({{"MEMORYVERSE_PUBLIC_ORIGINS", "https://memories.example, http://[::1]:8080"},
                           {"MEMORYVERSE_CORS_ORIGINS", "http://localhost:5173"},
                           {"MEMORYVERSE_WEBHOOKS_PRIVATE_HOSTS", "hub.home,10.0.0.7,[::1],fd00::1"},
                           {"MEMORYVERSE_ML_URL", "http://127.0.0.1:5000"}});
  EXPECT_TRUE(taken) << taken.error().cause;
}

TEST(SettingsTest, MindsNoVariableOfItsOwnTools) {
  const Variables tools{{"MEMORYVERSE_SERVER", "x"}, {"MEMORYVERSE_SHARED", "x"},   {"MEMORYVERSE_TEST_S3", "x"},
                        {"MEMORYVERSE_API", "x"},    {"MEMORYVERSE_REALTIME", "x"}, {"MEMORYVERSE_COMMIT", "x"}};
  for (const auto& [name, value] : tools)
    ::setenv(name.c_str(), value.c_str(), 1);
  ::setenv("MEMORYVERSE_TESTS_OF_MINE", "x", 1);
  const ConfigSources given = environment_sources("/usr/bin/memoryverse-server");
  ::unsetenv("MEMORYVERSE_TESTS_OF_MINE");
  for (const auto& [name, value] : tools) {
    ::unsetenv(name.c_str());
    EXPECT_FALSE(given.variables.contains(name)) << name;
  }
  EXPECT_TRUE(given.variables.contains("MEMORYVERSE_TESTS_OF_MINE"));
  EXPECT_TRUE(given.variables.contains("PATH"));
}

} // namespace
} // namespace mv
