#pragma once

// The EventBus port on PostgreSQL's LISTEN and NOTIFY, for processes that share a database and have no Redis.

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/adapters/postgres/address.hpp"
#include "core/adapters/postgres/pulse.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/event_bus.hpp"

namespace mv::postgres {

/// On a database of the product's schema. Listeners of this process are told at once, those of others by a notice. One
/// thread with a connection of its own listens and tells; when the connection breaks, it makes another, and then tells
/// how far the outbox has come. A notice that was never sent, since its process died right after the commit, is made up
/// for within ten seconds.
///
/// Must outlive the handles that it gave. Safe from every thread.
class PostgresEventBus final : public EventBus {
public:
  /// Returns before there is a connection. `metrics` may be null.
  [[nodiscard]] static Result<std::unique_ptr<PostgresEventBus>> open(std::string_view url, Metrics* metrics = nullptr);
  ~PostgresEventBus() override;
  PostgresEventBus(const PostgresEventBus&) = delete;
  PostgresEventBus& operator=(const PostgresEventBus&) = delete;

  void publish(std::int64_t seq) override;
  [[nodiscard]] std::unique_ptr<void, std::function<void(void*)>> subscribe(
      std::function<void(std::int64_t seq)> listener) override;

private:
  class Line;
  PostgresEventBus(Address address, int wake, Metrics* metrics);
  void work(const std::stop_token& stop);
  void talk(Line& line, const std::stop_token& stop);
  void tell(std::int64_t seq);
  void wake() const;

  const Address address_;
  Pulse pulse_;
  const int wake_; // an eventfd: something to publish, or the end
  Gauge* connected_ = nullptr;
  Counter* reconnects_ = nullptr;
  inprocess::InprocessEventBus local_;
  std::atomic<std::int64_t> to_publish_ = 0; // the highest; who reads an outbox needs no other
  std::atomic<std::int64_t> told_ = 0;
  std::jthread thread_;
};

} // namespace mv::postgres
