#include "core/adapters/inprocess/inprocess_cache.hpp"

namespace mv::inprocess {

namespace {

constexpr std::size_t kPerEntry = 200; // nodes of the list and the map, and what the allocator adds

} // namespace

InprocessCache::InprocessCache(const Clock& clock, Metrics& metrics, const CacheOptions& options)
    : clock_(clock),
      options_(options),
      shown_bytes_(metrics.gauge("memoryverse_cache_bytes", "What this process keeps to answer with again.")) {}

std::size_t InprocessCache::weight(const Entry& entry) { return entry.key.size() + entry.value->size() + kPerEntry; }

std::shared_ptr<const std::string> InprocessCache::find(std::string_view key) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  // A clock that was set back may not let a value live on.
  const TimeMs left = found->second->until - clock_.now();
  if (left <= 0 || left > options_.lasts) {
    forget(found->second);
    return nullptr;
  }
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->value;
}

void InprocessCache::keep(std::string_view key, std::shared_ptr<const std::string> value) {
  Entry entry{.key = std::string(key), .value = std::move(value), .until = clock_.now() + options_.lasts};
  if (weight(entry) > options_.most_bytes / 8) return;
  const std::scoped_lock lock(mutex_);
  if (const auto known = by_key_.find(key); known != by_key_.end()) forget(known->second);
  bytes_ += weight(entry);
  shown_bytes_.add(static_cast<double>(weight(entry)));
  recent_.push_front(std::move(entry));
  by_key_.emplace(recent_.front().key, recent_.begin());
  while (bytes_ > options_.most_bytes)
    forget(std::prev(recent_.end()));
}

void InprocessCache::forget(Entries::iterator entry) {
  bytes_ -= weight(*entry);
  shown_bytes_.add(-static_cast<double>(weight(*entry)));
  by_key_.erase(entry->key);
  recent_.erase(entry);
}

} // namespace mv::inprocess
