// The contract of each endpoint of webhooks, and nothing else.

#include "backend/webhooks/routes.hpp"

#include "backend/http/messages.hpp"

namespace mv {

using http::Access;
using http::Context;

namespace {

webhooks::Asker asker_of(const Context& context) {
  return {.user_id = context.user().user_id, .is_owner = context.user().is_owner};
}

void explain(Webhook& webhook, const Context& context) {
  if (webhook.disabled_reason)
    webhook.disabled_reason_text = http::message(*webhook.disabled_reason, context.locale()).detail;
}

void explain(WebhookDelivery& delivery, const Context& context) {
  if (delivery.reason) delivery.reason_text = http::message(*delivery.reason, context.locale()).detail;
}

template <typename Told>
Result<Told> reply(const Context& context, Result<Told> told) {
  if (told) explain(*told, context);
  return told;
}

Result<Webhook> reply_versioned(Context& context, Result<Webhook> webhook) {
  // For `If-Match`. Not by `set_etag`, which would answer 304: failures in the body move without the version.
  if (webhook) context.set_header("ETag", '"' + std::to_string(webhook->version) + '"');
  return reply(context, std::move(webhook));
}

template <typename List>
Result<List> reply_all(const Context& context, Result<List> list) {
  if (list) {
    for (auto& one : list->items)
      explain(one, context);
  }
  return list;
}

} // namespace

void add_webhook_routes(http::Router& router, webhooks::WebhookService& webhooks) {
  router.get<WebhookQuery, Items<Webhook>>("/api/v1/webhooks",
                                           {.summary = "Webhooks that one may change", .tag = "webhooks"},
                                           [&webhooks](Context& context, const WebhookQuery& query) {
                                             return reply_all(context, webhooks.list(asker_of(context), query));
                                           });
  router.post<WebhookDraft, Webhook>(
      "/api/v1/webhooks",
      {.status = 201,
       .summary = "Let an address outside hear of events",
       .tag = "webhooks",
       .idempotent = true,
       .description = "By an owner of the space; without `spaceId` by the owner of the installation, for every space. "
                      "Ask for its secret next."},
      [&webhooks](Context& context, const WebhookDraft& draft) {
        auto made = reply_versioned(context, webhooks.create(asker_of(context), draft));
        if (made) context.set_header("Location", "/api/v1/webhooks/" + made->id);
        return made;
      });
  router.get<Webhook>("/api/v1/webhooks/{id}", {.summary = "Read a webhook", .tag = "webhooks"},
                      [&webhooks](Context& context) {
                        return reply_versioned(context, webhooks.get(asker_of(context), context.param("id")));
                      });
  router.patch<WebhookPatch, Webhook>(
      "/api/v1/webhooks/{id}",
      {.summary = "Change a webhook, or turn it off and on", .tag = "webhooks", .needs_if_match = true},
      [&webhooks](Context& context, const WebhookPatch& patch) -> Result<Webhook> {
        TRY(const std::int64_t version, context.require_if_match());
        return reply_versioned(context, webhooks.patch(asker_of(context), context.param("id"), version, patch));
      });
  router.del<Nothing>("/api/v1/webhooks/{id}", {.summary = "Remove a webhook", .tag = "webhooks"},
                      [&webhooks](Context& context) -> Result<Nothing> {
                        TRY_OK(webhooks.remove(asker_of(context), context.param("id")));
                        return Nothing{};
                      });
  router.post<WebhookSecret>(
      "/api/v1/webhooks/{id}/secret",
      {.status = 200,
       .summary = "Make a new secret, and tell it this once",
       .tag = "webhooks",
       .secret = true,
       .description = "The old one ends. Kept apart from creation, so that no secret is kept with a reply under an "
                      "Idempotency-Key."},
      [&webhooks](Context& context) { return webhooks.new_secret(asker_of(context), context.param("id")); });
  router.post<WebhookDelivery>(
      "/api/v1/webhooks/{id}/test", {.status = 202, .summary = "Send a ping", .tag = "webhooks"},
      [&webhooks](Context& context) { return reply(context, webhooks.test(asker_of(context), context.param("id"))); });
  router.get<PageQuery, Page<WebhookDelivery>>(
      "/api/v1/webhooks/{id}/deliveries",
      {.summary = "What was delivered in the last week, the latest first", .tag = "webhooks"},
      [&webhooks](Context& context, const PageQuery& query) {
        return reply_all(context, webhooks.deliveries(asker_of(context), context.param("id"), query));
      });
  router.get<WebhookDelivery>(
      "/api/v1/webhooks/{id}/deliveries/{deliveryId}", {.summary = "Read a delivery", .tag = "webhooks"},
      [&webhooks](Context& context) {
        return reply(context, webhooks.delivery(asker_of(context), context.param("id"), context.param("deliveryId")));
      });
  router.post<WebhookDelivery>(
      "/api/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver",
      {.status = 202, .summary = "Deliver again", .tag = "webhooks"}, [&webhooks](Context& context) {
        return reply(context, webhooks.redeliver(asker_of(context), context.param("id"), context.param("deliveryId")));
      });
}

} // namespace mv
