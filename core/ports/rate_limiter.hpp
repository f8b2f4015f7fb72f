#pragma once

// The RateLimiter port. Adapters: core/adapters/inprocess.

#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace mv {

/// So many per window, counted as a token bucket that refills evenly.
struct RateLimit {
  int permits = 10;
  TimeMs window = kMinute;
};

/// Safe from every thread.
class RateLimiter {
public:
  virtual ~RateLimiter() = default;
  /// Takes one permit for `key`; `too_many` with key `rate.limited` and `retry_after_s` when none is left.
  [[nodiscard]] virtual Result<void> take(std::string_view key, const RateLimit& limit) = 0;
};

} // namespace mv
