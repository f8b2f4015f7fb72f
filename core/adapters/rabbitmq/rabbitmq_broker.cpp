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

Result<std::int64_t> RabbitMqBroker::publish(const std::vector<BrokerMessage>& messages) {
  auto outcome = try_to_publish(messages);
  if (!outcome) connection_.reset();
  const std::scoped_lock lock(mutex_);
  last_ = outcome ? Result<void>{} : std::unexpected(outcome.error());
  return outcome;
}

Result<std::int64_t> RabbitMqBroker::try_to_publish(const std::vector<BrokerMessage>& messages) {
  TRY(auto call, dependency_.begin("publish"));
  if (!connection_) {
    TRY(connection_, Connection::open(address_, options_));
    log_info("connected to the broker", {{"host", address_.host}, {"port", address_.port}});
  }
  TRY(const std::int64_t unroutable, connection_->publish(messages));
  call.end(CallOutcome::success);
  unroutable_.add(static_cast<std::uint64_t>(unroutable));
  return unroutable;
}

Result<void> RabbitMqBroker::health() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

} // namespace mv::rabbitmq
