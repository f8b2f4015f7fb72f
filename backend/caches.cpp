#include "backend/caches.hpp"

#include "core/accounts/recent_sessions.hpp"
#include "core/adapters/inprocess/inprocess_cache.hpp"
#include "core/adapters/redis/redis_cache.hpp"
#include "core/adapters/redis/redis_shared_version.hpp"

namespace mv {

namespace {

constexpr std::size_t kSessions = std::size_t{1} << 20; // some 2,000 of them

} // namespace

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
    caches.local_sessions = std::make_unique<inprocess::InprocessCache>(
        clock, metrics, inprocess::CacheOptions{.most_bytes = kSessions, .lasts = accounts::kRecentLasts});
    caches.sessions =
        std::make_unique<redis::RedisCache>(*redis, *caches.local_sessions, sealer, accounts::kRecentLasts);
  }
  return caches;
}

} // namespace mv
