#include "core/events/broker_relay.hpp"

#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/events/cursor.hpp"
#include "core/events/message.hpp"
#include "core/events/outbox.hpp"

namespace mv::events {

namespace {

constexpr std::string_view kCursor = "broker";
constexpr std::int64_t kBatch = 200;
constexpr TimeMs kLease = 30 * kSecond; // how long events wait when the process that relays them dies
constexpr TimeMs kRenewBefore = kLease / 2;

} // namespace

BrokerRelay::BrokerRelay(Database& db, Broker& broker, const Clock& clock)
    : db_(db), broker_(broker), clock_(clock), owner_(new_id()) {}

BrokerRelay::~BrokerRelay() {
  if (leased_until_ == 0) return;
  const auto released = db_.transaction([&](Transaction& tx) { return Cursor(tx, kCursor).release(owner_); });
  if (!released) log_warning("lease of the broker's relay runs out by itself", {{"reason", released.error()}});
}

Result<bool> BrokerRelay::step() {
  TRY_OK(broker_.connect()); // first, so that who cannot reach the broker leaves the lease to who can
  TRY(const bool mine, keep_lease());
  if (!mine) return false;
  std::int64_t stood = 0;
  const auto batch = db_.read([&](Transaction& tx) -> Result<std::vector<Event>> {
    TRY(const auto found, Cursor(tx, kCursor).find());
    stood = found.value_or(0);
    return Outbox(tx).read_after(stood, kBatch);
  });
  if (!batch) return std::unexpected(batch.error());
  if (batch->empty()) return false;

  std::vector<BrokerMessage> messages;
  for (const Event& event : *batch) {
    if (!may_leave(event)) continue;
    messages.push_back(
        {.seq = event.seq, .type = event.type, .body = to_message(event, std::to_string(event.seq)), .at = event.at});
  }
  if (!messages.empty()) TRY_OK(broker_.publish(messages));
  const auto moved =
      db_.transaction([&](Transaction& tx) { return Cursor(tx, kCursor).move(stood, batch->back().seq); });
  if (!moved) {
    leased_until_ = 0; // somebody else was faster, or the database is away: look again
    return std::unexpected(moved.error());
  }
  return std::ssize(*batch) == kBatch;
}

Result<bool> BrokerRelay::keep_lease() {
  const TimeMs now = clock_.now();
  if (leased_until_ - now > kRenewBefore) return true;
  const auto leased = db_.transaction([&](Transaction& tx) -> Result<bool> {
    Cursor cursor(tx, kCursor);
    TRY(const auto found, cursor.find());
    if (!found) {
      TRY(const std::int64_t latest, Outbox(tx).latest());
      TRY_OK(cursor.begin_at(latest));
    }
    TRY(const auto seq, cursor.lease(owner_, now + kLease, now));
    return seq.has_value();
  });
  if (!leased) return std::unexpected(leased.error());
  leased_until_ = *leased ? now + kLease : 0;
  return *leased;
}

} // namespace mv::events
