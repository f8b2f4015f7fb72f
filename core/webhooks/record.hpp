#pragma once

// Webhooks and their deliveries as rows.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"

namespace mv::webhooks {

/// What a hook can hear of. Events for one person alone are never told.
inline constexpr auto kEventTypes = std::to_array<std::string_view>(
    {"memory.created", "memory.updated", "memory.deleted", "collection.updated", "space.members-changed"});
inline constexpr std::string_view kPing = "ping";

/// Kind of the jobs that deliver; the payload is the hook's id.
inline constexpr std::string_view kDeliverJob = "webhooks.deliver";

struct HookRecord {
  std::string id;
  std::optional<std::string> space_id;
  std::optional<std::string> created_by{};
  std::string url;
  std::string description;
  std::vector<std::string> events;
  std::string secret{}; ///< Sealed.
  bool enabled = true;
  std::optional<std::string> disabled_reason{};
  std::int64_t since_seq = 0;
  std::int64_t failures = 0;
  std::optional<TimeMs> failing_since{};
  std::int64_t version = 1;
  TimeMs created_at = 0;
  TimeMs updated_at = 0;
};

struct DeliveryRecord {
  std::string id;
  std::string webhook_id;
  std::int64_t seq = 0; ///< 0 for a ping.
  std::string type;
  std::string body{};
  std::string state = "pending";
  bool once = false; ///< Asked for by a person: tried once, and holds nothing else up.
  std::int64_t attempts = 0;
  std::optional<std::int64_t> status{};
  std::optional<std::int64_t> duration_ms{};
  std::optional<std::string> answer{};
  std::optional<std::string> reason{};
  TimeMs created_at = 0;
  std::optional<TimeMs> attempted_at{};
  std::string trace{}; ///< traceparent of what caused the event; read with the next one to send only.
};

} // namespace mv::webhooks
