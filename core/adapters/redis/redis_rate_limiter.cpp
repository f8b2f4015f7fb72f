#include "core/adapters/redis/redis_rate_limiter.hpp"

#include <algorithm>
#include <array>

#include "core/base/hash.hpp"

namespace mv::redis {

namespace {

/// The same arithmetic as inprocess::InprocessRateLimiter. Gives the milliseconds to wait, 0 when a permit was taken.
const Script& take_script() {
  static const Script script(std::string(kNow) + R"(
local permits = tonumber(ARGV[2])
local window = tonumber(ARGV[3])
local per_ms = math.max(1, permits) / window
local bucket = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(bucket[1]) or permits
local passed = math.max(0, now - (tonumber(bucket[2]) or now))
left = math.min(permits, left + passed * per_ms)
local wait = 0
if left >= 1 then
  left = left - 1
else
  wait = math.ceil((1 - left) / per_ms)
end
redis.call('HSET', KEYS[1], 'left', string.format('%.17g', left), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], window)
return wait
)");
  return script;
}

} // namespace

Result<void> RedisRateLimiter::take(std::string_view key, const RateLimit& limit) {
  const std::string bucket = pool_.prefix() + "rate:" + sha256_hex(key);
  const std::string permits = std::to_string(limit.permits);
  const std::string window = std::to_string(limit.window);
  const auto wait_ms = pool_.run(take_script(), std::array<std::string_view, 1>{bucket},
                                 std::array<std::string_view, 3>{time_.key, permits, window});
  if (!wait_ms) return local_.take(key, limit);
  if (wait_ms->integer == 0) return {};
  return std::unexpected(
      Error{.code = ErrorCode::too_many,
            .key = "rate.limited",
            .fields = {},
            .cause = {},
            .retry_after_s = static_cast<int>(std::max<std::int64_t>(1, (wait_ms->integer + 999) / 1000))});
}

} // namespace mv::redis
