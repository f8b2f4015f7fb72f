#pragma once

// Events as other systems hear of them.

#include <string>
#include <string_view>

#include "core/events/outbox.hpp"

namespace mv::events {

/// Whether everybody in its space may hear of it. What is for one person alone, private memories among it, and what
/// concerns no space never leaves the house.
[[nodiscard]] inline bool may_leave(const Event& event) { return event.user_id.empty() && !event.space_id.empty(); }

/// `{"id":…,"seq":…,"type":…,"at":…,"spaceId":…,"data":{…}}`. `id` stays the same however often it is sent.
[[nodiscard]] std::string to_message(const Event& event, std::string_view id);

} // namespace mv::events
