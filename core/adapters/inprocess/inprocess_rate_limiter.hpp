#pragma once

// RateLimiter within one process: a token bucket a key, in bounded memory.

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/base/clock.hpp"
#include "core/ports/rate_limiter.hpp"

namespace mv::inprocess {

class InprocessRateLimiter final : public RateLimiter {
public:
  /// Keeps at most `most_keys`; the one that was idle longest is forgotten first.
  explicit InprocessRateLimiter(const Clock& clock, std::size_t most_keys = 100'000)
      : clock_(clock), most_keys_(most_keys) {}

  [[nodiscard]] Result<void> take(std::string_view key, const RateLimit& limit) override;

private:
  struct Bucket {
    std::string key;
    double permits = 0;
    TimeMs filled_at = 0;
  };

  const Clock& clock_;
  std::size_t most_keys_;
  std::mutex mutex_;
  std::list<Bucket> recent_; // the latest used first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;
};

} // namespace mv::inprocess
