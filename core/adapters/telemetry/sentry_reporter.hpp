#pragma once

// Reports failures of ours to Sentry, or to what speaks its envelope protocol, in a thread of its own. Nothing personal
// leaves: a report holds the error's key, the scrubbed cause, the pattern of the route or the kind of the job, the
// trace id, and the release. No user, address, header, body, path or file name.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/adapters/telemetry/bounded_queue.hpp"
#include "core/adapters/telemetry/post.hpp"
#include "core/adapters/telemetry/sentry_dsn.hpp"
#include "core/base/clock.hpp"
#include "core/base/error_report.hpp"
#include "core/base/metrics.hpp"

namespace mv::telemetry {

struct SentryOptions {
  SentryDsn dsn;
  std::string release;     ///< `memoryverse@0.1.0+1a2b3c4d5e6f`.
  std::string environment; ///< `production`.
  std::size_t queue = 100;
  int per_minute = 30;                      ///< Most reports that leave.
  std::chrono::milliseconds timeout{5'000}; ///< Of one call.
  CircuitBreakerOptions breaker{};
  /// Steady; for limits.
  CircuitBreaker::Now now = std::chrono::steady_clock::now;
};

class SentryReporter final : public ErrorSink {
public:
  /// `clock` and `metrics` must outlive it.
  SentryReporter(SentryOptions options, const Clock& clock, Metrics& metrics);
  /// Sends what waits, as long as it is taken, and ends. Nobody may report to it any more.
  ~SentryReporter() override;

  /// The same key from the same place leaves once a minute.
  void take(ErrorReport report) noexcept override;

private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiting {
    ErrorReport report;
    TimeMs at = 0;
  };
  [[nodiscard]] bool admit(const ErrorReport& report);
  void work(const std::stop_token& stop);
  void send(const Waiting& waiting);
  [[nodiscard]] std::string envelope(const Waiting& waiting) const;

  SentryOptions options_;
  const Clock& clock_;
  Dependency sentry_;
  Counter& sent_;
  Counter& repeated_;
  Counter& limited_;
  Counter& lost_;
  std::mutex mutex_;                                      // guards what follows
  std::map<std::string, Time, std::less<>> last_of_kind_; // when each left last, of the last minute
  Time minute_began_{};
  int in_minute_ = 0;
  Time rest_until_{}; // the receiver asked for it
  BoundedQueue<Waiting> queue_;
  Poster poster_;
  std::jthread thread_; // last: it uses all the rest
};

} // namespace mv::telemetry
