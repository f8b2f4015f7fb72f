#pragma once

// One connection to RabbitMQ with one channel in confirm mode. Alone in seeing librabbitmq, with address.cpp.

#include <rabbitmq-c/amqp.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"

namespace mv::rabbitmq {

/// Used by one thread. After an error it is of no more use.
class RabbitMqBroker::Connection {
public:
  /// Connects, signs in, and makes the exchange where there is none. `kRefused` where the broker, or who it proves to
  /// be, is not what the settings say.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Address& address, const BrokerOptions& options);

  /// Whether the broker has ended it, as far as the system knows. Without waiting.
  [[nodiscard]] bool is_open();

  /// Gives how many came back because no queue is bound to them.
  [[nodiscard]] Result<std::int64_t> publish(const std::vector<BrokerMessage>& messages);

private:
  struct Close {
    void operator()(amqp_connection_state_t state) const { amqp_destroy_connection(state); }
  };
  using State = std::unique_ptr<amqp_connection_state_t_, Close>;

  Connection(State state, const BrokerOptions& options) : state_(std::move(state)), options_(options) {}

  [[nodiscard]] Result<void> send(const BrokerMessage& message);
  [[nodiscard]] Result<std::int64_t> wait_for_confirms(std::size_t count);
  [[nodiscard]] Result<void> skip_returned();

  State state_;
  BrokerOptions options_;
  std::uint64_t sent_ = 0;      // delivery tag of the last message
  std::uint64_t confirmed_ = 0; // how many of them were answered for
};

} // namespace mv::rabbitmq
