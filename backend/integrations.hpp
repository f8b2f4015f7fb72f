#pragma once

// What a worker does for other systems: it feeds the webhooks from the outbox and delivers what waits for them, and it
// relays the outbox to a broker where one is set.

#include <memory>

#include "core/base/clock.hpp"
#include "core/base/keyed.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/broker.hpp"
#include "core/ports/database.hpp"
#include "core/ports/event_bus.hpp"
#include "core/ports/hook_sender.hpp"
#include "core/ports/job_queue.hpp"

namespace mv {

class Integrations {
public:
  /// All of them outlive it.
  struct Parts {
    Database& db;
    EventBus& bus;
    JobQueue& queue;
    HookSender& hook_sender;
    const Sealer& sealer;
    const Clock& clock;
    Metrics& metrics;
    Broker* broker; ///< Null: none.
  };

  explicit Integrations(const Parts& parts);
  /// Takes nothing new, and returns when what is under way has ended.
  ~Integrations();
  Integrations(const Integrations&) = delete;
  Integrations& operator=(const Integrations&) = delete;

  void start();

private:
  struct Webhooks;
  struct Relay;
  EventBus& bus_;
  std::unique_ptr<Webhooks> webhooks_;
  std::unique_ptr<Relay> relay_; ///< Null without a broker.
};

} // namespace mv
