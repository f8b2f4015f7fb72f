#pragma once

// A service outside that we call (S3, Redis, receivers of webhooks, telemetry): its metrics, its circuit breaker
// and a span for each call.
//
//   TRY(auto call, s3.begin("put"));             // an error while it rests
//   const auto answer = http.send(...);
//   call.end(answer ? CallOutcome::success : CallOutcome::failure);
//
// A library that does many small things at once, such as a pool of Redis connections, shares one `Dependency`. So do
// many receivers of one kind, which then have no breaker: one that is down must not hold the others up.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/circuit_breaker.hpp"
#include "core/base/metrics.hpp"
#include "core/base/result.hpp"
#include "core/base/trace.hpp"

namespace mv {

class Dependency;

enum class CallOutcome {
  success,
  refused, ///< It answered, and said no, as 404 or 409: it is well.
  failure, ///< It did not answer, not in time, or with a 5xx.
};

/// One call under way. Without a word about its end it counts as a failure.
class DependencyCall {
public:
  DependencyCall(DependencyCall&& other) noexcept;
  DependencyCall& operator=(DependencyCall&&) = delete;
  ~DependencyCall() { end(CallOutcome::failure); }

  /// Only the first word counts.
  void end(CallOutcome outcome);
  /// For the header of that name, where the service is one that goes on with a trace; "" outside of one.
  [[nodiscard]] std::string traceparent() const { return span_.traceparent(); }

private:
  friend class Dependency;
  DependencyCall(Dependency& dependency, std::string_view operation);

  Dependency* dependency_; // null once the end was told
  std::string_view operation_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Span span_;
};

/// Safe from every thread. Outlives its calls.
class Dependency {
public:
  /// `name` is its label in the metrics: `s3`, `redis`, `webhook`. `metrics` must outlive it, and is not rendered after
  /// it is gone.
  Dependency(std::string name, Metrics& metrics, const CircuitBreakerOptions& options = {},
             CircuitBreaker::Now now = std::chrono::steady_clock::now);
  /// Without a breaker: for calls that come again by a back-off of their own, as those of jobs do.
  struct NeverRests {};
  Dependency(std::string name, Metrics& metrics, NeverRests) : name_(std::move(name)), metrics_(metrics) {}
  Dependency(const Dependency&) = delete;
  Dependency& operator=(const Dependency&) = delete;

  /// `operation` is a literal of a small set: `get`, `publish`. While the breaker refuses, `unavailable` with the key
  /// `dependency.resting` and the time to wait.
  [[nodiscard]] Result<DependencyCall> begin(std::string_view operation);

  [[nodiscard]] const std::string& name() const { return name_; }

private:
  friend class DependencyCall;
  void count(std::string_view operation, std::string_view outcome);

  std::string name_;
  Metrics& metrics_;
  std::optional<CircuitBreaker> breaker_;
};

} // namespace mv
