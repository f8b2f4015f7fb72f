#pragma once

// What the server keeps to answer with again: in itself, and where processes share Redis, there for all of them.

#include <memory>

#include "backend/settings.hpp"
#include "core/adapters/redis/pool.hpp"
#include "core/base/clock.hpp"
#include "core/base/keyed.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/cache.hpp"
#include "core/ports/shared_version.hpp"

namespace mv {

/// All null where nothing is to be kept.
struct Caches {
  std::unique_ptr<Cache> local;
  std::unique_ptr<Cache> shared;                  ///< Null without Redis.
  std::unique_ptr<SharedVersion> session_version; ///< Null without Redis: then sessions are not kept.
  std::unique_ptr<Cache> local_sessions;          ///< Apart, as they are many, small, and of no use after seconds.
  std::unique_ptr<Cache> sessions;

  [[nodiscard]] Cache* best() const { return shared ? shared.get() : local.get(); }
};

/// `redis` may be null. What lies in Redis is sealed. The references must outlive the caches.
[[nodiscard]] Caches open_caches(const ServerSettings& settings, redis::Pool* redis, const Sealer& sealer,
                                 const Clock& clock, Metrics& metrics);

} // namespace mv
