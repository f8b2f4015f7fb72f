#pragma once

#include "core/contracts/common.hpp"

namespace mv {

struct WebhookDraft {
  std::optional<std::string> space_id;    ///< Absent: of every space, for the owner of the installation.
  std::string url;                        ///< https; http only for hosts that the operator has named.
  std::vector<std::string> events;        ///< `memory.created`, …: at least one.
  std::optional<std::string> description; ///< Up to 200 characters.
};

struct WebhookPatch {
  std::optional<std::string> url{};
  std::optional<std::vector<std::string>> events{};
  std::optional<std::string> description{};
  std::optional<bool> enabled{}; ///< Enabled again, it hears of what happens from then on.
};

/// An address outside that hears of events.
struct Webhook {
  std::string id;
  std::optional<std::string> space_id;
  std::string url;
  std::vector<std::string> events;
  std::string description;
  bool enabled = true;
  std::optional<std::string> disabled_reason;      ///< Key of why the server disabled it.
  std::optional<std::string> disabled_reason_text; ///< The same in the reader's language.
  std::optional<std::string> failing_since;        ///< When deliveries began to fail, while they do.
  std::int64_t failures = 0;                       ///< In a row.
  std::int64_t version = 0;
  std::string created_at;
};

/// The new secret of a webhook, told this once.
struct WebhookSecret {
  std::string secret;
};

struct WebhookQuery {
  std::optional<std::string> space_id; ///< Only those of this space.
};

/// One event on its way to one webhook, and what came of it.
struct WebhookDelivery {
  std::string id; ///< `id` in the body.
  std::string type;
  std::optional<std::int64_t> seq; ///< Absent for a ping.
  std::string state;               ///< `pending`, `delivered` or `failed`.
  std::int64_t attempts = 0;
  std::optional<std::int64_t> status; ///< Of the last answer.
  std::optional<std::int64_t> duration_ms;
  std::optional<std::string> answer;      ///< Its first bytes.
  std::optional<std::string> reason;      ///< Key of why the last attempt failed.
  std::optional<std::string> reason_text; ///< The same in the reader's language.
  std::string body;                       ///< What is sent.
  std::string created_at;
  std::optional<std::string> attempted_at;
};

} // namespace mv
