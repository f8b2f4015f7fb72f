#pragma once

// ISO 8601 texts of points in time, for replies and logs.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "core/base/clock.hpp"

namespace mv {

/// `2026-11-24T04:05:06.789`, without a zone. Years outside 0 to 9999 get a sign and six digits.
[[nodiscard]] inline std::string iso_wall(TimeMs at) {
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds{at}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const auto in_day = (point - day).count();
  const int year = static_cast<int>(date.year());
  char text[48];
  std::snprintf(
      text, sizeof text,
      (year < 0 || year > 9999) ? "%+07d-%02u-%02uT%02d:%02d:%02d.%03d" : "%04d-%02u-%02uT%02d:%02d:%02d.%03d", year,
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(in_day / kHour),
      static_cast<int>(in_day / kMinute % 60), static_cast<int>(in_day / kSecond % 60),
      static_cast<int>(in_day % kSecond));
  return text;
}

/// `2026-11-24T04:05:06.789Z`.
[[nodiscard]] inline std::string iso_utc(TimeMs at) { return iso_wall(at) + 'Z'; }

/// A UTC moment as wall time with its offset, `2026-11-24T07:05:06.789+03:00`.
[[nodiscard]] inline std::string iso_with_offset(TimeMs utc, std::int64_t offset_minutes) {
  const std::int64_t size = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  char zone[16];
  std::snprintf(zone, sizeof zone, "%c%02d:%02d", offset_minutes < 0 ? '-' : '+', static_cast<int>(size / 60),
                static_cast<int>(size % 60));
  return iso_wall(utc + offset_minutes * kMinute) + zone;
}

/// `2026-11`, the month of a wall time: the name of its bucket in the timeline. Years before 0 as `-0044-03`.
[[nodiscard]] inline std::string iso_month(TimeMs wall) {
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds{wall}};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(point)};
  const int year = static_cast<int>(date.year());
  char text[24];
  std::snprintf(text, sizeof text, "%s%04d-%02u", year < 0 ? "-" : "", year < 0 ? -year : year,
                static_cast<unsigned>(date.month()));
  return text;
}

} // namespace mv
