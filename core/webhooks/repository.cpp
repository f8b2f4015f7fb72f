#include "core/webhooks/repository.hpp"

#include <ranges>

#include "core/webhooks/sql.hpp"

namespace mv::webhooks {

namespace {

std::string join(const std::vector<std::string>& types) {
  std::string text;
  for (const std::string& type : types)
    text += (text.empty() ? "" : ",") + type;
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> types;
  for (const auto part : text | std::views::split(','))
    types.emplace_back(std::string_view(part));
  return types;
}

HookRecord read_hook(const Row& row) {
  return {.id = row.text(0),
          .space_id = row.maybe_text(1),
          .created_by = row.maybe_text(2),
          .url = row.text(3),
          .description = row.text(4),
          .events = split(row.text(5)),
          .secret = row.text(6),
          .enabled = row.integer(7) != 0,
          .disabled_reason = row.maybe_text(8),
          .since_seq = row.integer(9),
          .failures = row.integer(10),
          .failing_since = row.maybe_integer(11),
          .version = row.integer(12),
          .created_at = row.integer(13),
          .updated_at = row.integer(14)};
}

DeliveryRecord read_delivery(const Row& row) {
  return {.id = row.text(0),
          .webhook_id = row.text(1),
          .seq = row.integer(2),
          .type = row.text(3),
          .body = row.text(4),
          .state = row.text(5),
          .once = row.integer(6) != 0,
          .attempts = row.integer(7),
          .status = row.maybe_integer(8),
          .duration_ms = row.maybe_integer(9),
          .answer = row.maybe_text(10),
          .reason = row.maybe_text(11),
          .created_at = row.integer(12),
          .attempted_at = row.maybe_integer(13)};
}

template <typename Record>
std::vector<Record> read_all(const Rows& rows, Record (*read)(const Row&)) {
  std::vector<Record> records;
  records.reserve(rows.size());
  for (const Row& row : rows)
    records.push_back(read(row));
  return records;
}

template <typename Record>
std::optional<Record> read_first(const Rows& rows, Record (*read)(const Row&)) {
  return rows.empty() ? std::nullopt : std::optional(read(rows.front()));
}

} // namespace

Result<std::optional<HookRecord>> WebhookRepository::find(std::string_view id) {
  TRY(const Rows rows, tx_.run(sql::find_webhook, id));
  return read_first(rows, read_hook);
}

Result<std::vector<HookRecord>> WebhookRepository::all() {
  TRY(const Rows rows, tx_.run(sql::list_webhooks));
  return read_all(rows, read_hook);
}

Result<std::vector<HookRecord>> WebhookRepository::of_space(std::string_view space_id) {
  TRY(const Rows rows, tx_.run(sql::list_webhooks_of_space, space_id));
  return read_all(rows, read_hook);
}

Result<std::vector<HookRecord>> WebhookRepository::enabled() {
  TRY(const Rows rows, tx_.run(sql::list_enabled_webhooks));
  return read_all(rows, read_hook);
}

Result<std::int64_t> WebhookRepository::count(const std::optional<std::string>& space_id) {
  TRY(const Rows rows, space_id ? tx_.run(sql::count_webhooks, *space_id) : tx_.run(sql::count_common_webhooks));
  return rows.front().integer(0);
}

Result<void> WebhookRepository::insert(const HookRecord& hook) {
  TRY_OK(tx_.run(sql::insert_webhook, hook.id, hook.space_id, hook.created_by, hook.url, hook.description,
                 join(hook.events), hook.secret, hook.since_seq, hook.created_at));
  return {};
}

Result<std::optional<std::int64_t>> WebhookRepository::update(const HookRecord& hook) {
  TRY(const Rows rows,
      tx_.run(sql::update_webhook, hook.id, hook.version, hook.url, hook.description, join(hook.events), hook.enabled,
              hook.disabled_reason, hook.since_seq, hook.failures, hook.failing_since, hook.updated_at));
  return rows.empty() ? std::nullopt : std::optional(rows.front().integer(0));
}

Result<void> WebhookRepository::set_secret(std::string_view id, std::string_view sealed, TimeMs now) {
  TRY_OK(tx_.run(sql::set_webhook_secret, id, sealed, now));
  return {};
}

Result<void> WebhookRepository::remove(std::string_view id) {
  TRY_OK(tx_.run(sql::delete_webhook, id));
  return {};
}

Result<void> WebhookRepository::note_success(std::string_view id) {
  TRY_OK(tx_.run(sql::note_webhook_success, id));
  return {};
}

Result<FailureCount> WebhookRepository::note_failure(std::string_view id, TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::note_webhook_failure, id, now));
  if (rows.empty()) return FailureCount{}; // removed meanwhile
  return FailureCount{.failures = rows.front().integer(0), .since = rows.front().integer(1)};
}

Result<void> WebhookRepository::disable(std::string_view id, std::string_view reason, TimeMs now) {
  TRY_OK(tx_.run(sql::disable_webhook, id, reason, now));
  return {};
}

Result<bool> WebhookRepository::lease(std::string_view id, std::string_view owner, TimeMs until, TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::lease_webhook, id, owner, until, now));
  return !rows.empty();
}

Result<void> WebhookRepository::release(std::string_view id, std::string_view owner) {
  TRY_OK(tx_.run(sql::release_webhook, id, owner));
  return {};
}

Result<std::optional<DeliveryRecord>> WebhookRepository::next_delivery(std::string_view hook_id) {
  TRY(const Rows rows, tx_.run(sql::find_next_delivery, hook_id));
  auto next = read_first(rows, read_delivery);
  if (next) next->trace = rows.front().text(14);
  return next;
}

Result<std::optional<DeliveryRecord>> WebhookRepository::find_delivery(std::string_view hook_id, std::string_view id) {
  TRY(const Rows rows, tx_.run(sql::find_delivery, id, hook_id));
  return read_first(rows, read_delivery);
}

Result<std::vector<DeliveryRecord>> WebhookRepository::deliveries(std::string_view hook_id, const paging::Key& below,
                                                                  std::int64_t limit) {
  TRY(const Rows rows, tx_.run(sql::list_deliveries, hook_id, below.at, below.id, limit));
  return read_all(rows, read_delivery);
}

Result<void> WebhookRepository::insert(const DeliveryRecord& delivery) {
  TRY_OK(tx_.run(sql::insert_delivery, delivery.id, delivery.webhook_id, delivery.seq, delivery.type, delivery.body,
                 delivery.once, delivery.created_at));
  return {};
}

Result<void> WebhookRepository::note_attempt(std::string_view id, std::string_view state, const HookAnswer& answer,
                                             TimeMs now) {
  const std::optional<std::string> reason = answer.reason.empty() ? std::nullopt : std::optional(answer.reason);
  const std::optional<std::string> text = answer.text.empty() ? std::nullopt : std::optional(answer.text);
  TRY_OK(tx_.run(sql::note_attempt, id, state, answer.status, answer.duration, text, reason, now));
  return {};
}

Result<void> WebhookRepository::fail_pending(std::string_view hook_id, std::string_view reason) {
  TRY_OK(tx_.run(sql::fail_pending_deliveries, hook_id, reason));
  return {};
}

Result<bool> WebhookRepository::redeliver(std::string_view hook_id, std::string_view id) {
  TRY(const Rows rows, tx_.run(sql::redeliver, id, hook_id));
  return !rows.empty();
}

Result<void> WebhookRepository::forget_deliveries(TimeMs before) {
  TRY_OK(tx_.run(sql::delete_old_deliveries, before));
  return {};
}

} // namespace mv::webhooks
