#include "backend/integrations.hpp"

#include "core/adapters/jobs/runner.hpp"
#include "core/base/dependency.hpp"
#include "core/events/broker_relay.hpp"
#include "core/events/follower.hpp"
#include "core/webhooks/deliverer.hpp"
#include "core/webhooks/feeder.hpp"

namespace mv {

namespace {

// Threads of their own: a receiver that takes its time must not hold up the pictures that people wait for.
constexpr int kDeliveryThreads = 2;
// The number of attempts says nothing: the deliverer itself knows when a hook has failed for long enough.
constexpr int kNeverGiveUp = 1'000'000;

} // namespace

struct Integrations::Webhooks {
  explicit Webhooks(const Parts& parts)
      : receivers("webhook", parts.metrics, Dependency::NeverRests{}),
        runner(parts.queue, parts.metrics, kDeliveryThreads),
        deliverer(parts.db, parts.queue, parts.hook_sender, parts.sealer, receivers, parts.clock,
                  [this] { return runner.stopping(); }),
        feeder(parts.db, parts.queue, parts.clock, [this] { runner.notify(); }) {
    runner.handle(std::string(webhooks::kDeliverJob),
                  {.run = [this](const Job& job) { return deliverer.run(job); }, .max_attempts = kNeverGiveUp});
  }
  void start(EventBus& bus) {
    runner.start();
    follower = std::make_unique<events::Follower>("webhooks", bus, [this] { return feeder.step(); });
  }
  ~Webhooks() {
    follower.reset();
    runner.stop();
  }
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  Dependency receivers;
  jobs::JobRunner runner;
  webhooks::Deliverer deliverer;
  webhooks::Feeder feeder;
  std::unique_ptr<events::Follower> follower;
};

struct Integrations::Relay {
  explicit Relay(const Parts& parts) : relay(parts.db, *parts.broker, parts.clock) {}
  void start(EventBus& bus) {
    follower = std::make_unique<events::Follower>("broker", bus, [this] { return relay.step(); });
  }

  events::BrokerRelay relay;
  std::unique_ptr<events::Follower> follower;
};

Integrations::Integrations(const Parts& parts) : bus_(parts.bus), webhooks_(std::make_unique<Webhooks>(parts)) {
  if (parts.broker != nullptr) relay_ = std::make_unique<Relay>(parts);
}

Integrations::~Integrations() = default;

void Integrations::start() {
  webhooks_->start(bus_);
  if (relay_) relay_->start(bus_);
}

} // namespace mv
