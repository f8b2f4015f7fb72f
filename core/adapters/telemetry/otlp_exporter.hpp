#pragma once

// Sends spans to an OpenTelemetry collector by OTLP over HTTP, in a thread of its own. A collector that is slow or away
// costs spans and never a request: the queue is bounded, and what does not fit is counted and dropped.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/adapters/telemetry/bounded_queue.hpp"
#include "core/adapters/telemetry/otlp_json.hpp"
#include "core/adapters/telemetry/post.hpp"
#include "core/base/dependency.hpp"
#include "core/base/log.hpp"
#include "core/base/metrics.hpp"
#include "core/base/result.hpp"
#include "core/base/trace.hpp"

namespace mv::telemetry {

/// `Name: value` of each part of `Name=value,Name=value`; nullopt when one is neither.
[[nodiscard]] std::optional<std::vector<std::string>> read_otlp_headers(const Secret& text);

struct OtlpOptions {
  std::string url;  ///< Of the collector, `http://127.0.0.1:4318`; spans go to `/v1/traces` below it.
  Secret headers{}; ///< `Name=value,Name=value`, sent with each call.
  Resource resource{};
  std::size_t queue = 4096;
  std::size_t batch = 512;
  std::chrono::milliseconds patience{2'000};   ///< How long a batch may wait to fill.
  std::chrono::milliseconds timeout{5'000};    ///< Of one call.
  std::chrono::milliseconds first_wait{1'000}; ///< Before a batch is tried again; doubles.
  int attempts = 3;
  CircuitBreakerOptions breaker{};
};

class OtlpExporter final : public SpanSink {
public:
  /// `invalid` with key `config.invalid` for an address or headers that are none. `metrics` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<OtlpExporter>> open(OtlpOptions options, Metrics& metrics);
  /// Sends what waits, for at most one call's time, and ends. Nobody may hand it spans any more.
  ~OtlpExporter() override;

  void take(FinishedSpan span) noexcept override;

private:
  OtlpExporter(OtlpOptions options, std::vector<std::string> headers, Metrics& metrics);
  void work(const std::stop_token& stop);
  [[nodiscard]] bool send(const std::vector<FinishedSpan>& batch, const std::stop_token& stop);

  OtlpOptions options_;
  std::string address_;
  std::vector<std::string> headers_;
  Dependency collector_;
  Counter& exported_;
  Counter& dropped_;
  Counter& lost_;
  BoundedQueue<FinishedSpan> queue_;
  Poster poster_;
  std::jthread thread_; // last: it uses all the rest
};

} // namespace mv::telemetry
