#include "core/media/wall_time.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace mv::media {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr int kMaxOffsetMinutes = 14 * 60;

/// Reads a text from its front.
class Reader {
public:
  explicit Reader(std::string_view text) : text_(text) {}

  /// Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (text_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[i])) return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return value;
  }

  /// One character out of `set`.
  bool any_of(std::string_view set) {
    if (text_.empty() || set.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }

  void spaces() {
    while (any_of(" ")) {
    }
  }

  /// The fraction behind a decimal sign, in milliseconds.
  int milliseconds() {
    int value = 0;
    int scale = 100;
    while (!text_.empty() && is_digit(text_.front())) {
      value += (text_.front() - '0') * scale;
      scale /= 10;
      text_.remove_prefix(1);
    }
    return value;
  }

  [[nodiscard]] std::string_view rest() const { return text_; }
  [[nodiscard]] bool done() const { return text_.empty(); }

private:
  std::string_view text_;
};

std::string_view trimmed(std::string_view text) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) text = text.substr(0, nul);
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

bool is_real(const WallTime& time) {
  // Second 60 is a leap second; cameras do not know of those, but GPS receivers do.
  const std::chrono::year_month_day date(std::chrono::year(time.year),
                                         std::chrono::month(static_cast<unsigned>(time.month)),
                                         std::chrono::day(static_cast<unsigned>(time.day)));
  return time.year >= 1 && date.ok() && time.hour <= 23 && time.minute <= 59 && time.second <= 60;
}

/// Hour, minute and second with `:` or whatever else separates them, from the front of `reader`.
bool read_clock(Reader& reader, WallTime& time) {
  const auto hour = reader.digits(2);
  if (!hour) return false;
  const bool separated = reader.any_of(":.-");
  const auto minute = reader.digits(2);
  if (!minute) return false;
  time.hour = *hour;
  time.minute = *minute;
  time.precision = Precision::minute;
  Reader ahead = reader;
  if (separated ? ahead.any_of(":.-") : true) {
    if (const auto second = ahead.digits(2)) {
      time.second = *second;
      time.precision = Precision::second;
      if (ahead.any_of(".,")) time.millisecond = ahead.milliseconds();
      reader = ahead;
    }
  }
  return true;
}

/// A time found in a file name: two digits each, of the clock, without leap seconds.
bool is_clock(int hour, int minute, int second) { return hour <= 23 && minute <= 59 && second <= 59; }

} // namespace

std::optional<int> parse_offset(std::string_view text) {
  text = trimmed(text);
  if (text == "Z" || text == "z") return 0;
  Reader reader(text);
  const bool negative = text.starts_with('-');
  if (!reader.any_of("+-")) return std::nullopt;
  const auto hours = reader.digits(2);
  if (!hours) return std::nullopt;
  int minutes = *hours * 60;
  reader.any_of(":");
  if (!reader.done()) {
    const auto rest = reader.digits(2);
    if (!rest || *rest > 59 || !reader.done()) return std::nullopt;
    minutes += *rest;
  }
  if (minutes > kMaxOffsetMinutes) return std::nullopt;
  return negative ? -minutes : minutes;
}

std::optional<ZonedTime> parse_time(std::string_view text) {
  Reader reader(trimmed(text));
  ZonedTime result;
  WallTime& time = result.local;
  const auto year = reader.digits(4);
  if (!year) return std::nullopt;
  time.year = *year;
  time.precision = Precision::year;

  const bool separated = reader.any_of(":-/.");
  if (!reader.done()) {
    const auto month = reader.digits(2);
    if (!month) return std::nullopt;
    time.month = *month;
    time.precision = Precision::month;
  }
  if (!reader.done()) {
    if (separated && !reader.any_of(":-/.")) return std::nullopt;
    const auto day = reader.digits(2);
    if (!day) return std::nullopt;
    time.day = *day;
    time.precision = Precision::day;
  }
  // ISO 8601 and IPTC have a way to leave out what is not known; zeros after a good year mean the same. EXIF's zeros
  // stand among a time of day and mean that nothing is known, so they are refused below.
  if (reader.done() && time.year > 0) {
    if (time.precision == Precision::day && time.day == 0) {
      time.day = 1;
      time.precision = Precision::month;
    }
    if (time.precision != Precision::year && time.month == 0) {
      time.month = 1;
      time.precision = Precision::year;
    }
  }
  if (!reader.done()) {
    if (!reader.any_of("T ")) return std::nullopt;
    reader.spaces();
    if (!reader.done() && !read_clock(reader, time)) return std::nullopt;
    reader.spaces();
    if (!reader.done()) {
      result.offset_minutes = parse_offset(reader.rest());
      if (!result.offset_minutes) return std::nullopt;
    }
  }
  if (!is_real(time)) return std::nullopt;
  if (time.second == 60) time.second = 59;
  return result;
}

std::int64_t as_utc_ms(const WallTime& time) {
  const std::chrono::sys_days day(std::chrono::year_month_day(std::chrono::year(time.year),
                                                              std::chrono::month(static_cast<unsigned>(time.month)),
                                                              std::chrono::day(static_cast<unsigned>(time.day))));
  const auto moment = std::chrono::time_point_cast<std::chrono::milliseconds>(day) + std::chrono::hours(time.hour) +
                      std::chrono::minutes(time.minute) + std::chrono::seconds(time.second) +
                      std::chrono::milliseconds(time.millisecond);
  return moment.time_since_epoch().count();
}

bool is_plausible(const WallTime& time, std::int64_t now_ms) {
  constexpr int kFirstPhotograph = 1826;
  constexpr std::int64_t kDayMs = 86'400'000;
  return time.year >= kFirstPhotograph && as_utc_ms(time) <= now_ms + kDayMs;
}

std::optional<WallTime> date_from_file_name(std::string_view file_name) {
  const std::size_t slash = file_name.find_last_of("/\\");
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);

  for (std::size_t at = 0; at + 8 <= file_name.size(); ++at) {
    if (at > 0 && is_digit(file_name[at - 1])) continue; // inside a longer number
    Reader reader(file_name.substr(at));
    WallTime time;
    const auto year = reader.digits(4);
    if (!year || *year < 1990 || *year > 2099) continue;
    const bool separated = reader.any_of("-_.");
    const auto month = reader.digits(2);
    if (!month || (separated && !reader.any_of("-_."))) continue;
    const auto day = reader.digits(2);
    if (!day) continue;
    time.year = *year;
    time.month = *month;
    time.day = *day;
    time.precision = Precision::day;

    Reader clock = reader;
    std::optional<int> hour;
    std::optional<int> minute;
    std::optional<int> second;
    const bool parted = clock.any_of("_-T .");
    if (parted || !separated) { // 20190714153000 runs on; 2019-07-14153000 nobody writes
      clock.spaces();
      if (clock.rest().starts_with("at ")) clock = Reader(clock.rest().substr(3)); // "2019-07-14 at 15.30.00"
      hour = clock.digits(2);
      const bool dotted = hour && clock.any_of(".-_:h");
      minute = hour ? clock.digits(2) : std::nullopt;
      const bool more = minute && (dotted ? clock.any_of(".-_:m") : true);
      second = more ? clock.digits(2) : std::nullopt;
    }
    if (second && is_clock(*hour, *minute, *second)) {
      // Three digits more are milliseconds (Pixel phones); any other number of them makes all of it a mere number.
      const std::string_view rest = clock.rest();
      std::size_t tail = 0;
      while (tail < rest.size() && is_digit(rest[tail]))
        ++tail;
      if (tail == 0 || tail == 3) {
        time.hour = *hour;
        time.minute = *minute;
        time.second = *second;
        time.millisecond = tail == 3 ? clock.milliseconds() : 0;
        time.precision = Precision::second;
        if (is_real(time)) return time;
        continue;
      }
    }
    if (!reader.done() && is_digit(reader.rest().front())) continue; // inside a longer number
    if (is_real(time)) return time;
  }
  return std::nullopt;
}

} // namespace mv::media
