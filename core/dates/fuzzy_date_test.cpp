#include "core/dates/fuzzy_date.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace mv::dates {
namespace {

FuzzyDate read(std::string_view text) {
  auto date = parse(text);
  if (!date) throw std::runtime_error(std::string(text) + ": " + date.error().key);
  return *std::move(date);
}

std::string refusal(const Result<FuzzyDate>& date) { return date ? "read as " + date->edtf : date.error().key; }

TEST(FuzzyDate, IsUndatedUntilToldOtherwise) {
  const FuzzyDate none;
  EXPECT_EQ(none.bucket, "undated");
  EXPECT_LT(none.sort_key, read("-9999").sort_key);
  EXPECT_FALSE(none.earliest_ms);
}

TEST(FuzzyDate, SortsNewestFirstWithTheLessCertainAfterTheMoreCertain) {
  const std::vector<std::string_view> newest_first = {"2019-07-14T15:30:00",
                                                      "2019-07-14T09:00:00",
                                                      "2019-07-14",
                                                      "2019-07-02",
                                                      "2019-07",
                                                      "2019-06-30",
                                                      "2019-22",
                                                      "2019-01-31",
                                                      "2019",
                                                      "2018-12",
                                                      "1962-07-14",
                                                      "1962-07-XX",
                                                      "1962-22",
                                                      "1962-02",
                                                      "1962~",
                                                      "1961",
                                                      "196X",
                                                      "1941/..",
                                                      "[..1940]",
                                                      "1939?",
                                                      "19XX",
                                                      "1899"};
  for (std::size_t i = 1; i < newest_first.size(); ++i) {
    EXPECT_GE(read(newest_first[i - 1]).sort_key, read(newest_first[i]).sort_key)
        << newest_first[i - 1] << " before " << newest_first[i];
  }
}

TEST(FuzzyDate, KeepsTheDaysOfAJourneyWholeAcrossTimeZones) {
  const FuzzyDate evening = read("2019-07-14T23:30:00-08:00"); // 15 July in UTC
  const FuzzyDate morning = read("2019-07-15T08:00:00+09:00"); // 14 July in UTC
  EXPECT_GT(*evening.earliest_ms, *morning.earliest_ms);
  EXPECT_LT(evening.sort_key, morning.sort_key);
}

TEST(FuzzyDate, IsMadeFromWhatACameraSays) {
  EXPECT_EQ(from_wall_time(2019, 7, 14, 15, 30, 0)->edtf, "2019-07-14T15:30:00");
  EXPECT_EQ(from_wall_time(2019, 7, 14, 15, 30, 0, 180)->edtf, "2019-07-14T15:30:00+03:00");
  EXPECT_EQ(from_wall_time(2019, 7, 14, 15, 30, 0, -210)->edtf, "2019-07-14T15:30:00-03:30");
  EXPECT_EQ(from_wall_time(2019, 7, 14, 15, 30, 0, 0)->edtf, "2019-07-14T15:30:00Z");
  EXPECT_EQ(from_wall_time(2019, 7, 14, 24, 0, 0)->edtf, "2019-07-15T00:00:00");
  EXPECT_EQ(from_wall_time(-44, 3, 15, 12, 0, 0)->edtf, "-0044-03-15T12:00:00");
}

TEST(FuzzyDate, RefusesWhatADeadCameraSays) {
  EXPECT_EQ(refusal(from_wall_time(0, 0, 0, 0, 0, 0)), "date.no-such-day");
  EXPECT_EQ(refusal(from_wall_time(2019, 2, 29, 0, 0, 0)), "date.no-such-day");
  EXPECT_EQ(refusal(from_wall_time(2019, 21, 1, 0, 0, 0)), "date.no-such-day");
  EXPECT_EQ(refusal(from_wall_time(2019, 7, 14, 25, 0, 0)), "date.no-such-day");
  EXPECT_EQ(refusal(from_wall_time(2019, 7, 14, -1, 0, 0)), "date.no-such-day");
  EXPECT_EQ(refusal(from_wall_time(2019, 7, 14, 1, 0, 0, 900)), "date.out-of-range");
  EXPECT_EQ(refusal(from_wall_time(2019, 7, 14, 1, 0, 0, std::numeric_limits<int>::min())), "date.out-of-range");
  EXPECT_EQ(refusal(from_wall_time(17000, 7, 14, 1, 0, 0)), "date.out-of-range");
  EXPECT_EQ(refusal(from_wall_time(std::numeric_limits<int>::min(), 7, 14, 1, 0, 0)), "date.out-of-range");
  EXPECT_EQ(refusal(from_wall_time(2019, std::numeric_limits<int>::max(), 14, 1, 0, 0)), "date.no-such-day");
}

TEST(FuzzyDate, AheadByMoreThanAYearIsRefused) {
  const TimeMs now = *read("2026-11-24").earliest_ms;
  for (const char* text :
       {"2026", "2027", "202X", "20XX", "2027-11-25", "1941/..", "[1946..]", "XXXX-07-14", "2020/2027"}) {
    EXPECT_TRUE(check_not_ahead(read(text), now)) << text;
  }
  for (const char* text : {"2028", "2027-11-26", "9999", "203X", "1968/2030", "[..2100]", "[2001,2099]", "2100/.."}) {
    EXPECT_EQ(check_not_ahead(read(text), now).error().key, "date.in-the-future") << text;
  }
}

TEST(FuzzyDate, TheThreeWordsOfConfidenceAreReadAndWritten) {
  for (const auto confidence : {Confidence::certain, Confidence::likely, Confidence::guess}) {
    EXPECT_EQ(confidence_from(name_of(confidence)), confidence);
  }
  EXPECT_FALSE(confidence_from("100 %"));
  EXPECT_FALSE(confidence_from(""));
}

TEST(FuzzyDate, ReadsOrRefusesAnyBytesAndWhatItReadIsSound) {
  std::mt19937 random(20190204);
  constexpr std::string_view kLikely = "0123456789XXXX--//..?~%[],T:Z+Y ";
  std::uniform_int_distribution<std::size_t> length(0, kMaxEdtfLength + 4);
  std::uniform_int_distribution<std::size_t> likely(0, kLikely.size() - 1);
  std::uniform_int_distribution<int> any(0, 255);
  for (int round = 0; round < 60'000; ++round) {
    const bool wild = round % 3 == 0;
    std::string text(wild ? length(random) : length(random) % 12, '\0');
    for (char& c : text)
      c = wild ? static_cast<char>(any(random)) : kLikely[likely(random)];
    const auto date = parse(text);
    if (!date) {
      EXPECT_TRUE(date.error().key.starts_with("date.")) << date.error().key;
      continue;
    }
    EXPECT_LE(date->earliest_ms.value_or(date->sort_key), date->latest_ms.value_or(date->sort_key)) << text;
    EXPECT_EQ(parse(date->edtf).value(), *date) << text;
  }
}

} // namespace
} // namespace mv::dates
