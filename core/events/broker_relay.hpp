#pragma once

// From the outbox to the broker. Of all processes of an installation one relays at a time, the one that holds the
// lease; where it dies, another goes on from the cursor. Each event that may leave the house arrives at least once.

#include <string>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/ports/broker.hpp"
#include "core/ports/database.hpp"

namespace mv::events {

/// Used by one thread, but for its destruction.
class BrokerRelay {
public:
  /// All must outlive the relay. It begins with what happens after the first relay ever was made.
  BrokerRelay(Database& db, Broker& broker, const Clock& clock);
  /// Hands the lease to whoever asks next.
  ~BrokerRelay();
  BrokerRelay(const BrokerRelay&) = delete;
  BrokerRelay& operator=(const BrokerRelay&) = delete;

  /// Relays one batch; true when there may be more. False also while another process relays.
  [[nodiscard]] Result<bool> step();

private:
  [[nodiscard]] Result<bool> keep_lease();

  Database& db_;
  Broker& broker_;
  const Clock& clock_;
  std::string owner_;       // of the lease
  TimeMs leased_until_ = 0; // 0: somebody else holds it
};

} // namespace mv::events
