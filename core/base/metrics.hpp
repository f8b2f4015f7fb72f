#pragma once

// Counters, gauges and histograms in the Prometheus text format. Changing one is an atomic operation; looking one up by
// name and labels takes a lock, so keep the reference where a path is hot. Safe from every thread.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mv {

/// Only grows. Names end in `_total`.
class Counter {
public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// Goes up and down.
class Gauge {
public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
  [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<double> value_ = 0;
};

/// How values spread. Durations are in seconds, names end in their unit: `_seconds`, `_bytes`.
class Histogram {
public:
  explicit Histogram(std::span<const double> bounds);
  void observe(double value);
  void observe(std::chrono::steady_clock::duration took) { observe(std::chrono::duration<double>(took).count()); }

  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }
  /// Observations in each bucket, not cumulated; the last is what is over every bound.
  [[nodiscard]] std::vector<std::uint64_t> counts() const;
  [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

private:
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_ = 0;
};

/// Bounds for durations, in seconds: from half a millisecond to 30 seconds.
[[nodiscard]] std::span<const double> duration_bounds();

/// Times a scope: `const MetricTimer timer(histogram);`
class MetricTimer {
public:
  explicit MetricTimer(Histogram& histogram) : histogram_(histogram) {}
  ~MetricTimer() { histogram_.observe(std::chrono::steady_clock::now() - start_); }
  MetricTimer(const MetricTimer&) = delete;
  MetricTimer& operator=(const MetricTimer&) = delete;

private:
  Histogram& histogram_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Label names and values: `{{"route", "/api/v1/memories"}}`. Values must come from a small known set, never from a
/// person or a path with ids in it.
using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Owns the metrics of a program; references stay good as long as it lives.
class Metrics {
public:
  /// Each name keeps at most `series_per_name` combinations of labels, so that a mistake cannot eat the memory; what
  /// comes after them is counted together under the value `other`.
  explicit Metrics(std::size_t series_per_name = 2000) : series_per_name_(series_per_name) {}

  /// The same name and labels give the same object. Asking for a name as another kind is our mistake, and throws
  /// std::logic_error.
  Counter& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, MetricLabels labels = {});
  /// A counter that somebody else keeps, such as the kernel: set it before each rendering.
  Gauge& foreign_counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, MetricLabels labels = {},
                       std::span<const double> bounds = duration_bounds());

  /// `update` runs before each rendering, for gauges that are cheaper to ask than to keep. It stays for good, so what
  /// it refers to must live as long as the registry.
  void before_render(std::function<void()> update);

  /// Everything in the Prometheus text format 0.0.4, sorted by name.
  [[nodiscard]] std::string render() const;

private:
  struct Series {
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
  };
  enum class Kind { counter, gauge, histogram, foreign_counter };
  struct Family {
    Kind kind = Kind::counter;
    std::string help;
    std::map<std::string, Series, std::less<>> series; // by their labels as they are rendered
  };

  Series& find(std::string_view name, std::string_view help, Kind kind, MetricLabels labels,
               const std::function<void(Series&)>& make);

  std::size_t series_per_name_;
  mutable std::mutex mutex_; // guards the maps; the metrics themselves are atomic
  std::map<std::string, Family, std::less<>> families_;
  std::vector<std::function<void()>> updates_;
};

} // namespace mv
