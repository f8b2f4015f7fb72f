// The table of texts that the web client's reader (packages/dates) obeys too.

#include "core/dates/fuzzy_date.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <fstream>

namespace mv::dates {
namespace {

using nlohmann::json;

const json& table() {
  static const json cases = json::parse(std::ifstream(DATES_CASES));
  return cases;
}

/// Days since 1970-01-01 by counting, so that the table does not lean on the calendar of the code under test.
std::int64_t count_days(int year, int month, int day) {
  const auto leap = [](int y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); };
  constexpr std::array<int, 12> kLengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::int64_t days = 0;
  for (int y = 1970; y < year; ++y)
    days += leap(y) ? 366 : 365;
  for (int y = year; y < 1970; ++y)
    days -= leap(y) ? 366 : 365;
  for (int m = 1; m < month; ++m)
    days += kLengths.at(static_cast<std::size_t>(m - 1)) + (m == 2 && leap(year) ? 1 : 0);
  return days + day - 1;
}

/// `1962-07-14` is that day's first or last millisecond; `2019-07-14T15:30:00.000` is itself.
std::optional<TimeMs> moment(const json& value, bool last) {
  if (value.is_null()) return std::nullopt;
  const auto text = value.get<std::string>();
  const std::size_t year_length = text.front() == '-' || text.front() == '+' ? 7 : 4;
  const int year = std::stoi(text.substr(0, year_length));
  int month = 0, day = 0, hour = 0, minute = 0, second = 0, milli = 0;
  const int read =
      std::sscanf(text.c_str() + year_length, "-%d-%dT%d:%d:%d.%d", &month, &day, &hour, &minute, &second, &milli);
  const TimeMs start = count_days(year, month, day) * kDay;
  if (read == 2) return last ? start + kDay - 1 : start;
  return start + hour * kHour + minute * kMinute + second * kSecond + milli;
}

TEST(EdtfTable, IsLongEnoughToMeanSomething) {
  EXPECT_GE(table().at("valid").size(), 120U);
  EXPECT_GE(table().at("invalid").size(), 80U);
}

TEST(EdtfTable, EveryValidTextMeansWhatTheTableSays) {
  for (const json& row : table().at("valid")) {
    const auto text = row.at("text").get<std::string>();
    SCOPED_TRACE(text);
    const auto date = parse(text);
    ASSERT_TRUE(date) << date.error().key;

    const json& sort = row.contains("sort") ? row.at("sort") : row.at("from");
    const auto sort_key = moment(sort, false);
    EXPECT_EQ(date->edtf, row.value("edtf", text));
    EXPECT_EQ(date->earliest_ms, moment(row.at("from"), false));
    EXPECT_EQ(date->latest_ms, moment(row.at("to"), true));
    EXPECT_EQ(date->sort_key, sort_key.value_or(kUndatedSortKey));
    EXPECT_EQ(date->last_start_ms, row.contains("lastStart") ? *moment(row.at("lastStart"), false) : date->sort_key);
    EXPECT_EQ(name_of(date->precision), row.at("precision").get<std::string>());
    EXPECT_EQ(date->approximate, row.value("approximate", false));
    EXPECT_EQ(date->uncertain, row.value("uncertain", false));
    EXPECT_EQ(date->offset_minutes, row.contains("offset") ? std::optional(row.at("offset").get<int>()) : std::nullopt);
    EXPECT_EQ(date->bucket,
              row.contains("bucket") ? row.at("bucket").get<std::string>() : sort.get<std::string>().substr(0, 7));
  }
}

TEST(EdtfTable, WhatWasNormalisedReadsBackAsTheSameDate) {
  for (const json& row : table().at("valid")) {
    const auto once = parse(row.at("text").get<std::string>());
    ASSERT_TRUE(once);
    const auto twice = parse(once->edtf);
    ASSERT_TRUE(twice) << once->edtf;
    EXPECT_EQ(*once, *twice) << once->edtf;
  }
}

TEST(EdtfTable, EveryInvalidTextIsRefusedForTheReasonInTheTable) {
  for (const json& row : table().at("invalid")) {
    const auto text = row.at("text").get<std::string>();
    const auto date = parse(text);
    ASSERT_FALSE(date) << '"' << text << "\" was read as " << date->edtf;
    EXPECT_EQ(date.error().key, row.at("key").get<std::string>()) << '"' << text << '"';
    EXPECT_EQ(date.error().code, ErrorCode::unprocessable);
  }
}

TEST(EdtfTable, EveryPrefixOfAValidTextIsReadOrRefusedWithAReason) {
  for (const json& row : table().at("valid")) {
    const auto text = row.at("text").get<std::string>();
    for (std::size_t length = 0; length < text.size(); ++length) {
      const auto date = parse(std::string_view(text).substr(0, length));
      if (!date) {
        EXPECT_THAT(date.error().key, testing::StartsWith("date."));
      }
    }
  }
}

TEST(EdtfTable, EveryTextWithOneByteChangedIsReadOrRefused) {
  constexpr std::string_view kBytes = "09X-T:/.,[]?~%+Z Y\0\xff";
  for (const json& row : table().at("valid")) {
    const auto text = row.at("text").get<std::string>();
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char byte : kBytes) {
        std::string changed = text;
        changed[at] = byte;
        const auto date = parse(changed);
        if (!date) continue;
        const auto again = parse(date->edtf);
        ASSERT_TRUE(again) << changed << " became " << date->edtf;
        EXPECT_EQ(*date, *again) << changed;
      }
    }
  }
}

} // namespace
} // namespace mv::dates
