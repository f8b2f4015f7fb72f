#pragma once

// For tests: a durable queue bound to the exchange, and what lies in it.

#include <cstdint>
#include <string>
#include <vector>

#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"

namespace mv::test {

struct AmqpMessage {
  std::string id;
  std::string routing_key;
  std::string type;
  std::string content_type;
  std::string body;
  bool persistent = false;
};

/// Each call has a connection of its own. All throw std::runtime_error where the broker does not do what is asked.
class AmqpReceiver {
public:
  explicit AmqpReceiver(rabbitmq::Address address, std::string exchange = "memoryverse.events")
      : address_(std::move(address)), exchange_(std::move(exchange)) {}

  /// Makes the exchange where there is none, a durable queue, and the binding. With `longest`, the queue refuses what
  /// is over it.
  void bind(const std::string& queue, const std::string& pattern, int longest = 0) const;
  /// Takes `count` messages from the queue, in its order; fewer where none comes for half a minute.
  [[nodiscard]] std::vector<AmqpMessage> take(const std::string& queue, std::size_t count) const;

private:
  rabbitmq::Address address_;
  std::string exchange_;
};

} // namespace mv::test
