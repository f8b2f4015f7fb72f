#pragma once

// Presence that all processes share: a sorted set a space, of "USER HOLDER" by when the word runs out on Redis' clock.
// A space has few members, so each script reads its whole set.

#include "core/adapters/redis/pool.hpp"
#include "core/adapters/redis/server_time.hpp"
#include "core/ports/presence.hpp"

namespace mv::redis {

class RedisPresence final : public Presence {
public:
  /// `pool` must outlive it.
  explicit RedisPresence(Pool& pool, ServerTime time = {}) : pool_(pool), time_(std::move(time)) {}

  [[nodiscard]] Result<std::vector<std::string>> keep(std::string_view space_id, std::string_view holder,
                                                      std::span<const std::string> users) override;
  [[nodiscard]] Result<std::vector<std::string>> leave(std::string_view space_id, std::string_view holder,
                                                       std::span<const std::string> users) override;
  [[nodiscard]] Result<std::vector<std::string>> expire(std::string_view space_id) override;
  [[nodiscard]] Result<std::vector<std::string>> list(std::string_view space_id) override;

private:
  [[nodiscard]] Result<std::vector<std::string>> run(const Script& script, std::string_view space_id,
                                                     std::string_view holder, std::span<const std::string> users);

  Pool& pool_;
  ServerTime time_;
};

} // namespace mv::redis
