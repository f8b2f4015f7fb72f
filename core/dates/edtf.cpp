// Composes a FuzzyDate of the one, two or several dates of an EDTF text; period.cpp reads each of them.

#include <algorithm>
#include <utility>

#include "core/dates/fuzzy_date.hpp"
#include "core/dates/period.hpp"

namespace mv::dates {
namespace {

constexpr std::size_t kMaxSetSize = 16;

void add_qualifiers(FuzzyDate& date, const Period& period) {
  const unsigned all = period.qualifiers();
  date.approximate |= (all & kApproximate) != 0;
  date.uncertain |= (all & kUncertain) != 0;
}

Result<FuzzyDate> read_single(std::string_view text) {
  TRY(const Period period, read_period(text, true));
  FuzzyDate date;
  date.edtf = text_of(period);
  date.precision = precision_of(period);
  add_qualifiers(date, period);
  if (period.yearless()) return date;

  const TimeMs to_utc = -period.offset_minutes.value_or(0) * kMinute;
  date.earliest_ms = period.first + to_utc;
  date.latest_ms = period.last + to_utc;
  date.sort_key = date.last_start_ms = period.first;
  date.bucket = month_text(date.sort_key);
  date.offset_minutes = period.offset_minutes;
  return date;
}

/// A run of time from one period to another, of which one end may be missing.
struct Span {
  std::optional<Period> from, to;

  [[nodiscard]] TimeMs first_start() const { return from ? from->first : to->first; }
  [[nodiscard]] TimeMs last_start() const { return to ? to->first : from->first; }
};

/// Reads the ends of a span; an empty text is a missing end.
Result<Span> read_span(std::string_view from, std::string_view to) {
  if (from.empty() && to.empty()) return refuse("date.says-nothing");
  Span span;
  for (const auto& [text, end] : {std::pair{from, &span.from}, std::pair{to, &span.to}}) {
    if (text.empty()) continue;
    TRY(Period period, read_period(text, false));
    if (period.yearless()) return not_edtf();
    *end = std::move(period);
  }
  if (span.from && span.to && span.to->last < span.from->first) return refuse("date.backwards");
  return span;
}

/// `1968/1970`; an end is open (`..`) or unknown (nothing).
Result<FuzzyDate> read_interval(std::string_view text, std::size_t slash) {
  const std::string_view from = text.substr(0, slash);
  const std::string_view to = text.substr(slash + 1);
  const auto given = [](std::string_view end) { return end == ".." ? std::string_view{} : end; };
  TRY(const Span span, read_span(given(from), given(to)));

  FuzzyDate date;
  date.precision = Precision::interval;
  date.edtf =
      (span.from ? text_of(*span.from) : std::string(from)) + '/' + (span.to ? text_of(*span.to) : std::string(to));
  if (span.from) date.earliest_ms = span.from->first;
  if (span.to) date.latest_ms = span.to->last;
  if (span.from) add_qualifiers(date, *span.from);
  if (span.to) add_qualifiers(date, *span.to);
  date.sort_key = span.first_start();
  date.last_start_ms = span.last_start();
  date.bucket = month_text(date.sort_key);
  return date;
}

/// One element of a set: `1962`, `1968..1970`, `..1940` or `1946..`.
Result<Span> read_element(std::string_view text, std::string& normalised) {
  const std::size_t dots = text.find("..");
  const bool range = dots != std::string_view::npos;
  const std::string_view from = text.substr(0, dots);
  const std::string_view to = range ? text.substr(dots + 2) : from;
  TRY(Span span, read_span(from, to));
  if (span.from) normalised += text_of(*span.from);
  if (range) normalised += "..";
  if (range && span.to) normalised += text_of(*span.to);
  return span;
}

/// `[..1940]`, `[1968..1970]`, `[1962,1964]`: the text between the brackets.
Result<FuzzyDate> read_set(std::string_view text) {
  FuzzyDate date;
  date.edtf = "[";
  bool open_start = false;
  bool open_end = false;
  std::size_t size = 0;
  for (bool more = true; more; ++size) {
    if (size == kMaxSetSize) return not_edtf();
    const std::size_t comma = text.find(',');
    more = comma != std::string_view::npos;
    const std::string_view element = text.substr(0, comma);
    // One thing between brackets is no set.
    if (size == 0 && !more && element.find("..") == std::string_view::npos) return not_edtf();
    if (element.empty()) return not_edtf();
    if (size > 0) date.edtf += ',';
    TRY(const Span span, read_element(element, date.edtf));

    open_start |= !span.from;
    open_end |= !span.to;
    if (span.from) {
      add_qualifiers(date, *span.from);
      date.earliest_ms = std::min(date.earliest_ms.value_or(span.from->first), span.from->first);
    }
    if (span.to) {
      add_qualifiers(date, *span.to);
      date.latest_ms = std::max(date.latest_ms.value_or(span.to->last), span.to->last);
    }
    date.sort_key = size == 0 ? span.first_start() : std::min(date.sort_key, span.first_start());
    date.last_start_ms = std::max(date.last_start_ms, span.last_start());
    if (more) text.remove_prefix(comma + 1);
  }
  date.edtf += ']';
  if (open_start && open_end) return refuse("date.says-nothing");
  if (open_start) date.earliest_ms.reset();
  if (open_end) date.latest_ms.reset();
  date.precision = open_start ? Precision::before : open_end ? Precision::after : Precision::choice;
  date.bucket = month_text(date.sort_key);
  return date;
}

} // namespace

Result<FuzzyDate> parse(std::string_view text) {
  if (text.size() > kMaxEdtfLength) return refuse("date.too-long");
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return not_edtf();
    return read_set(text.substr(1, text.size() - 2));
  }
  const std::size_t slash = text.find('/');
  return slash == std::string_view::npos ? read_single(text) : read_interval(text, slash);
}

} // namespace mv::dates
