#pragma once

// What every Database adapter tells of each query by its name: how long, how often, how often in vain, a line when it
// is slow, and a span. Never its parameters.

#include <chrono>
#include <cstddef>
#include <string_view>

#include "core/base/metrics.hpp"
#include "core/base/trace.hpp"

namespace mv {

/// Looked up once; an adapter keeps it beside the prepared statement. Both null where nobody measures.
struct QueryMetrics {
  Histogram* took = nullptr;
  Counter* failed = nullptr;

  /// `metrics` may be null.
  [[nodiscard]] static QueryMetrics of(Metrics* metrics, std::string_view query_name);
};

/// One run of a query, from the constructor to `end`. Used by one thread.
class QueryWatch {
public:
  /// `name` is a constant.
  explicit QueryWatch(std::string_view name) : name_(name), span_(name, SpanKind::client) {}
  QueryWatch(const QueryWatch&) = delete;
  QueryWatch& operator=(const QueryWatch&) = delete;

  [[nodiscard]] std::chrono::steady_clock::time_point began() const { return began_; }
  void end(const QueryMetrics& metrics, bool ok, std::size_t rows, std::chrono::milliseconds slow_after);

private:
  std::string_view name_;
  Span span_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

} // namespace mv
