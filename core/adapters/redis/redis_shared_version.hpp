#pragma once

// SharedVersion as a random text in Redis. When Redis forgets it, by a restart or for want of room, there is another
// one.

#include <atomic>
#include <cstdint>
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
  [[nodiscard]] bool is_owed() const { return told_ < asked_; }
  void tell();

  Pool& pool_;
  std::string key_;
  // Changes that were asked for, and how many of them Redis was told of: a change that is told covers those before it.
  std::atomic<std::uint64_t> asked_ = 0;
  std::atomic<std::uint64_t> told_ = 0;
};

} // namespace mv::redis
