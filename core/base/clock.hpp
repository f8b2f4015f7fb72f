#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace mv {

/// UTC milliseconds since the Unix epoch: how every point in time is stored and passed.
using TimeMs = std::int64_t;

inline constexpr TimeMs kSecond = 1000;
inline constexpr TimeMs kMinute = 60 * kSecond;
inline constexpr TimeMs kHour = 60 * kMinute;
inline constexpr TimeMs kDay = 24 * kHour;

/// Tells the time. Safe from every thread.
class Clock {
public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimeMs now() const = 0;
};

class SystemClock final : public Clock {
public:
  [[nodiscard]] TimeMs now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  }
};

/// For tests: stands still until told.
class FixedClock final : public Clock {
public:
  explicit FixedClock(TimeMs now) : now_(now) {}
  [[nodiscard]] TimeMs now() const override { return now_; }
  void advance(TimeMs by) { now_ += by; }

private:
  std::atomic<TimeMs> now_;
};

} // namespace mv
