#pragma once

// Dates as cameras, programs and file names write them: local wall time, often incomplete, often nonsense.

#include <cstdint>
#include <optional>
#include <string_view>

namespace mv::media {

/// How much of a WallTime is known; the members after it hold their smallest value.
enum class Precision { year, month, day, minute, second };

/// A moment by the clock on the wall, without saying where the wall is. Only ever holds a date of the calendar
/// between the year of the first photograph and tomorrow.
struct WallTime {
  int year = 0;
  int month = 1; ///< 1 to 12.
  int day = 1;   ///< 1 to 31.
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  Precision precision = Precision::second;

  friend bool operator==(const WallTime&, const WallTime&) = default;
};

/// A wall time and, where the text had one, its distance from UTC.
struct ZonedTime {
  WallTime local;
  std::optional<int> offset_minutes; ///< Local time minus UTC, -14 h to +14 h.
};

/// `2019:07:14 15:30:00`, with fractions, with `-`, `/` or `.` for `:`, with an offset or `Z` behind, or only its
/// beginning (`2019`, `2019:07`); also ISO 8601 as XMP writes it and IPTC's `20190714`. Nothing for what is no date of
/// the calendar (0000:00:00, month 13, 30 February). Does not judge whether the year is absurd: see `is_plausible`.
[[nodiscard]] std::optional<ZonedTime> parse_time(std::string_view text);

/// `+02:00`, `-0330`, `Z`; nothing for anything else or beyond 14 hours.
[[nodiscard]] std::optional<int> parse_offset(std::string_view text);

/// From the year of the first photograph, 1826, up to one day after `now_ms` (UTC milliseconds since the Unix epoch).
[[nodiscard]] bool is_plausible(const WallTime& time, std::int64_t now_ms);

/// The wall time read as if it were UTC, in milliseconds since the Unix epoch. For comparing wall times.
[[nodiscard]] std::int64_t as_utc_ms(const WallTime& time);

/// The date in a name that a camera or a messenger gave: `IMG_20190714_153000.jpg`, `PXL_20231006_063000139.jpg`,
/// `2019-07-14 15.30.00.jpg`, `IMG-20190714-WA0003.jpg`, `Screenshot_2019-07-14-15-30-00.png`. Strict: eight digits
/// that merely could be a date inside a longer number are none. Implausible dates are the caller's to refuse
/// (`is_plausible`); years outside 1990 to 2099 never match, as no such name was made by a program before.
[[nodiscard]] std::optional<WallTime> date_from_file_name(std::string_view file_name);

} // namespace mv::media
