// Every key that the sources can answer has words in both languages.

#include "backend/http/messages.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "backend/http/messages_table.hpp"

namespace mv::http {
namespace {

/// What the first group of `pattern` matches in every source of core and backend that is no test.
std::set<std::string> keys_in_sources(const std::string& pattern) {
  std::set<std::string> keys;
  const std::regex expression(pattern);
  for (const std::string folder : {"core", "backend"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(MV_SOURCE_DIR) / folder)) {
      const std::string name = entry.path().lexically_relative(MV_SOURCE_DIR).string();
      if (name.contains("test") || name.contains("contracts/") || !(name.ends_with(".cpp") || name.ends_with(".hpp")))
        continue;
      std::ifstream file(entry.path());
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match) {
        keys.insert((*match)[1]);
      }
    }
  }
  return keys;
}

TEST(Messages, HaveWordsForEveryKeyInTheSources) {
  auto keys = keys_in_sources(R"rx(fail\(\s*ErrorCode::\w+,\s*"([a-z0-9.-]+)")rx");
  keys.merge(keys_in_sources(R"rx(fail_field\(\s*"([a-z0-9.-]+)")rx"));
  keys.merge(keys_in_sources(R"rx(\.key\s*=\s*"([a-z0-9.-]+)")rx"));
  EXPECT_GT(keys.size(), 50);
  for (const std::string& key : keys) {
    // Told on the console of who starts the server, with their cause: they never reach a client.
    const bool at_start = key.starts_with("config.") || key.starts_with("server.") || key.starts_with("data.") ||
                          key.starts_with("migration.") || key.starts_with("move.") || key == "redis.bad-url";
    if (at_start || (!key.contains('.') && key != "internal")) continue;
    EXPECT_TRUE(has_message(key)) << key;
  }
}

TEST(Messages, HaveWordsForEveryFieldCode) {
  auto codes = keys_in_sources(R"rx("[/?][A-Za-z/]+",\s*"([a-z-]+)")rx");
  codes.merge(keys_in_sources(R"rx(fault(?:_at)?\((?:[a-z_\[\].]+,\s*)?"([a-z-]+)")rx"));
  EXPECT_GT(codes.size(), 10);
  for (const std::string& code : codes)
    EXPECT_TRUE(has_field_message(code)) << code;
}

TEST(Messages, DifferByLanguage) {
  for (const auto words : {problem_words(), field_words()}) {
    std::set<std::string_view> seen;
    for (const Words& row : words) {
      EXPECT_TRUE(seen.insert(row.key).second) << row.key << " stands twice";
      EXPECT_FALSE(row.en.empty()) << row.key;
      EXPECT_NE(row.en, row.ru) << row.key;
    }
  }
  EXPECT_EQ(message("no-such-key", "ru", ErrorCode::not_found).detail, "Не найдено.");
}

} // namespace
} // namespace mv::http
