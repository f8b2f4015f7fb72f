#include "core/base/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace mv {

namespace {

constexpr std::array kDurationBounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,   0.5,   1.0,    2.5,   5.0,  10.0,  30.0};

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out.append("\\\\");
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '"' && quotes) {
      out.append("\\\"");
    } else {
      out.push_back(c);
    }
  }
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string render_labels(MetricLabels labels, bool as_other) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out.push_back(',');
    out.append(name).append("=\"");
    append_escaped(out, as_other ? std::string_view("other") : value, true);
    out.push_back('"');
  }
  return out;
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels,
                   std::string_view more_labels, const std::string& value) {
  out.append(name).append(suffix);
  if (!labels.empty() || !more_labels.empty()) {
    out.push_back('{');
    out.append(labels);
    if (!labels.empty() && !more_labels.empty()) out.push_back(',');
    out.append(more_labels);
    out.push_back('}');
  }
  out.append(" ").append(value).append("\n");
}

void append_histogram(std::string& out, std::string_view name, std::string_view labels, const Histogram& histogram) {
  // The counts are read once, so that buckets, +Inf and _count agree with each other while others observe.
  const std::vector<std::uint64_t> counts = histogram.counts();
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    const std::string bound = i < histogram.bounds().size() ? number(histogram.bounds()[i]) : "+Inf";
    append_sample(out, name, "_bucket", labels, "le=\"" + bound + "\"", std::to_string(total));
  }
  append_sample(out, name, "_sum", labels, "", number(histogram.sum()));
  append_sample(out, name, "_count", labels, "", std::to_string(total));
}

} // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {}

void Histogram::observe(double value) {
  const auto bound = std::ranges::lower_bound(bounds_, value);
  counts_[static_cast<std::size_t>(bound - bounds_.begin())].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<std::uint64_t> Histogram::counts() const {
  std::vector<std::uint64_t> counts;
  counts.reserve(counts_.size());
  for (const auto& count : counts_)
    counts.push_back(count.load(std::memory_order_relaxed));
  return counts;
}

std::span<const double> duration_bounds() { return kDurationBounds; }

Metrics::Series& Metrics::find(std::string_view name, std::string_view help, Kind kind, MetricLabels labels,
                               const std::function<void(Series&)>& make) {
  const std::scoped_lock lock(mutex_);
  auto family = families_.find(name);
  if (family == families_.end()) {
    family = families_.emplace(std::string(name), Family{.kind = kind, .help = std::string(help), .series = {}}).first;
  }
  if (family->second.kind != kind) throw std::logic_error("metric " + std::string(name) + " is of two kinds");

  auto& series = family->second.series;
  std::string key = render_labels(labels, false);
  auto found = series.find(key);
  if (found == series.end() && series.size() >= series_per_name_) {
    key = render_labels(labels, true);
    found = series.find(key);
  }
  if (found == series.end()) {
    found = series.emplace(std::move(key), Series{}).first;
    make(found->second);
  }
  return found->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, MetricLabels labels) {
  return *find(name, help, Kind::counter, labels, [](Series& series) {
            series.counter = std::make_unique<Counter>();
          }).counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
  return *find(name, help, Kind::gauge, labels, [](Series& series) { series.gauge = std::make_unique<Gauge>(); }).gauge;
}

Gauge& Metrics::foreign_counter(std::string_view name, std::string_view help, MetricLabels labels) {
  return *find(name, help, Kind::foreign_counter, labels, [](Series& series) {
            series.gauge = std::make_unique<Gauge>();
          }).gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, MetricLabels labels,
                              std::span<const double> bounds) {
  return *find(name, help, Kind::histogram, labels, [bounds](Series& series) {
            series.histogram = std::make_unique<Histogram>(bounds);
          }).histogram;
}

void Metrics::before_render(std::function<void()> update) {
  const std::scoped_lock lock(mutex_);
  updates_.push_back(std::move(update));
}

std::string Metrics::render() const {
  std::vector<std::function<void()>> updates;
  {
    const std::scoped_lock lock(mutex_);
    updates = updates_;
  }
  for (const auto& update : updates)
    update(); // without the lock: they look their gauges up

  const std::scoped_lock lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    constexpr std::array<std::string_view, 4> kKinds = {"counter", "gauge", "histogram", "counter"};
    out.append("# HELP ").append(name).append(" ");
    append_escaped(out, family.help, false);
    out.append("\n# TYPE ").append(name).append(" ").append(kKinds[static_cast<std::size_t>(family.kind)]).append("\n");
    for (const auto& [labels, series] : family.series) {
      if (series.counter) append_sample(out, name, "", labels, "", std::to_string(series.counter->value()));
      if (series.gauge) append_sample(out, name, "", labels, "", number(series.gauge->value()));
      if (series.histogram) append_histogram(out, name, labels, *series.histogram);
    }
  }
  return out;
}

} // namespace mv
