#pragma once

// Cache that all processes share: what one of them made serves the others. Each keeps what it was asked for itself as
// well, so that Redis is asked once for it, and goes on with that while Redis is away.

#include "core/adapters/redis/pool.hpp"
#include "core/base/clock.hpp"
#include "core/ports/cache.hpp"

namespace mv::redis {

class RedisCache final : public Cache {
public:
  /// `local` is asked first. Both must outlive it. Redis forgets a value after `lasts`.
  RedisCache(Pool& pool, Cache& local, TimeMs lasts = 10 * kMinute) : pool_(pool), local_(local), lasts_(lasts) {}

  [[nodiscard]] std::shared_ptr<const std::string> find(std::string_view key) override;
  void keep(std::string_view key, std::shared_ptr<const std::string> value) override;

private:
  Pool& pool_;
  Cache& local_;
  TimeMs lasts_;
};

} // namespace mv::redis
