#include "backend/caches.hpp"

#include "core/adapters/inprocess/inprocess_cache.hpp"
#include "core/adapters/redis/redis_cache.hpp"
#include "core/adapters/redis/redis_shared_version.hpp"

namespace mv {

Caches open_caches(const ServerSettings& settings, redis::Pool* redis, const Sealer& sealer, const Clock& clock,
                   Metrics& metrics) {
  Caches caches;
  if (settings.cache_megabytes == 0) return caches;
  inprocess::CacheOptions options;
  options.most_bytes = static_cast<std::size_t>(settings.cache_megabytes) << 20;
  caches.local = std::make_unique<inprocess::InprocessCache>(clock, metrics, options);
  if (redis != nullptr) {
    caches.shared = std::make_unique<redis::RedisCache>(*redis, *caches.local, sealer);
    caches.session_version = std::make_unique<redis::RedisSharedVersion>(*redis, "sessions");
  }
  return caches;
}

} // namespace mv
