#pragma once

// Webhooks as their owners see them: owners of a space for that space, the owner of the installation for all of them.
// Whoever may not know of the space learns nothing (`not_found`); members who are no owners are refused
// (`webhook.not-allowed`).

#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/keyed.hpp"
#include "core/base/result.hpp"
#include "core/contracts/webhooks.hpp"
#include "core/ports/database.hpp"
#include "core/ports/hook_sender.hpp"
#include "core/ports/job_queue.hpp"
#include "core/webhooks/record.hpp"

namespace mv::webhooks {

struct Asker {
  std::string user_id;
  bool is_owner = false; ///< Owns the installation.
};

inline constexpr std::int64_t kMaxHooks = 20; ///< Of one space, and of those without one.
inline constexpr TimeMs kDeliveriesKept = 7 * kDay;

/// Safe from every thread.
class WebhookService {
public:
  /// All must outlive the service.
  WebhookService(Database& db, JobQueue& queue, const HookSender& sender, const Sealer& sealer, const Clock& clock)
      : db_(db), queue_(queue), sender_(sender), sealer_(sealer), clock_(clock) {}

  /// Those that the asker may change, the oldest first.
  [[nodiscard]] Result<Items<Webhook>> list(const Asker& asker, const WebhookQuery& query);
  /// It hears of what happens from now on. Its secret is nobody's yet: `new_secret` tells one.
  [[nodiscard]] Result<Webhook> create(const Asker& asker, const WebhookDraft& draft);
  [[nodiscard]] Result<Webhook> get(const Asker& asker, std::string_view id);
  /// `version.changed` when `version` is an old one.
  [[nodiscard]] Result<Webhook> patch(const Asker& asker, std::string_view id, std::int64_t version,
                                      const WebhookPatch& patch);
  [[nodiscard]] Result<void> remove(const Asker& asker, std::string_view id);
  /// Makes a new secret and tells it, this once; the old one ends with it.
  [[nodiscard]] Result<WebhookSecret> new_secret(const Asker& asker, std::string_view id);

  /// The latest first.
  [[nodiscard]] Result<Page<WebhookDelivery>> deliveries(const Asker& asker, std::string_view id,
                                                         const PageQuery& query);
  [[nodiscard]] Result<WebhookDelivery> delivery(const Asker& asker, std::string_view id, std::string_view delivery_id);
  /// Sends a ping, once, also where the hook is disabled.
  [[nodiscard]] Result<WebhookDelivery> test(const Asker& asker, std::string_view id);
  /// Sends it again, once, with the same id and body.
  [[nodiscard]] Result<WebhookDelivery> redeliver(const Asker& asker, std::string_view id,
                                                  std::string_view delivery_id);

  /// Housekeeping: forgets what was delivered, or not, a week ago.
  [[nodiscard]] Result<void> sweep();

private:
  Database& db_;
  JobQueue& queue_;
  const HookSender& sender_;
  const Sealer& sealer_;
  const Clock& clock_;
};

} // namespace mv::webhooks
