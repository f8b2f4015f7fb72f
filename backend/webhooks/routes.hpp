#pragma once

#include "backend/http/router.hpp"
#include "core/webhooks/service.hpp"

namespace mv {

/// The service must outlive the router.
void add_webhook_routes(http::Router& router, webhooks::WebhookService& webhooks);

} // namespace mv
