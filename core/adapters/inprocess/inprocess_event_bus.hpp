#pragma once

// EventBus within one process. Listeners are called on the publisher's thread, one publisher at a time.

#include <map>
#include <mutex>

#include "core/ports/event_bus.hpp"

namespace mv::inprocess {

/// Must outlive the handles that it gave.
class InprocessEventBus final : public EventBus {
public:
  void publish(std::int64_t seq) override;
  [[nodiscard]] std::unique_ptr<void, std::function<void(void*)>> subscribe(
      std::function<void(std::int64_t seq)> listener) override;

private:
  std::mutex mutex_; // held while listeners run, so that a dropped handle knows none is running
  std::map<std::uint64_t, std::function<void(std::int64_t)>> listeners_;
  std::uint64_t next_ = 1;
};

} // namespace mv::inprocess
