#pragma once

// Redis' clock inside a script: all processes count by one clock, however far apart their own are.

#include <string>
#include <string_view>

namespace mv::redis {

/// Begins a script: `now` in UTC milliseconds. The script's first argument is ServerTime::key.
inline constexpr std::string_view kNow = R"(
local now
if ARGV[1] ~= '' then
  now = tonumber(redis.call('GET', ARGV[1]))
else
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
)";

struct ServerTime {
  std::string key{}; ///< For tests: a key that holds the time, which then stands still.
};

} // namespace mv::redis
