#include "core/adapters/inprocess/inprocess_event_bus.hpp"

namespace mv::inprocess {

void InprocessEventBus::publish(std::int64_t seq) {
  const std::scoped_lock guard(mutex_);
  for (const auto& [number, listener] : listeners_)
    listener(seq);
}

std::unique_ptr<void, std::function<void(void*)>> InprocessEventBus::subscribe(
    std::function<void(std::int64_t seq)> listener) {
  const std::scoped_lock guard(mutex_);
  const std::uint64_t number = next_++;
  listeners_.emplace(number, std::move(listener));
  return {this, [this, number](void*) {
            const std::scoped_lock inner(mutex_);
            listeners_.erase(number);
          }};
}

} // namespace mv::inprocess
