#include "core/spaces/events.hpp"

#include <format>

#include "core/events/outbox.hpp"
#include "core/spaces/access.hpp"

namespace mv::spaces {

Result<void> announce_membership(Transaction& tx, std::string_view space_id, std::string_view user_id,
                                 std::optional<Role> role, TimeMs now) {
  // Ids and roles have no character that JSON escapes.
  events::Event event{.type = std::string(kMembersChanged), .space_id = std::string(space_id), .at = now};
  event.data = role
                   ? std::format(R"({{"spaceId":"{}","userId":"{}","role":"{}"}})", space_id, user_id, role_name(*role))
                   : std::format(R"({{"spaceId":"{}","userId":"{}"}})", space_id, user_id);
  TRY_OK(events::Outbox(tx).add(event));
  if (role) return {};
  // Events of the space reach its members only; this one goes to who was one.
  event.space_id.clear();
  event.user_id = user_id;
  TRY_OK(events::Outbox(tx).add(event));
  return {};
}

} // namespace mv::spaces
