#pragma once

// Webhooks and deliveries in the database: one function a query, no decisions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/paging.hpp"
#include "core/base/result.hpp"
#include "core/ports/database.hpp"
#include "core/ports/hook_sender.hpp"
#include "core/webhooks/record.hpp"

namespace mv::webhooks {

struct FailureCount {
  std::int64_t failures = 0; ///< In a row.
  TimeMs since = 0;
};

class WebhookRepository {
public:
  explicit WebhookRepository(Transaction& tx) : tx_(tx) {}

  [[nodiscard]] Result<std::optional<HookRecord>> find(std::string_view id);
  [[nodiscard]] Result<std::vector<HookRecord>> all();
  [[nodiscard]] Result<std::vector<HookRecord>> of_space(std::string_view space_id);
  [[nodiscard]] Result<std::vector<HookRecord>> enabled();
  /// Without a space those of every space.
  [[nodiscard]] Result<std::int64_t> count(const std::optional<std::string>& space_id);
  [[nodiscard]] Result<void> insert(const HookRecord& hook);
  /// Where the version is still `hook.version`; nothing when it is not. Gives the new one.
  [[nodiscard]] Result<std::optional<std::int64_t>> update(const HookRecord& hook);
  [[nodiscard]] Result<void> set_secret(std::string_view id, std::string_view sealed, TimeMs now);
  [[nodiscard]] Result<void> remove(std::string_view id);
  [[nodiscard]] Result<void> note_success(std::string_view id);
  [[nodiscard]] Result<FailureCount> note_failure(std::string_view id, TimeMs now);
  [[nodiscard]] Result<void> disable(std::string_view id, std::string_view reason, TimeMs now);
  /// False while another owner holds it, or when the hook is gone.
  [[nodiscard]] Result<bool> lease(std::string_view id, std::string_view owner, TimeMs until, TimeMs now);
  [[nodiscard]] Result<void> release(std::string_view id, std::string_view owner);

  [[nodiscard]] Result<std::optional<DeliveryRecord>> next_delivery(std::string_view hook_id);
  [[nodiscard]] Result<std::optional<DeliveryRecord>> find_delivery(std::string_view hook_id, std::string_view id);
  [[nodiscard]] Result<std::vector<DeliveryRecord>> deliveries(std::string_view hook_id, const paging::Key& below,
                                                               std::int64_t limit);
  [[nodiscard]] Result<void> insert(const DeliveryRecord& delivery);
  [[nodiscard]] Result<void> note_attempt(std::string_view id, std::string_view state, const HookAnswer& answer,
                                          TimeMs now);
  /// All that wait, but for what a person asked for.
  [[nodiscard]] Result<void> fail_pending(std::string_view hook_id, std::string_view reason);
  /// False when it waits already.
  [[nodiscard]] Result<bool> redeliver(std::string_view hook_id, std::string_view id);
  [[nodiscard]] Result<void> forget_deliveries(TimeMs before);

private:
  Transaction& tx_;
};

} // namespace mv::webhooks
