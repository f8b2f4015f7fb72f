#include "core/base/log.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <thread>
#include <vector>

namespace mv {
namespace {

constexpr TimeMs kAt = 1'574'512'345'678; // 2019-11-23T12:32:25.678Z

std::string text(std::string_view message, LogFields fields = {}) {
  return format_log_line(LogFormat::text, kAt, LogLevel::info, message, fields);
}

std::string json(std::string_view message, LogFields fields = {}) {
  return format_log_line(LogFormat::json, kAt, LogLevel::warning, message, fields);
}

TEST(LogTest, WritesTextForPeople) {
  EXPECT_EQ(text("media ready", {{"id", "abc"}, {"ms", 12}, {"cached", false}, {"ratio", 0.5}, {"name", "two words"}}),
            "2019-11-23T12:32:25.678Z info    media ready id=abc ms=12 cached=false ratio=0.5 name=\"two words\"\n");
}

TEST(LogTest, WritesJsonForMachines) {
  EXPECT_EQ(json("disk is full", {{"bytes", std::int64_t{5'000'000'000}}, {"path", "a\"b"}}),
            "{\"at\":\"2019-11-23T12:32:25.678Z\",\"level\":\"warning\",\"message\":\"disk is full\","
            "\"bytes\":5000000000,\"path\":\"a\\\"b\"}\n");
}

TEST(LogTest, LetsNothingFromOutsideBeginALineOfItsOwn) {
  for (const std::string& line : {text("name", {{"file", "a\nerror forged"}}), json("name", {{"file", "a\nb\x01"}})}) {
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_EQ(line.find('\x01'), std::string::npos);
  }
  EXPECT_NE(json("x", {{"file", "\xff"}}).find("\xef\xbf\xbd"), std::string::npos);
}

TEST(LogTest, CutsWhatIsTooLong) { EXPECT_LT(text("x", {{"value", std::string(1'000'000, 'a')}}).size(), 5000U); }

TEST(LogTest, NeverShowsASecret) {
  const Secret password("hunter2");
  EXPECT_EQ(text("x", {{"password", password}}).find("hunter2"), std::string::npos);
  std::ostringstream stream;
  stream << password;
  EXPECT_EQ(stream.str(), "***");
  EXPECT_EQ(password.reveal(), "hunter2");
}

TEST(LogTest, PutsTheContextOfTheThreadOnEachLine) {
  const LogContext request("request_id", "r1");
  {
    const LogContext user("user_id", "u1");
    EXPECT_NE(text("x").find("request_id=r1 user_id=u1"), std::string::npos);
    EXPECT_EQ(LogContext::find("user_id"), "u1");
    std::jthread([] { EXPECT_EQ(LogContext::find("request_id"), std::nullopt); });
  }
  EXPECT_EQ(text("x").find("user_id"), std::string::npos);
  EXPECT_EQ(LogContext::find("request_id"), "r1");
}

TEST(LogTest, ShowsTheCauseOfAnError) {
  EXPECT_NE(text("x", {{"error", Error{.key = "database.full", .cause = "no space"}}}).find("database.full: no space"),
            std::string::npos);
}

TEST(LogTest, LeavesOutWhatIsBelowItsLevelAndKeepsLinesWhole) {
  std::vector<std::string> lines;
  set_up_log({.level = LogLevel::warning}, [&lines](std::string_view line) { lines.emplace_back(line); });
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int n = 0; n < 100; ++n) {
          log_info("left out");
          log_error("kept");
        }
      });
    }
  }
  set_up_log({});
  EXPECT_EQ(lines.size(), 400U);
  for (const std::string& line : lines)
    EXPECT_TRUE(line.ends_with("kept\n"));
}

TEST(LogTest, ReadsTheNamesOfLevels) {
  EXPECT_EQ(parse_log_level("warning"), LogLevel::warning);
  EXPECT_EQ(parse_log_level("loud"), std::nullopt);
}

} // namespace
} // namespace mv
