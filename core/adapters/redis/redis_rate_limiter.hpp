#pragma once

// RateLimiter that all processes share: a token bucket in Redis, taken from by a script in one step, on Redis' own
// clock. Keys are kept as hashes, since they hold addresses of people, and only as long as they count. While Redis is
// away each process counts for itself.

#include "core/adapters/redis/pool.hpp"
#include "core/adapters/redis/server_time.hpp"
#include "core/ports/rate_limiter.hpp"

namespace mv::redis {

class RedisRateLimiter final : public RateLimiter {
public:
  /// `local` counts while Redis does not. Both must outlive it.
  RedisRateLimiter(Pool& pool, RateLimiter& local, ServerTime time = {})
      : pool_(pool), local_(local), time_(std::move(time)) {}

  [[nodiscard]] Result<void> take(std::string_view key, const RateLimit& limit) override;

private:
  Pool& pool_;
  RateLimiter& local_;
  ServerTime time_;
};

} // namespace mv::redis
