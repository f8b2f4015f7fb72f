#include "core/adapters/redis/redis_presence.hpp"

#include <array>

namespace mv::redis {

namespace {

/// Begins each script. ARGV: the clock, how long a word holds, the holder, the people. `here` has who is vouched for,
/// `gone` whose words have all run out.
constexpr std::string_view kRead = R"(
local lasts = tonumber(ARGV[2])
local words = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local here, late = {}, {}
for i = 1, #words, 2 do
  local user = string.match(words[i], '^[^ ]+')
  if tonumber(words[i + 1]) > now then
    here[user] = (here[user] or 0) + 1
  else
    late[#late + 1] = words[i]
  end
end
local answer = {}
)";

Script script_of(std::string_view rest) { return Script(std::string(kNow) + std::string(kRead) + std::string(rest)); }

// The words of the dead that nobody clears away, since nobody is there to be told, go with the whole key.
const Script& keep_script() {
  static const Script script = script_of(R"(
for i = 4, #ARGV do
  if not here[ARGV[i]] then answer[#answer + 1] = ARGV[i] end
  redis.call('ZADD', KEYS[1], now + lasts, ARGV[i] .. ' ' .. ARGV[3])
end
redis.call('PEXPIRE', KEYS[1], 10 * lasts)
return answer
)");
  return script;
}

const Script& leave_script() {
  static const Script script = script_of(R"(
for i = 4, #ARGV do
  local word = ARGV[i] .. ' ' .. ARGV[3]
  local until_ms = redis.call('ZSCORE', KEYS[1], word)
  if until_ms then
    redis.call('ZREM', KEYS[1], word)
    local others = here[ARGV[i]] or 0
    if tonumber(until_ms) > now then others = others - 1 end
    if others == 0 then answer[#answer + 1] = ARGV[i] end
  end
end
return answer
)");
  return script;
}

const Script& expire_script() {
  static const Script script = script_of(R"(
local told = {}
for _, word in ipairs(late) do
  redis.call('ZREM', KEYS[1], word)
  local user = string.match(word, '^[^ ]+')
  if not here[user] and not told[user] then
    told[user] = true
    answer[#answer + 1] = user
  end
end
return answer
)");
  return script;
}

const Script& list_script() {
  static const Script script = script_of(R"(
for user in pairs(here) do answer[#answer + 1] = user end
return answer
)");
  return script;
}

} // namespace

Result<std::vector<std::string>> RedisPresence::keep(std::string_view space_id, std::string_view holder,
                                                     std::span<const std::string> users) {
  return run(keep_script(), space_id, holder, users);
}

Result<std::vector<std::string>> RedisPresence::leave(std::string_view space_id, std::string_view holder,
                                                      std::span<const std::string> users) {
  return run(leave_script(), space_id, holder, users);
}

Result<std::vector<std::string>> RedisPresence::expire(std::string_view space_id) {
  return run(expire_script(), space_id, "", {});
}

Result<std::vector<std::string>> RedisPresence::list(std::string_view space_id) {
  return run(list_script(), space_id, "", {});
}

Result<std::vector<std::string>> RedisPresence::run(const Script& script, std::string_view space_id,
                                                    std::string_view holder, std::span<const std::string> users) {
  const std::string key = pool_.prefix() + "here:" + std::string(space_id);
  const std::string lasts = std::to_string(kPresenceLasts);
  std::vector<std::string_view> arguments{time_.key, lasts, holder};
  arguments.insert(arguments.end(), users.begin(), users.end());
  TRY(Reply reply, pool_.run(script, std::array<std::string_view, 1>{key}, arguments));
  std::vector<std::string> names;
  names.reserve(reply.items.size());
  for (Reply& item : reply.items)
    names.push_back(std::move(item.text));
  return names;
}

} // namespace mv::redis
