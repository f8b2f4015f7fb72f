#pragma once

// The outbox: events are rows, written in the transaction of their cause and read in the order of their numbers. A
// listener that was away asks for what came after the last number that it saw; nothing is lost when a notice is.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"
#include "core/ports/event_bus.hpp"

namespace mv::events {

struct Event {
  std::int64_t seq = 0;  ///< Given by the outbox.
  std::string type;      ///< `memory.created`.
  std::string space_id;  ///< Whose members may hear of it.
  std::string user_id{}; ///< When set, only this member.
  TimeMs at = 0;
  std::string data = "{}"; ///< JSON.
  std::string trace{};     ///< traceparent of what caused it; `add` takes the thread's own where it is empty.
};

/// Lives as long as its transaction.
class Outbox {
public:
  explicit Outbox(Transaction& tx) : tx_(tx) {}

  /// The event gets its number at the end of its transaction. Whoever reads a number later finds no smaller one that
  /// they had not seen.
  [[nodiscard]] Result<void> add(const Event& event);
  /// In order, at most `limit`.
  [[nodiscard]] Result<std::vector<Event>> read_after(std::int64_t seq, std::int64_t limit);
  /// The highest number given so far; 0 when there was none. Pruning always leaves the last event.
  [[nodiscard]] Result<std::int64_t> latest();
  /// The lowest number still held, or `latest() + 1` when there is none: who saw less than the one before it must read
  /// all anew.
  [[nodiscard]] Result<std::int64_t> oldest();
  /// Forgets what happened before `before`.
  [[nodiscard]] Result<void> prune(TimeMs before);

private:
  Transaction& tx_;
};

/// A Database that tells the bus after each commit that added events. Wrap the adapter in it once, at start: services
/// then need no thought of it. Safe from every thread.
class NotifyingDatabase final : public Database {
public:
  /// Called with each type of event that a commit added, or may have added where its answer was lost, before whoever
  /// committed goes on.
  using Heard = std::function<void(std::string_view type)>;
  NotifyingDatabase(Database& inner, EventBus& bus, Heard heard = {})
      : inner_(inner), bus_(bus), heard_(std::move(heard)) {}

  [[nodiscard]] Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override {
    return inner_.read_with(work);
  }
  [[nodiscard]] Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) override {
    return inner_.read_one_with(query, parameters);
  }
  [[nodiscard]] Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override;
  /// For statements that add no events.
  [[nodiscard]] Result<Rows> execute_alone(const Query& query, std::vector<Value> parameters) override {
    return inner_.execute_alone(query, std::move(parameters));
  }
  [[nodiscard]] std::string_view engine() const override { return inner_.engine(); }

private:
  Database& inner_;
  EventBus& bus_;
  Heard heard_;
};

} // namespace mv::events
