#pragma once

// ISO 8601 texts of points in time, for replies and logs.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "core/base/clock.hpp"

namespace mv {

namespace iso {

/// `number` as `digits` digits; it has no more. A list writes hundreds of times, and printf took longer than the rest.
inline void put_digits(char*& at, unsigned number, int digits) {
  for (int place = digits - 1; place >= 0; --place, number /= 10)
    at[place] = static_cast<char>('0' + number % 10);
  at += digits;
}

} // namespace iso

/// `2026-11-24T04:05:06.789`, without a zone. Years outside 0 to 9999 get a sign and six digits.
[[nodiscard]] inline std::string iso_wall(TimeMs at) {
  const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds{at}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const auto in_day = (point - day).count();
  const int year = static_cast<int>(date.year());
  char text[32];
  char* end = text;
  const bool plain = year >= 0 && year <= 9999;
  if (!plain) *end++ = year < 0 ? '-' : '+';
  iso::put_digits(end, static_cast<unsigned>(year < 0 ? -year : year), plain ? 4 : 6);
  *end++ = '-';
  iso::put_digits(end, static_cast<unsigned>(date.month()), 2);
  *end++ = '-';
  iso::put_digits(end, static_cast<unsigned>(date.day()), 2);
  *end++ = 'T';
  iso::put_digits(end, static_cast<unsigned>(in_day / kHour), 2);
  *end++ = ':';
  iso::put_digits(end, static_cast<unsigned>(in_day / kMinute % 60), 2);
  *end++ = ':';
  iso::put_digits(end, static_cast<unsigned>(in_day / kSecond % 60), 2);
  *end++ = '.';
  iso::put_digits(end, static_cast<unsigned>(in_day % kSecond), 3);
  return {text, end};
}

/// `2026-11-24T04:05:06.789Z`.
[[nodiscard]] inline std::string iso_utc(TimeMs at) { return iso_wall(at) + 'Z'; }

/// A UTC moment as wall time with its offset, `2026-11-24T07:05:06.789+03:00`.
[[nodiscard]] inline std::string iso_with_offset(TimeMs utc, std::int64_t offset_minutes) {
  const auto size = static_cast<unsigned>(offset_minutes < 0 ? -offset_minutes : offset_minutes);
  char zone[8];
  char* end = zone;
  *end++ = offset_minutes < 0 ? '-' : '+';
  iso::put_digits(end, size / 60, 2);
  *end++ = ':';
  iso::put_digits(end, size % 60, 2);
  return iso_wall(utc + offset_minutes * kMinute).append(zone, end);
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
