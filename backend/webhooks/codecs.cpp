#include "backend/http/json_codec.hpp"
#include "core/contracts/webhooks.hpp"

MV_JSON_REQUIRED(mv::WebhookDraft, "url", "events")

MV_JSON_CODEC(mv::WebhookDraft)
MV_JSON_CODEC(mv::WebhookPatch)
MV_JSON_CODEC(mv::Webhook)
MV_JSON_CODEC(mv::Items<mv::Webhook>)
MV_JSON_CODEC(mv::WebhookSecret)
MV_JSON_CODEC(mv::WebhookDelivery)
MV_JSON_CODEC(mv::Page<mv::WebhookDelivery>)
MV_QUERY_CODEC(mv::WebhookQuery)
