#pragma once

// The EventBus port: "something new is in the outbox". Events themselves live in the database (core/events),
// so nothing is lost when a notice is. Adapters: core/adapters/inprocess.

#include <cstdint>
#include <functional>
#include <memory>

namespace mv {

/// Safe from every thread.
class EventBus {
public:
  virtual ~EventBus() = default;
  /// Told after each commit that added events: the outbox holds events up to at least `seq`.
  virtual void publish(std::int64_t seq) = 0;
  /// `listener` is called on any thread, quickly returns, never throws. Dropping the handle ends it; when the
  /// handle's destructor returns, no call is under way.
  [[nodiscard]] virtual std::unique_ptr<void, std::function<void(void*)>> subscribe(
      std::function<void(std::int64_t seq)> listener) = 0;
};

} // namespace mv
