#pragma once

// One date of an EDTF text, as `parse` in fuzzy_date.hpp needs it: private to this folder.

#include "core/dates/fuzzy_date.hpp"

namespace mv::dates {

/// Bits of the qualifiers `?`, `~` and, both, `%`.
inline constexpr unsigned kUncertain = 1;
inline constexpr unsigned kApproximate = 2;

inline constexpr int kFirstDivision = 21; ///< Of a year: seasons, quarters, thirds, halves.
inline constexpr int kLastDivision = 41;

/// Year, month or day: its digits as written, and the values that the unspecified ones leave open.
struct Part {
  std::string_view digits{}; ///< A view of the text that was read, which must outlive it.
  std::size_t unknown = 0;   ///< How many X.
  int low = 0;
  int high = 0;
  unsigned qualifier = 0;

  [[nodiscard]] bool given() const { return !digits.empty(); }
  [[nodiscard]] bool sharp() const { return given() && unknown == 0; }
};

struct Period {
  bool negative = false;
  Part year, month, day;
  std::string time; ///< `T15:30:00+03:00`, normalised; empty for a date without time of day.
  std::optional<int> offset_minutes;

  TimeMs first = 0; ///< In wall time, inclusive.
  TimeMs last = 0;

  [[nodiscard]] bool yearless() const { return year.unknown == 4; }
  [[nodiscard]] bool is_division() const { return month.sharp() && month.low >= kFirstDivision; }
  [[nodiscard]] unsigned qualifiers() const { return year.qualifier | month.qualifier | day.qualifier; }
};

/// Reads the whole of `text` as one date; the refusals are those of `parse`.
[[nodiscard]] Result<Period> read_period(std::string_view text, bool allow_time);

/// The date written back, normalised.
[[nodiscard]] std::string text_of(const Period& period);

[[nodiscard]] Precision precision_of(const Period& period);

/// The year and month of a moment in wall time, as `2019-07` or `-0044-03`.
[[nodiscard]] std::string month_text(TimeMs moment);

[[nodiscard]] inline std::unexpected<Error> refuse(std::string_view key) { return fail(ErrorCode::unprocessable, key); }
[[nodiscard]] inline std::unexpected<Error> not_edtf() { return refuse("date.not-edtf"); }

} // namespace mv::dates
