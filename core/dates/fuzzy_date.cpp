#include "core/dates/fuzzy_date.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace mv::dates {
namespace {

constexpr TimeMs kGraceAhead = 366 * kDay;

constexpr std::array<std::string_view, 13> kPrecisionNames = {"second", "day",     "month",      "season",   "year",
                                                              "decade", "century", "millennium", "interval", "before",
                                                              "after",  "choice",  "yearless"};
constexpr std::array<std::string_view, 3> kConfidenceNames = {"certain", "likely", "guess"};

} // namespace

Result<FuzzyDate> from_wall_time(int year, int month, int day, int hour, int minute, int second,
                                 std::optional<int> offset_minutes) {
  // The parser judges the numbers; here only what would not fit its digits is refused.
  if (year < -9999 || year > 9999) return fail(ErrorCode::unprocessable, "date.out-of-range");
  for (const int part : {month, day, hour, minute, second}) {
    if (part < 0 || part > 99) return fail(ErrorCode::unprocessable, "date.no-such-day");
  }
  if (month > 12) return fail(ErrorCode::unprocessable, "date.no-such-day"); // 21 would be spring
  const int offset = offset_minutes.value_or(0);
  if (offset < -14 * 60 || offset > 14 * 60) return fail(ErrorCode::unprocessable, "date.out-of-range");

  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s%04d-%02d-%02dT%02d:%02d:%02d", year < 0 ? "-" : "", std::abs(year), month,
                day, hour, minute, second);
  std::string edtf = text.data();
  if (offset_minutes) {
    std::snprintf(text.data(), text.size(), "%c%02d:%02d", offset < 0 ? '-' : '+', std::abs(offset) / 60,
                  std::abs(offset) % 60);
    edtf += text.data();
  }
  return parse(edtf);
}

Result<> check_not_ahead(const FuzzyDate& date, TimeMs now) {
  if (date.last_start_ms > now + kGraceAhead) return fail(ErrorCode::unprocessable, "date.in-the-future");
  return {};
}

std::string_view name_of(Precision precision) { return kPrecisionNames[std::to_underlying(precision)]; }

std::string_view name_of(Confidence confidence) { return kConfidenceNames[std::to_underlying(confidence)]; }

std::optional<Confidence> confidence_from(std::string_view name) {
  for (std::size_t i = 0; i < kConfidenceNames.size(); ++i) {
    if (kConfidenceNames[i] == name) return static_cast<Confidence>(i);
  }
  return std::nullopt;
}

} // namespace mv::dates
