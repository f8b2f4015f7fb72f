#pragma once

// Who is in a family's space right now. People see it of those with whom they share the space, and of nobody else.

#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/accounts.hpp"
#include "core/contracts/common.hpp"
#include "core/ports/database.hpp"
#include "core/ports/presence.hpp"

namespace mv::spaces {

/// Type of the event, to the members of a space, that one of them came or went; `data` is `ActivityEventData`.
inline constexpr std::string_view kUserActivity = "user.activity";

[[nodiscard]] Result<void> announce_activity(Transaction& tx, std::string_view space_id, std::string_view user_id,
                                             bool here, TimeMs now);

/// Safe from every thread.
class PresenceService {
public:
  /// The references must outlive it.
  PresenceService(Database& db, Presence& presence) : db_(db), presence_(presence) {}

  /// Members with a connection open, the asker included; nobody while presence is away. `space.not-found` for a
  /// stranger.
  [[nodiscard]] Result<Items<PersonName>> list(std::string_view user_id, std::string_view space_id);

private:
  Database& db_;
  Presence& presence_;
};

} // namespace mv::spaces
