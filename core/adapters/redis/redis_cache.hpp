#pragma once

// Cache that all processes share: what one of them made serves the others. Each keeps what it was asked for itself as
// well, so that Redis is asked once for it, and goes on with that while Redis is away. What lies in Redis is sealed:
// whoever reads there learns nothing, and what somebody else put there is nothing.

#include "core/adapters/redis/pool.hpp"
#include "core/base/clock.hpp"
#include "core/base/keyed.hpp"
#include "core/ports/cache.hpp"

namespace mv::redis {

class RedisCache final : public Cache {
public:
  /// `local` is asked first. All must outlive it; `sealer` is of a key that all processes have. Redis forgets a value
  /// after `lasts`.
  RedisCache(Pool& pool, Cache& local, const Sealer& sealer, TimeMs lasts = 10 * kMinute)
      : pool_(pool), local_(local), sealer_(sealer), lasts_(lasts) {}

  [[nodiscard]] std::shared_ptr<const std::string> find(std::string_view key) override;
  void keep(std::string_view key, std::shared_ptr<const std::string> value) override;

private:
  Pool& pool_;
  Cache& local_;
  const Sealer& sealer_;
  TimeMs lasts_;
};

} // namespace mv::redis
