#include "core/adapters/inprocess/inprocess_rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace mv::inprocess {

Result<void> InprocessRateLimiter::take(std::string_view key, const RateLimit& limit) {
  const std::scoped_lock guard(mutex_);
  const TimeMs now = clock_.now();
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    recent_.splice(recent_.begin(), recent_, known->second);
  } else {
    if (recent_.size() >= most_keys_) {
      by_key_.erase(recent_.back().key);
      recent_.pop_back();
    }
    recent_.push_front({std::string(key), static_cast<double>(limit.permits), now});
    by_key_.emplace(recent_.front().key, recent_.begin());
  }
  Bucket& bucket = recent_.front();
  // A limit of nothing lets nothing through; it says to come back after its window.
  const double per_ms = std::max(1.0, static_cast<double>(limit.permits)) / static_cast<double>(limit.window);
  // A clock that steps back fills nothing, and loses nothing.
  const auto passed = static_cast<double>(std::max<TimeMs>(0, now - bucket.filled_at));
  bucket.permits = std::min(static_cast<double>(limit.permits), bucket.permits + passed * per_ms);
  bucket.filled_at = now;
  if (bucket.permits >= 1) {
    bucket.permits -= 1;
    return {};
  }
  const double wait_ms = (1 - bucket.permits) / per_ms;
  return std::unexpected(Error{.code = ErrorCode::too_many,
                               .key = "rate.limited",
                               .fields = {},
                               .cause = {},
                               .retry_after_s = std::max(1, static_cast<int>(std::ceil(wait_ms / 1000)))});
}

} // namespace mv::inprocess
