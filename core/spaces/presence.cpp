#include "core/spaces/presence.hpp"

#include <algorithm>
#include <format>

#include "core/events/outbox.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/repository.hpp"

namespace mv::spaces {

Result<void> announce_activity(Transaction& tx, std::string_view space_id, std::string_view user_id, bool here,
                               TimeMs now) {
  // Ids have no character that JSON escapes.
  TRY_OK(events::Outbox(tx).add(
      {.type = std::string(kUserActivity),
       .space_id = std::string(space_id),
       .at = now,
       .data = std::format(R"({{"spaceId":"{}","userId":"{}","here":{}}})", space_id, user_id, here)}));
  return {};
}

Result<Items<PersonName>> PresenceService::list(std::string_view user_id, std::string_view space_id) {
  TRY(const std::vector<Member> members, db_.read([&](Transaction& tx) -> Result<std::vector<Member>> {
    TRY_OK(require_access(tx, space_id, user_id));
    return SpaceRepository(tx).members(space_id);
  }));
  Items<PersonName> people;
  const auto here = presence_.list(space_id);
  if (!here) return people;
  for (const Member& member : members) {
    if (std::ranges::contains(*here, member.user_id)) people.items.push_back({member.user_id, member.name});
  }
  return people;
}

} // namespace mv::spaces
