#pragma once

// When a memory was: an EDTF text and what a program needs of it.
//
// EDTF is the Extended Date/Time Format of ISO 8601-2:2019 as the Library of Congress publishes it (4 February 2019).
// Levels 0 and 1 are read whole, apart from years beyond four digits, which are recognised and refused as out of
// range. Of level 2 is read what a family says:
//   - qualification of a part: `1935-~06`, `?1935-06`, `1935-06~-14`
//   - unspecified digits from the right of any part: `156X-12-25`, `1984-1X`, `XXXX-07-14`
//   - divisions of a year: 21–24 seasons, 25–32 seasons by hemisphere, 33–36 quarters, 37–39 thirds, 40–41 halves
//   - one of a set: `[..1940]` before 1941, `[1946..]` after 1945, `[1968..1970]`, `[1962,1964]`
// Not read: `{…}` (a memory has one time), exponents, significant digits, time of day in intervals, and unspecified
// digits left of specified ones in one part (`19X5`).
//
// Seasons are those of the northern half unless the text says otherwise, three whole months each: spring March to
// May, summer June to August, autumn September to November, and winter from December of its year to the end of
// February of the next, so that seasons of one year stand in order and winter 1941–42 is `1941-24`.

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mv::dates {

/// How closely the text tells the time; for what spans more than one period, in which way it does.
enum class Precision {
  second,     ///< `2019-07-14T15:30:00`
  day,        ///< `1962-07-14`
  month,      ///< `1962-07`, `1962-07-XX`
  season,     ///< `1962-22`, and quarters, thirds and halves of a year
  year,       ///< `1962`, `1962-XX`
  decade,     ///< `196X`, and `196X-07`
  century,    ///< `19XX`
  millennium, ///< `1XXX`
  interval,   ///< `1968/1970`, `1941/..`: lasted from one to the other
  before,     ///< `[..1940]`: once, not later
  after,      ///< `[1946..]`: once, not earlier
  choice,     ///< `[1968..1970]`, `[1962,1964]`: once, in one of them
  yearless,   ///< `XXXX-07-14`: the day is known, the year is not
};

/// How sure the person is who said it. Kept beside the date and not in its text: a firm memory of "about 1935" and a
/// wild guess of "14 July 1962" are different things.
enum class Confidence {
  certain, ///< «знаю», I know
  likely,  ///< «думаю, так», I think so
  guess,   ///< «догадка», a guess
};

/// The sort key of what has no place in time; smaller than that of any date, and safe in a JavaScript number.
inline constexpr std::int64_t kUndatedSortKey = -400'000'000'000'000;

/// The bucket of what has no place in time.
inline constexpr std::string_view kUndatedBucket = "undated";

/// The longest text that is looked at.
inline constexpr std::size_t kMaxEdtfLength = 80;

/// All times are milliseconds since 1970-01-01T00:00 in the proleptic Gregorian calendar with a year zero.
struct FuzzyDate {
  /// Normalised: parts that are equally qualified share one mark at the end, otherwise each has its own before it;
  /// offsets are `Z` or `±hh:mm`; 24:00:00 is 00:00:00 of the next day.
  std::string edtf;

  /// First and last millisecond that the text allows; nothing where that end is open, unknown, or without a year.
  /// UTC where the offset is known; otherwise the wall time taken as if it were UTC. "About" and "?" do not widen
  /// them: how far "about" reaches is a matter of drawing and of search, and not of what was said.
  std::optional<TimeMs> earliest_ms;
  std::optional<TimeMs> latest_ms;

  /// What a timeline sorts by, newest first: the first moment of the first period that is named, in wall time. So what
  /// is known less closely follows everything that is known better in the same period: a month after its days, a
  /// year after its January, "the sixties" after 1960, "before 1941" after all of 1940. Wall time and not UTC, so that
  /// the days of a journey stay whole; `bucket` is always the month of `sort_key`.
  std::int64_t sort_key = kUndatedSortKey;

  /// The first moment, in wall time, of the last period that is named: what is asked whether a date lies ahead.
  std::int64_t last_start_ms = kUndatedSortKey;

  Precision precision = Precision::day;
  bool approximate = false; ///< `~` or `%` anywhere.
  bool uncertain = false;   ///< `?` or `%` anywhere.

  /// `2019-07`, the month of `sort_key`; years before 0 as `-0044-03`. `undated` when the year is unknown.
  std::string bucket{kUndatedBucket};

  /// Local time minus UTC in minutes, where the text has it.
  std::optional<int> offset_minutes;

  bool operator==(const FuzzyDate&) const = default;
};

/// Reads an EDTF text. Refuses with `unprocessable` and one of the keys
///   `date.not-edtf`       not in this format, or in a part of it that is not read,
///   `date.too-long`       longer than `kMaxEdtfLength`,
///   `date.no-such-day`    30 February, month 13, 25 o'clock,
///   `date.out-of-range`   a year outside −9999 to 9999, an offset beyond 14 hours,
///   `date.backwards`      ends before it begins,
///   `date.says-nothing`   `XXXX`, `../..`: an undated memory has no date at all.
/// Takes any bytes, throws nothing of its own, may be called from every thread.
[[nodiscard]] Result<FuzzyDate> parse(std::string_view text);

/// A date and time of day as a camera or a form gives it; the same refusals as `parse`.
[[nodiscard]] Result<FuzzyDate> from_wall_time(int year, int month, int day, int hour, int minute, int second,
                                               std::optional<int> offset_minutes = std::nullopt);

/// Refuses with `date.in-the-future` what begins more than a year after `now`: a typing error or a dead camera clock.
/// One year is left for clocks, time zones and announced events.
[[nodiscard]] Result<> check_not_ahead(const FuzzyDate& date, TimeMs now);

/// `second`, `day`, …: the name of the enumerator.
[[nodiscard]] std::string_view name_of(Precision precision);

/// `certain`, `likely`, `guess`, as stored and sent.
[[nodiscard]] std::string_view name_of(Confidence confidence);
[[nodiscard]] std::optional<Confidence> confidence_from(std::string_view name);

} // namespace mv::dates
