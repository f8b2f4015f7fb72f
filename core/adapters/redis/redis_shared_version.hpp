#pragma once

// SharedVersion as a random text in Redis. When Redis forgets it, by a restart or for want of room, there is another
// one.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

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
  void make_good(const std::stop_token& stop);

  Pool& pool_;
  std::string key_;
  // Changes that were asked for, and how many of them Redis was told of: a change that is told covers those before it.
  std::atomic<std::uint64_t> asked_ = 0;
  std::atomic<std::uint64_t> told_ = 0;
  std::mutex mutex_;
  std::condition_variable_any owes_;
  // Redis may be well again for other processes first, and nobody need ask this one anything. Last, so that it ends
  // first.
  std::jthread maker_good_;
};

} // namespace mv::redis
