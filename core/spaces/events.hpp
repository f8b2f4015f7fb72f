#pragma once

#include <optional>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/spaces.hpp"
#include "core/ports/database.hpp"

namespace mv::spaces {

/// Type of the event that a membership is new, another or over; `data` is `MembersEventData`. Connections that deliver
/// events ask for memberships again when they see it.
inline constexpr std::string_view kMembersChanged = "space.members-changed";

/// To all members, and to `user_id` alone when they are none any more (`role` is empty). Call it after the change.
[[nodiscard]] Result<void> announce_membership(Transaction& tx, std::string_view space_id, std::string_view user_id,
                                               std::optional<Role> role, TimeMs now);

} // namespace mv::spaces
