#include "core/webhooks/service.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/ids.hpp"
#include "core/base/iso_time.hpp"
#include "core/base/paging.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/events/message.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/policy.hpp"
#include "core/webhooks/deliverer.hpp"
#include "core/webhooks/repository.hpp"

namespace mv::webhooks {

namespace {

constexpr std::size_t kMaxDescription = 200;
constexpr std::size_t kSecretBytes = 32;

/// `unknown` is what a stranger to the space is told.
Result<void> require_right(Transaction& tx, const Asker& asker, const std::optional<std::string>& space_id,
                           std::string_view unknown) {
  if (!space_id) {
    if (asker.is_owner) return {};
    return fail(ErrorCode::forbidden, "webhook.not-allowed");
  }
  TRY(const auto access, spaces::access_to(tx, *space_id, asker.user_id));
  if (!access) return fail(ErrorCode::not_found, unknown);
  if (!spaces::may(access->role, spaces::Action::manage_webhooks))
    return fail(ErrorCode::forbidden, "webhook.not-allowed");
  return {};
}

/// A hook that the asker may see and change.
Result<HookRecord> require_hook(Transaction& tx, const Asker& asker, std::string_view id) {
  TRY(auto hook, WebhookRepository(tx).find(id));
  if (!hook) return fail(ErrorCode::not_found, "webhook.not-found");
  // Who runs the installation answers for what it calls.
  if (!asker.is_owner) TRY_OK(require_right(tx, asker, hook->space_id, "webhook.not-found"));
  return *std::move(hook);
}

Webhook shown(const HookRecord& hook) {
  Webhook webhook{.id = hook.id,
                  .space_id = hook.space_id,
                  .url = hook.url,
                  .events = hook.events,
                  .description = hook.description,
                  .enabled = hook.enabled,
                  .disabled_reason = hook.disabled_reason,
                  .disabled_reason_text = std::nullopt,
                  .failing_since = std::nullopt,
                  .failures = hook.failures,
                  .version = hook.version,
                  .created_at = iso_utc(hook.created_at)};
  if (hook.failing_since) webhook.failing_since = iso_utc(*hook.failing_since);
  return webhook;
}

WebhookDelivery shown(const DeliveryRecord& delivery) {
  WebhookDelivery told{.id = delivery.id,
                       .type = delivery.type,
                       .seq = std::nullopt,
                       .state = delivery.state,
                       .attempts = delivery.attempts,
                       .status = delivery.status,
                       .duration_ms = delivery.duration_ms,
                       .answer = delivery.answer,
                       .reason = delivery.reason,
                       .reason_text = std::nullopt,
                       .body = delivery.body,
                       .created_at = iso_utc(delivery.created_at),
                       .attempted_at = std::nullopt};
  if (delivery.seq > 0) told.seq = delivery.seq;
  if (delivery.attempted_at) told.attempted_at = iso_utc(*delivery.attempted_at);
  return told;
}

Result<std::string> checked_url(const HookSender& sender, const std::string& url) {
  if (const auto fault = sender.fault_of(url)) return fail_field("request.invalid-body", "/url", *fault);
  return url;
}

/// In the order in which we name them, each once.
Result<std::vector<std::string>> checked_events(const std::vector<std::string>& events) {
  if (events.empty()) return fail_field("request.invalid-body", "/events", "empty");
  for (std::size_t at = 0; at < events.size(); ++at) {
    if (std::ranges::find(kEventTypes, events[at]) == kEventTypes.end())
      return fail_field("request.invalid-body", "/events/" + std::to_string(at), "unknown-value");
  }
  std::vector<std::string> kept;
  for (const std::string_view type : kEventTypes) {
    if (std::ranges::find(events, type) != events.end()) kept.emplace_back(type);
  }
  return kept;
}

Result<std::string> checked_description(const std::string& text) {
  std::string kept = trim(text);
  if (length(kept) > kMaxDescription) return fail_field("request.invalid-body", "/description", "too-long");
  if (has_control(kept)) return fail_field("request.invalid-body", "/description", "control-characters");
  return kept;
}

std::string new_secret_text() { return "mvw_" + random_token(kSecretBytes); }

} // namespace

Result<Items<Webhook>> WebhookService::list(const Asker& asker, const WebhookQuery& query) {
  return db_.read([&](Transaction& tx) -> Result<Items<Webhook>> {
    WebhookRepository rows(tx);
    std::vector<HookRecord> hooks;
    if (query.space_id) {
      if (!asker.is_owner) TRY_OK(require_right(tx, asker, query.space_id, "space.not-found"));
      TRY(hooks, rows.of_space(*query.space_id));
    } else if (asker.is_owner) {
      TRY(hooks, rows.all());
    } else {
      TRY(const auto spaces, spaces::spaces_of(tx, asker.user_id));
      for (const auto& space : spaces) {
        if (!spaces::may(space.role, spaces::Action::manage_webhooks)) continue;
        TRY(auto some, rows.of_space(space.space_id));
        std::ranges::move(some, std::back_inserter(hooks));
      }
    }
    Items<Webhook> items;
    for (const HookRecord& hook : hooks)
      items.items.push_back(shown(hook));
    return items;
  });
}

Result<Webhook> WebhookService::create(const Asker& asker, const WebhookDraft& draft) {
  TRY(std::string url, checked_url(sender_, draft.url));
  TRY(std::vector<std::string> types, checked_events(draft.events));
  TRY(std::string description, checked_description(draft.description.value_or("")));
  const TimeMs now = clock_.now();
  HookRecord hook{.id = new_id(),
                  .space_id = draft.space_id,
                  .created_by = asker.user_id,
                  .url = std::move(url),
                  .description = std::move(description),
                  .events = std::move(types),
                  .created_at = now,
                  .updated_at = now};
  hook.secret = sealer_.seal(new_secret_text(), sealing_purpose(hook.id));
  return db_.transaction([&](Transaction& tx) -> Result<Webhook> {
    TRY_OK(require_right(tx, asker, hook.space_id, "space.not-found"));
    WebhookRepository rows(tx);
    TRY(const std::int64_t count, rows.count(hook.space_id));
    if (count >= kMaxHooks) return fail(ErrorCode::conflict, "webhook.too-many");
    HookRecord made = hook;
    TRY(made.since_seq, events::Outbox(tx).latest());
    TRY_OK(rows.insert(made));
    return shown(made);
  });
}

Result<Webhook> WebhookService::get(const Asker& asker, std::string_view id) {
  return db_.read([&](Transaction& tx) -> Result<Webhook> {
    TRY(const HookRecord hook, require_hook(tx, asker, id));
    return shown(hook);
  });
}

Result<Webhook> WebhookService::patch(const Asker& asker, std::string_view id, std::int64_t version,
                                      const WebhookPatch& patch) {
  std::optional<std::string> url;
  std::optional<std::vector<std::string>> types;
  std::optional<std::string> description;
  if (patch.url) {
    TRY(url, checked_url(sender_, *patch.url));
  }
  if (patch.events) {
    TRY(types, checked_events(*patch.events));
  }
  if (patch.description) {
    TRY(description, checked_description(*patch.description));
  }
  return db_.transaction([&](Transaction& tx) -> Result<Webhook> {
    WebhookRepository rows(tx);
    TRY(HookRecord hook, require_hook(tx, asker, id));
    if (hook.version != version) return fail(ErrorCode::precondition_failed, "version.changed");
    const bool was_enabled = hook.enabled;
    hook.url = url.value_or(hook.url);
    hook.events = types.value_or(hook.events);
    hook.description = description.value_or(hook.description);
    hook.enabled = patch.enabled.value_or(hook.enabled);
    if (hook.enabled && !was_enabled) {
      hook.disabled_reason.reset();
      hook.failing_since.reset();
      hook.failures = 0;
      TRY(hook.since_seq, events::Outbox(tx).latest());
    }
    if (!hook.enabled && was_enabled) TRY_OK(rows.fail_pending(hook.id, "webhook.disabled"));
    hook.updated_at = clock_.now();
    TRY(const auto changed, rows.update(hook));
    if (!changed) return fail(ErrorCode::precondition_failed, "version.changed");
    hook.version = *changed;
    return shown(hook);
  });
}

Result<void> WebhookService::remove(const Asker& asker, std::string_view id) {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(require_hook(tx, asker, id));
    return WebhookRepository(tx).remove(id);
  });
}

Result<WebhookSecret> WebhookService::new_secret(const Asker& asker, std::string_view id) {
  const std::string secret = new_secret_text();
  return db_.transaction([&](Transaction& tx) -> Result<WebhookSecret> {
    TRY_OK(require_hook(tx, asker, id));
    TRY_OK(WebhookRepository(tx).set_secret(id, sealer_.seal(secret, sealing_purpose(id)), clock_.now()));
    return WebhookSecret{.secret = secret};
  });
}

Result<Page<WebhookDelivery>> WebhookService::deliveries(const Asker& asker, std::string_view id,
                                                         const PageQuery& query) {
  TRY(const std::int64_t limit, paging::page_limit(query.limit));
  TRY(const paging::Key below, paging::read_key(query.cursor));
  return db_.read([&](Transaction& tx) -> Result<Page<WebhookDelivery>> {
    TRY_OK(require_hook(tx, asker, id));
    TRY(auto records, WebhookRepository(tx).deliveries(id, below, limit + 1));
    Page<WebhookDelivery> page;
    if (std::cmp_greater(records.size(), limit)) {
      records.pop_back();
      page.next_cursor = paging::Key{.at = records.back().created_at, .id = records.back().id}.to_cursor();
    }
    for (const DeliveryRecord& record : records)
      page.items.push_back(shown(record));
    return page;
  });
}

Result<WebhookDelivery> WebhookService::delivery(const Asker& asker, std::string_view id,
                                                 std::string_view delivery_id) {
  return db_.read([&](Transaction& tx) -> Result<WebhookDelivery> {
    TRY_OK(require_hook(tx, asker, id));
    TRY(const auto found, WebhookRepository(tx).find_delivery(id, delivery_id));
    if (!found) return fail(ErrorCode::not_found, "webhook.delivery-not-found");
    return shown(*found);
  });
}

Result<WebhookDelivery> WebhookService::test(const Asker& asker, std::string_view id) {
  const TimeMs now = clock_.now();
  DeliveryRecord ping{.id = new_id(),
                      .webhook_id = std::string(id),
                      .type = std::string(kPing),
                      .body = {},
                      .once = true,
                      .created_at = now};
  return db_.transaction([&](Transaction& tx) -> Result<WebhookDelivery> {
    TRY(const HookRecord hook, require_hook(tx, asker, id));
    events::Event event{.type = ping.type, .space_id = hook.space_id.value_or(""), .at = now};
    ping.body = events::to_message(event, ping.id);
    TRY_OK(WebhookRepository(tx).insert(ping));
    TRY_OK(queue_.add(tx, {.kind = std::string(kDeliverJob), .payload = hook.id, .priority = 10, .key = hook.id}));
    return shown(ping);
  });
}

Result<WebhookDelivery> WebhookService::redeliver(const Asker& asker, std::string_view id,
                                                  std::string_view delivery_id) {
  return db_.transaction([&](Transaction& tx) -> Result<WebhookDelivery> {
    WebhookRepository rows(tx);
    TRY(const HookRecord hook, require_hook(tx, asker, id));
    TRY_OK(rows.redeliver(id, delivery_id));
    TRY(const auto found, rows.find_delivery(id, delivery_id));
    if (!found) return fail(ErrorCode::not_found, "webhook.delivery-not-found");
    TRY_OK(queue_.add(tx, {.kind = std::string(kDeliverJob), .payload = hook.id, .priority = 10, .key = hook.id}));
    return shown(*found);
  });
}

Result<void> WebhookService::sweep() {
  return db_.transaction(
      [&](Transaction& tx) { return WebhookRepository(tx).forget_deliveries(clock_.now() - kDeliveriesKept); });
}

} // namespace mv::webhooks
