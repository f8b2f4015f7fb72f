#include "core/dates/period.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace mv::dates {
namespace {

namespace chr = std::chrono;

constexpr int kMaxYear = 9999;
constexpr int kMaxOffsetMinutes = 14 * 60;

/// Hands out the text from the left.
class Scanner {
public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  unsigned take_qualifier() {
    if (take('?')) return kUncertain;
    if (take('~')) return kApproximate;
    if (take('%')) return kUncertain | kApproximate;
    return 0;
  }

  /// `count` characters, digits first and X after them, and no digit following.
  std::optional<Part> take_part(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    Part part{.digits = rest_.substr(0, count)};
    for (const char c : part.digits) {
      const bool digit = c >= '0' && c <= '9';
      if (!digit && c != 'X') return std::nullopt;
      if (digit && part.unknown > 0) return std::nullopt;
      if (!digit) ++part.unknown;
      part.low = part.low * 10 + (digit ? c - '0' : 0);
      part.high = part.high * 10 + (digit ? c - '0' : 9);
    }
    rest_.remove_prefix(count);
    return part;
  }

  std::optional<int> take_two_digits() {
    const auto part = take_part(2);
    if (!part || part->unknown > 0) return std::nullopt;
    return part->low;
  }

private:
  std::string_view rest_;
};

TimeMs start_of(int year, int month, int day) {
  const chr::sys_days days{chr::year{year} / month / day};
  return chr::duration_cast<chr::milliseconds>(days.time_since_epoch()).count();
}

bool exists(int year, int month, int day) { return (chr::year{year} / month / day).ok(); }

/// The first or the last day that fits the digits; nothing when none does (30 February).
std::optional<TimeMs> fitting_day(const Period& period, bool want_last) {
  const int step = want_last ? -1 : 1;
  const auto begin = [want_last](const Part& part) { return want_last ? part.high : part.low; };
  const auto within = [](const Part& part, int value) { return value >= part.low && value <= part.high; };
  // The longest wait for a 29 February is eight years (1896 to 1904), so no more of them are tried.
  int tries = 9;
  for (int year = begin(period.year); within(period.year, year) && tries > 0; year += step, --tries) {
    for (int month = begin(period.month); within(period.month, month); month += step) {
      for (int day = begin(period.day); within(period.day, day); day += step) {
        if (exists(year, month, day)) return start_of(year, month, day);
      }
    }
  }
  return std::nullopt;
}

struct Division {
  int first_month;
  int months;
};

Division division(int code) {
  static constexpr std::array<int, 12> kSeasonStarts = {3, 6, 9, 12, 3, 6, 9, 12, 9, 12, 3, 6};
  if (code <= 32) return {kSeasonStarts[static_cast<std::size_t>(code - kFirstDivision)], 3};
  if (code <= 36) return {(code - 33) * 3 + 1, 3};
  if (code <= 39) return {(code - 37) * 4 + 1, 4};
  return {(code - 40) * 6 + 1, 6};
}

/// Fills `first` and `last`.
Result<> find_bounds(Period& period) {
  if (period.negative) {
    // -004X is -49 to -40: the digits grow away from zero.
    period.year.low = -period.year.low;
    period.year.high = -period.year.high;
    std::swap(period.year.low, period.year.high);
  }
  if (period.is_division()) {
    const Division part = division(period.month.low);
    const int end = part.first_month + part.months; // the month after, from 4 to 15
    period.first = start_of(period.year.low, part.first_month, 1);
    period.last = start_of(period.year.high + (end - 1) / 12, (end - 1) % 12 + 1, 1) - 1;
    return {};
  }
  // A part that is not given is one of which nothing is known.
  Period whole = period;
  const auto open = [](Part& part, int low, int high) {
    if (!part.given()) part = Part{.low = low, .high = high};
    part.low = std::max(part.low, low);
    part.high = std::min(part.high, high);
  };
  open(whole.month, 1, 12);
  open(whole.day, 1, 31);
  const auto first = fitting_day(whole, false);
  const auto last = fitting_day(whole, true);
  if (!first || !last) return refuse("date.no-such-day");
  period.first = *first;
  period.last = *last + kDay - 1;
  return {};
}

/// `Z`, `+03`, `+03:00` or nothing.
Result<> read_offset(Scanner& scan, Period& period) {
  if (scan.take('Z')) {
    period.offset_minutes = 0;
    return {};
  }
  const bool west = scan.take('-');
  if (!west && !scan.take('+')) return {};
  const auto hours = scan.take_two_digits();
  if (!hours) return not_edtf();
  int minutes = 0;
  if (scan.take(':')) {
    const auto read = scan.take_two_digits();
    if (!read) return not_edtf();
    minutes = *read;
  }
  const int total = *hours * 60 + minutes;
  if (minutes > 59 || total > kMaxOffsetMinutes) return refuse("date.out-of-range");
  if (west && total == 0) return not_edtf(); // ISO 8601 has no minus zero
  period.offset_minutes = west ? -total : total;
  return {};
}

std::string offset_text(std::optional<int> offset_minutes) {
  if (!offset_minutes) return {};
  if (*offset_minutes == 0) return "Z";
  const int size = std::abs(*offset_minutes);
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%c%02d:%02d", *offset_minutes < 0 ? '-' : '+', size / 60 % 100, size % 60);
  return text.data();
}

/// What follows the T of `2019-07-14T15:30:00+03:00`. A leap second is refused: no clock of a camera shows one.
Result<> read_time(Scanner& scan, Period& period) {
  const auto hour = scan.take_two_digits();
  if (!hour || !scan.take(':')) return not_edtf();
  const auto minute = scan.take_two_digits();
  if (!minute || !scan.take(':')) return not_edtf();
  const auto second = scan.take_two_digits();
  if (!second) return not_edtf();
  TRY_OK(read_offset(scan, period));

  const bool midnight = *hour == 24 && *minute == 0 && *second == 0;
  if ((*hour > 23 && !midnight) || *minute > 59 || *second > 59) return refuse("date.no-such-day");
  period.first += *hour * kHour + *minute * kMinute + *second * kSecond;
  period.last = period.first + kSecond - 1;
  if (period.first >= start_of(kMaxYear + 1, 1, 1)) return refuse("date.out-of-range");

  std::array<char, 16> clock{};
  std::snprintf(clock.data(), clock.size(), "T%02d:%02d:%02d", midnight ? 0 : *hour % 100, *minute % 100,
                *second % 100);
  period.time = clock.data() + offset_text(period.offset_minutes);
  return {};
}

/// `Y17000`: well formed, but no family was there.
Result<Period> refuse_long_year(Scanner& scan) {
  scan.take('-');
  return scan.take_part(5) ? refuse("date.out-of-range") : not_edtf();
}

/// Month or day with the qualifiers round it; a mark after a part is for everything left of it too.
bool read_part(Scanner& scan, Part& part, std::size_t count, std::initializer_list<Part*> with_those_before) {
  const unsigned own = scan.take_qualifier();
  const auto read = scan.take_part(count);
  if (!read) return false;
  part = *read;
  part.qualifier = own;
  const unsigned group = scan.take_qualifier();
  for (Part* each : with_those_before)
    each->qualifier |= group;
  return true;
}

std::string_view qualifier_text(unsigned qualifier) {
  static constexpr std::array<std::string_view, 4> kMarks = {"", "?", "~", "%"};
  return kMarks[qualifier];
}

} // namespace

Result<Period> read_period(std::string_view text, bool allow_time) {
  Scanner scan(text);
  if (scan.take('Y')) return refuse_long_year(scan);

  Period period;
  const unsigned own = scan.take_qualifier();
  period.negative = scan.take('-');
  const auto year = scan.take_part(4);
  if (!year) return not_edtf();
  period.year = *year;
  period.year.qualifier = own;
  period.year.qualifier |= scan.take_qualifier();
  if (period.negative && (period.year.unknown == 4 || period.year.high == 0)) return not_edtf();

  if (scan.take('-')) {
    if (!read_part(scan, period.month, 2, {&period.year, &period.month})) return not_edtf();
    if (period.month.sharp()) {
      const int month = period.month.low;
      if (month < 1 || month > kLastDivision || (month > 12 && month < kFirstDivision))
        return refuse("date.no-such-day");
    } else if (period.month.low > 12) {
      return refuse("date.no-such-day");
    }
  }
  if (period.month.given() && !period.is_division() && scan.take('-')) {
    if (!read_part(scan, period.day, 2, {&period.year, &period.month, &period.day})) return not_edtf();
    if (period.day.low > 31) return refuse("date.no-such-day");
  }
  const bool says_nothing = period.yearless() && (!period.month.given() || period.month.unknown == 2) &&
                            (!period.day.given() || period.day.unknown == 2);
  if (says_nothing) return scan.at_end() ? refuse("date.says-nothing") : not_edtf();
  TRY_OK(find_bounds(period));

  const bool plain = period.year.sharp() && period.month.sharp() && period.day.sharp() && period.qualifiers() == 0;
  if (allow_time && plain && scan.take('T')) TRY_OK(read_time(scan, period));
  if (!scan.at_end()) return not_edtf();
  return period;
}

std::string month_text(TimeMs moment) {
  const chr::sys_days days = chr::floor<chr::days>(chr::sys_time<chr::milliseconds>(chr::milliseconds(moment)));
  const chr::year_month_day date(days);
  const int year = static_cast<int>(date.year());
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%s%04d-%02u", year < 0 ? "-" : "", std::abs(year),
                static_cast<unsigned>(date.month()));
  return text.data();
}

std::string text_of(const Period& period) {
  if (!period.time.empty()) {
    // 24:00:00 has moved to the next day, so the day is written from the moment.
    const chr::sys_days days = chr::floor<chr::days>(chr::sys_time<chr::milliseconds>(chr::milliseconds(period.first)));
    const unsigned day = static_cast<unsigned>(chr::year_month_day(days).day());
    return month_text(period.first) + (day < 10 ? "-0" : "-") + std::to_string(day) + period.time;
  }
  std::vector<const Part*> parts = {&period.year};
  if (period.month.given()) parts.push_back(&period.month);
  if (period.day.given()) parts.push_back(&period.day);
  const unsigned shared = period.year.qualifier;
  const bool alike = std::ranges::all_of(parts, [&](const Part* part) { return part->qualifier == shared; });

  std::string text;
  for (const Part* part : parts) {
    if (part != &period.year) text += '-';
    if (!alike) text += qualifier_text(part->qualifier);
    if (part == &period.year && period.negative) text += '-';
    text += part->digits;
  }
  if (alike) text += qualifier_text(shared);
  return text;
}

Precision precision_of(const Period& period) {
  if (!period.time.empty()) return Precision::second;
  switch (period.year.unknown) {
    case 4:
      return Precision::yearless;
    case 3:
      return Precision::millennium;
    case 2:
      return Precision::century;
    case 1:
      return Precision::decade;
    default:
      break;
  }
  if (period.is_division()) return Precision::season;
  if (!period.month.sharp()) return Precision::year;
  return period.day.sharp() ? Precision::day : Precision::month;
}

} // namespace mv::dates
