#pragma once

// What a worker does for other systems: it feeds the webhooks from the outbox and delivers what waits for them.

#include <memory>

#include "core/base/clock.hpp"
#include "core/base/keyed.hpp"
#include "core/base/metrics.hpp"
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
  };

  /// Starts at once.
  explicit Integrations(const Parts& parts);
  /// Takes nothing new, and returns when what is under way has ended.
  ~Integrations();
  Integrations(const Integrations&) = delete;
  Integrations& operator=(const Integrations&) = delete;

private:
  struct Webhooks;
  std::unique_ptr<Webhooks> webhooks_;
};

} // namespace mv
