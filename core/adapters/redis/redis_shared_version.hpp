#pragma once

// SharedVersion as a random text in Redis. When Redis forgets it, by a restart or for want of room, there is another
// one.

#include <atomic>
#include <string>
#include <string_view>

#include "core/adapters/redis/pool.hpp"
#include "core/ports/shared_version.hpp"

namespace mv::redis {

class RedisSharedVersion final : public SharedVersion {
public:
  /// `name` says what is of that version. `pool` must outlive it.
  RedisSharedVersion(Pool& pool, std::string_view name);

  [[nodiscard]] std::optional<std::string> read() override;
  void change() override;

private:
  Pool& pool_;
  std::string key_;
  std::atomic<bool> owed_ = false; // a change that Redis was not told of
};

} // namespace mv::redis
