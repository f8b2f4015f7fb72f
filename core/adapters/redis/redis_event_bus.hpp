#pragma once

// EventBus between processes by Redis' publish and subscribe. A notice is told to the listeners of its own process at
// once and to the others by a thread, so that no writer ever waits for Redis. While Redis is away nothing is told
// between processes: listeners look at the outbox by themselves (realtime::HubOptions::look_every), and are told to
// look again as soon as the subscription stands anew.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/adapters/redis/pool.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/event_bus.hpp"

namespace mv::redis {

struct BusOptions {
  std::chrono::milliseconds first_pause{100};    ///< Between attempts to subscribe: doubled each time …
  std::chrono::milliseconds longest_pause{5000}; ///< … up to this, cut at random by up to half.
  std::chrono::milliseconds ping_every{5000};    ///< A subscription that is silent for two of these is made anew.
};

/// Must outlive the handles that it gave. Metrics: `memoryverse_redis_subscribed` (1 while notices come in) and
/// `memoryverse_redis_subscriptions_total`.
class RedisEventBus final : public EventBus {
public:
  /// The references must outlive it. Starts two threads.
  RedisEventBus(Pool& pool, Metrics& metrics, BusOptions options = {});
  ~RedisEventBus() override;

  void publish(std::int64_t seq) override;
  [[nodiscard]] std::unique_ptr<void, std::function<void(void*)>> subscribe(
      std::function<void(std::int64_t seq)> listener) override;

private:
  void tell(std::int64_t seq);
  void publish_on();
  void listen_on();
  /// Returns when the subscription has ended; true when it had stood.
  bool listen_once();
  void heard(const Reply& message);
  [[nodiscard]] bool wait_for(int descriptor, std::chrono::milliseconds most);

  Pool& pool_;
  BusOptions options_;
  std::string channel_;
  std::string self_; // marks our own notices, which our listeners know of already
  Gauge& subscribed_;
  Counter& subscriptions_;

  std::mutex listeners_mutex_; // held while listeners run, so that a dropped handle knows none is running
  std::map<std::uint64_t, std::function<void(std::int64_t)>> listeners_;
  std::uint64_t next_ = 1;
  std::int64_t highest_ = 0; // told so far

  std::mutex outgoing_mutex_;
  std::condition_variable outgoing_changed_;
  std::int64_t outgoing_ = 0; // the highest that the others are to be told; 0: nothing
  bool stopping_ = false;

  int wake_; // an eventfd: ends what the listening thread waits for
  std::thread publisher_;
  std::thread subscriber_;
};

} // namespace mv::redis
