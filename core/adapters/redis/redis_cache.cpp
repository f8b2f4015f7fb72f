#include "core/adapters/redis/redis_cache.hpp"

namespace mv::redis {

namespace {

// One thread serves everybody in Redis: what takes long to move would hold up the limits and the notices of all.
constexpr std::size_t kMost = std::size_t{1} << 20;

} // namespace

std::shared_ptr<const std::string> RedisCache::find(std::string_view key) {
  if (auto known = local_.find(key)) return known;
  const auto reply = pool_.run({"GET", pool_.prefix() + "cache:" + std::string(key)});
  if (!reply || reply->kind != Reply::Kind::text) return nullptr;
  auto opened = sealer_.open(reply->text, key);
  if (!opened) return nullptr;
  auto value = std::make_shared<const std::string>(*std::move(opened));
  local_.keep(key, value);
  return value;
}

void RedisCache::keep(std::string_view key, std::shared_ptr<const std::string> value) {
  // A failure is in the metrics of the pool, and the value is made again where it is missed.
  if (value->size() <= kMost) {
    static_cast<void>(pool_.run({"SET", pool_.prefix() + "cache:" + std::string(key), sealer_.seal(*value, key), "PX",
                                 std::to_string(lasts_)}));
  }
  local_.keep(key, std::move(value));
}

} // namespace mv::redis
