#pragma once

// Cache within one process, in bounded memory: what was not asked for longest goes first.

#include <list>
#include <mutex>
#include <unordered_map>

#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/cache.hpp"

namespace mv::inprocess {

struct CacheOptions {
  std::size_t most_bytes = std::size_t{16} << 20; ///< Keys and values together. One value takes at most an eighth.
  TimeMs lasts = 10 * kMinute;                    ///< After that a value is forgotten, however often it is asked for.
};

class InprocessCache final : public Cache {
public:
  /// The references must outlive it.
  InprocessCache(const Clock& clock, Metrics& metrics, const CacheOptions& options = {});

  [[nodiscard]] std::shared_ptr<const std::string> find(std::string_view key) override;
  void keep(std::string_view key, std::shared_ptr<const std::string> value) override;

private:
  struct Entry {
    std::string key;
    std::shared_ptr<const std::string> value;
    TimeMs until = 0;
  };
  using Entries = std::list<Entry>;
  [[nodiscard]] static std::size_t weight(const Entry& entry);
  void forget(Entries::iterator entry);

  const Clock& clock_;
  CacheOptions options_;
  Gauge& shown_bytes_;
  std::mutex mutex_; // guards what follows
  std::size_t bytes_ = 0;
  Entries recent_; // the latest asked for first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
};

} // namespace mv::inprocess
