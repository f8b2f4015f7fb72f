#pragma once

// The Cache port: values that can always be made again. Adapters: core/adapters/inprocess and redis.

#include <memory>
#include <string>
#include <string_view>

namespace mv {

/// Whoever keeps something chooses a key under which only one value is ever right, so that nothing has to be taken
/// back: what changes gets another key. A value may be gone at any time. Safe from every thread.
class Cache {
public:
  virtual ~Cache() = default;
  /// Null where it is not kept, or not to be had now.
  [[nodiscard]] virtual std::shared_ptr<const std::string> find(std::string_view key) = 0;
  /// `value` is not null. A large one may not be kept at all.
  virtual void keep(std::string_view key, std::shared_ptr<const std::string> value) = 0;
};

} // namespace mv
