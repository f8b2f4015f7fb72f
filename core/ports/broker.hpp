#pragma once

// The Broker port: events for other systems. Adapter: core/adapters/rabbitmq.

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace mv {

struct BrokerMessage {
  std::int64_t seq = 0; ///< Of the event; receivers know by it what they have had.
  std::string type;     ///< `memory.created`: what receivers choose by.
  std::string body;     ///< JSON.
  TimeMs at = 0;
};

/// Used by one thread at a time.
class Broker {
public:
  virtual ~Broker() = default;
  /// Connects where there is no connection, or where the broker has ended it; costs nothing where there is one. Asked
  /// now and then, so that `health` is true though nothing is published.
  [[nodiscard]] virtual Result<void> connect() = 0;
  /// Hands all of them over, in order, and returns when the broker has answered for each: it keeps them through a crash
  /// of its own, or nobody asked for them. Gives the number of those that nobody asked for. After an error
  /// (`unavailable`) any of them may have arrived, so the caller sends all of them again.
  [[nodiscard]] virtual Result<std::int64_t> publish(const std::vector<BrokerMessage>& messages) = 0;
  /// Whether it answered last time, or has not been asked yet. From any thread.
  [[nodiscard]] virtual Result<void> health() const = 0;
};

} // namespace mv
