#include "core/webhooks/feeder.hpp"

#include <algorithm>
#include <set>

#include "core/base/ids.hpp"
#include "core/events/cursor.hpp"
#include "core/events/message.hpp"
#include "core/events/outbox.hpp"
#include "core/webhooks/repository.hpp"

namespace mv::webhooks {

namespace {

constexpr std::string_view kCursor = "webhooks";
constexpr std::int64_t kBatch = 200;

bool hears(const HookRecord& hook, const events::Event& event) {
  return event.seq > hook.since_seq && (!hook.space_id || *hook.space_id == event.space_id) &&
         std::ranges::find(hook.events, event.type) != hook.events.end();
}

/// Where to read on: what came before every hook concerns nobody, however long the cursor stood still.
std::int64_t begin_of(std::optional<std::int64_t> cursor, const std::vector<HookRecord>& hooks) {
  const auto least = std::ranges::min(hooks, {}, &HookRecord::since_seq).since_seq;
  return std::max(cursor.value_or(0), least);
}

} // namespace

TimeMs rest_after(std::int64_t failures) {
  if (failures == 0) return 0;
  return failures >= 12 ? kHour : std::min<TimeMs>(kSecond << failures, kHour);
}

Result<bool> Feeder::step() {
  const auto news = db_.read([](Transaction& tx) -> Result<bool> {
    TRY(const auto hooks, WebhookRepository(tx).enabled());
    if (hooks.empty()) return false;
    TRY(const auto cursor, events::Cursor(tx, kCursor).find());
    TRY(const std::int64_t latest, events::Outbox(tx).latest());
    return latest > begin_of(cursor, hooks);
  });
  if (!news) return std::unexpected(news.error());
  if (!*news) return false;

  const auto fed = db_.transaction([&](Transaction& tx) -> Result<std::int64_t> {
    WebhookRepository rows(tx);
    events::Cursor cursor(tx, kCursor);
    TRY(const auto hooks, rows.enabled());
    if (hooks.empty()) return 0;
    TRY(const auto stood, cursor.find());
    const std::int64_t begin = begin_of(stood, hooks);
    TRY(const auto batch, events::Outbox(tx).read_after(begin, kBatch));
    if (batch.empty()) return 0;
    if (!stood) TRY_OK(cursor.begin_at(begin));
    TRY_OK(cursor.move(stood.value_or(begin), batch.back().seq));

    const TimeMs now = clock_.now();
    std::set<const HookRecord*> concerned;
    for (const events::Event& event : batch) {
      if (!events::may_leave(event)) continue;
      for (const HookRecord& hook : hooks) {
        if (!hears(hook, event)) continue;
        DeliveryRecord delivery{
            .id = new_id(), .webhook_id = hook.id, .seq = event.seq, .type = event.type, .created_at = now};
        delivery.body = events::to_message(event, delivery.id);
        TRY_OK(rows.insert(delivery));
        concerned.insert(&hook);
      }
    }
    for (const HookRecord* const hook : concerned) {
      // A hook that rests has a job that waits for its end, and which stays: of two the earlier time counts.
      TRY_OK(queue_.add(tx, {.kind = std::string(kDeliverJob),
                             .payload = hook->id,
                             .run_at = now + rest_after(hook->failures),
                             .key = hook->id}));
    }
    return static_cast<std::int64_t>(batch.size());
  });
  if (!fed && fed.error().key == "events.cursor-moved") return true;
  if (!fed) return std::unexpected(fed.error());
  if (*fed > 0) wake_();
  return *fed == kBatch;
}

} // namespace mv::webhooks
