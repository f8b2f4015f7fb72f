#include "core/base/iso_time.hpp"

#include <gtest/gtest.h>

#include <format>

namespace mv {
namespace {

TEST(IsoTimeTest, WritesDaysOfAThousandYears) {
  // Steps that meet each month, hour, minute, second and part of one, against the library's own words.
  for (TimeMs at = -15'000'000'000'000; at < 16'000'000'000'000; at += 86'461'007LL * 61) {
    const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds{at}};
    ASSERT_EQ(iso_wall(at), std::format("{:%FT%T}", point));
    ASSERT_EQ(iso_utc(at), std::format("{:%FT%TZ}", point));
  }
}

TEST(IsoTimeTest, GivesFarYearsASignAndSixDigits) {
  constexpr auto at = [](int year) {
    const std::chrono::sys_days day = std::chrono::year(year) / 3 / 15;
    return std::chrono::milliseconds(day.time_since_epoch()).count() + 5;
  };
  EXPECT_EQ(iso_wall(at(-44)), "-000044-03-15T00:00:00.005");
  EXPECT_EQ(iso_wall(at(0)), "0000-03-15T00:00:00.005");
  EXPECT_EQ(iso_wall(at(9999)), "9999-03-15T00:00:00.005");
  EXPECT_EQ(iso_wall(at(12345)), "+012345-03-15T00:00:00.005");
  EXPECT_EQ(iso_wall(-1), "1969-12-31T23:59:59.999");
}

TEST(IsoTimeTest, SaysTheOffset) {
  EXPECT_EQ(iso_with_offset(0, 180), "1970-01-01T03:00:00.000+03:00");
  EXPECT_EQ(iso_with_offset(0, -210), "1969-12-31T20:30:00.000-03:30");
  EXPECT_EQ(iso_with_offset(0, 0), "1970-01-01T00:00:00.000+00:00");
}

} // namespace
} // namespace mv
