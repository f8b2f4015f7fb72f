#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"

#include "core/adapters/rabbitmq/connection.hpp"

namespace mv::rabbitmq {

RabbitMqBroker::RabbitMqBroker(Address address, Metrics& metrics, BrokerOptions options)
    : address_(std::move(address)),
      options_(std::move(options)),
      dependency_("rabbitmq", metrics),
      unroutable_(
          metrics.counter("memoryverse_broker_unroutable_total", "Events that no queue of the broker asked for")) {}

RabbitMqBroker::~RabbitMqBroker() = default;

Result<std::unique_ptr<RabbitMqBroker>> RabbitMqBroker::open(Address address, Metrics& metrics, BrokerOptions options) {
  auto broker = std::make_unique<RabbitMqBroker>(std::move(address), metrics, std::move(options));
  const auto connected = broker->connect();
  if (connected) return broker;
  if (connected.error().key == kRefused) return std::unexpected(connected.error());
  log_warning("the broker of MEMORYVERSE_BROKER_URL does not answer; events wait for it",
              {{"reason", connected.error()}});
  return broker;
}

Result<void> RabbitMqBroker::connect() {
  auto outcome = try_to_connect();
  note(outcome ? nullptr : &outcome.error());
  return outcome;
}

Result<void> RabbitMqBroker::try_to_connect() {
  if (connection_ && connection_->is_open()) return {};
  connection_.reset();
  TRY(auto call, dependency_.begin("connect"));
  auto opened = Connection::open(address_, options_);
  if (!opened) {
    opened.error().cause.insert(0, address_.shown() + ": ");
    return std::unexpected(std::move(opened).error());
  }
  call.end(CallOutcome::success);
  connection_ = *std::move(opened);
  log_info("connected to the broker", {{"address", address_.shown()}});
  return {};
}

Result<std::int64_t> RabbitMqBroker::publish(const std::vector<BrokerMessage>& messages) {
  auto outcome = try_to_publish(messages);
  note(outcome ? nullptr : &outcome.error());
  return outcome;
}

Result<std::int64_t> RabbitMqBroker::try_to_publish(const std::vector<BrokerMessage>& messages) {
  TRY_OK(try_to_connect());
  TRY(auto call, dependency_.begin("publish"));
  TRY(const std::int64_t unroutable, connection_->publish(messages));
  call.end(CallOutcome::success);
  unroutable_.add(static_cast<std::uint64_t>(unroutable));
  return unroutable;
}

void RabbitMqBroker::note(const Error* error) {
  if (error != nullptr) connection_.reset();
  const std::scoped_lock lock(mutex_);
  last_ = error == nullptr ? Result<void>{} : std::unexpected(*error);
}

Result<void> RabbitMqBroker::health() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

} // namespace mv::rabbitmq
