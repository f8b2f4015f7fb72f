#include "core/base/circuit_breaker.hpp"

#include <algorithm>

namespace mv {

bool CircuitBreaker::allow() {
  const std::scoped_lock lock(mutex_);
  if (!open_) return true;
  const auto now = now_();
  if (now < next_trial_) return false;
  next_trial_ = now + options_.rest; // the others wait for this trial
  return true;
}

void CircuitBreaker::succeeded() {
  const std::scoped_lock lock(mutex_);
  failures_ = 0;
  open_ = false;
}

void CircuitBreaker::failed() {
  const std::scoped_lock lock(mutex_);
  ++failures_;
  if (failures_ < options_.failures_to_open) return;
  // Calls that were under way when it opened fail as well; the rest counts from the last of them.
  open_ = true;
  next_trial_ = now_() + options_.rest;
}

CircuitBreaker::State CircuitBreaker::state() const {
  const std::scoped_lock lock(mutex_);
  return state_at(now_());
}

std::chrono::steady_clock::duration CircuitBreaker::wait() const {
  const std::scoped_lock lock(mutex_);
  if (!open_) return {};
  return std::max(next_trial_ - now_(), std::chrono::steady_clock::duration{});
}

CircuitBreaker::State CircuitBreaker::state_at(std::chrono::steady_clock::time_point now) const {
  if (!open_) return State::closed;
  return now < next_trial_ ? State::open : State::half_open;
}

} // namespace mv
