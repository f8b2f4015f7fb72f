#pragma once

// Spares a service that does not answer, and those who wait for it: after some failures in a row calls are refused at
// once, and after a rest one call at a time tries whether it is well again. `Dependency` beside it counts as well.

#include <chrono>
#include <functional>
#include <mutex>

namespace mv {

struct CircuitBreakerOptions {
  int failures_to_open = 5;                                           ///< In a row.
  std::chrono::steady_clock::duration rest = std::chrono::seconds(5); ///< From opening to the first trial.
};

/// Safe from every thread.
class CircuitBreaker {
public:
  enum class State {
    closed,    ///< Calls go out.
    half_open, ///< One call at a time goes out, as a trial.
    open,      ///< No call goes out.
  };
  /// Steady, so that a step of the wall clock neither opens nor holds anything; tests bring their own.
  using Now = std::function<std::chrono::steady_clock::time_point()>;

  explicit CircuitBreaker(const CircuitBreakerOptions& options = {}, Now now = std::chrono::steady_clock::now)
      : options_(options), now_(std::move(now)) {}

  /// Whether a call may go out now. Each yes is followed by `succeeded` or `failed`; a trial of which nothing is heard
  /// for as long as a rest makes room for the next.
  [[nodiscard]] bool allow();
  /// It answered, be it with a refusal.
  void succeeded();
  /// It did not answer, not in time, or said that it is broken.
  void failed();

  [[nodiscard]] State state() const;
  /// How long until a call may go out; zero when one may.
  [[nodiscard]] std::chrono::steady_clock::duration wait() const;

private:
  [[nodiscard]] State state_at(std::chrono::steady_clock::time_point now) const;

  CircuitBreakerOptions options_;
  Now now_;
  mutable std::mutex mutex_; // guards what follows
  int failures_ = 0;         // in a row
  bool open_ = false;
  std::chrono::steady_clock::time_point next_trial_; // while open_
};

} // namespace mv
