#pragma once

// How far a reader of the outbox has come, kept in the database: whoever goes on after a crash, on this machine or on
// another, goes on from there.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"

namespace mv::events {

/// Lives as long as its transaction.
class Cursor {
public:
  /// `name` is the reader's: `webhooks`, `broker`.
  Cursor(Transaction& tx, std::string_view name) : tx_(tx), name_(name) {}

  /// Number of the last event that the reader has dealt with; nothing before `begin_at`.
  [[nodiscard]] Result<std::optional<std::int64_t>> find();
  /// For a reader that is new: it hears of what comes after `seq`. One that exists stays where it is.
  [[nodiscard]] Result<void> begin_at(std::int64_t seq);
  /// `conflict` with `events.cursor-moved` when another process was faster, so that the transaction, with all it did
  /// for these events, rolls back.
  [[nodiscard]] Result<void> move(std::int64_t from, std::int64_t to);

  /// For readers of which one at a time may work: takes or keeps the lease until `until`, and gives the cursor; nothing
  /// while somebody else holds it.
  [[nodiscard]] Result<std::optional<std::int64_t>> lease(std::string_view owner, TimeMs until, TimeMs now);
  [[nodiscard]] Result<void> release(std::string_view owner);

private:
  Transaction& tx_;
  std::string name_;
};

} // namespace mv::events
