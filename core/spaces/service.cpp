#include "core/spaces/service.hpp"

#include <utility>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/events.hpp"
#include "core/spaces/policy.hpp"
#include "core/spaces/repository.hpp"

namespace mv::spaces {
namespace {

constexpr std::size_t kMaxTitle = 100;

/// Membership, and the right to `action`; a stranger learns nothing of the space.
Result<SpaceAccess> require(Transaction& tx, std::string_view space_id, std::string_view user_id, Action action) {
  TRY(SpaceAccess access, require_access(tx, space_id, user_id));
  if (!may(access.role, action)) return fail(ErrorCode::forbidden, "space.not-allowed");
  return access;
}

Result<Space> find_own(Transaction& tx, std::string_view space_id, std::string_view user_id) {
  TRY(std::optional<Space> space, SpaceRepository(tx).find(space_id, user_id));
  if (!space) return fail(ErrorCode::not_found, "space.not-found");
  return *std::move(space);
}

Result<void> keep_an_owner(Transaction& tx, std::string_view space_id, const Member& leaving) {
  if (leaving.role != Role::owner) return {};
  TRY(const std::int64_t others, SpaceRepository(tx).count_other_owners(space_id, leaving.user_id));
  if (others == 0) return fail(ErrorCode::conflict, "space.last-owner");
  return {};
}

Result<Member> require_member(Transaction& tx, std::string_view space_id, std::string_view member_id) {
  TRY(std::optional<Member> member, SpaceRepository(tx).member(space_id, member_id));
  if (!member) return fail(ErrorCode::not_found, "member.not-found");
  return *std::move(member);
}

} // namespace

Result<std::string> checked_title(std::string_view title, std::string_view pointer) {
  std::string kept = trim(title);
  if (kept.empty()) return fail_field("request.invalid-body", pointer, "too-short");
  if (length(kept) > kMaxTitle) return fail_field("request.invalid-body", pointer, "too-long");
  if (has_control(kept)) return fail_field("request.invalid-body", pointer, "control-characters");
  return kept;
}

Result<std::string> make_personal_space(Transaction& tx, std::string_view user_id, std::string_view name, TimeMs now) {
  std::string id = new_id();
  SpaceRepository spaces(tx);
  TRY_OK(spaces.insert(id, kPersonal, name, user_id, now));
  TRY_OK(spaces.add_member(id, user_id, Role::owner, now));
  return id;
}

Result<Items<Space>> SpaceService::list(std::string_view user_id) {
  return db_.read([&](Transaction& tx) -> Result<Items<Space>> {
    TRY(std::vector<Space> spaces, SpaceRepository(tx).list(user_id));
    return Items<Space>{std::move(spaces)};
  });
}

Result<Space> SpaceService::get(std::string_view user_id, std::string_view space_id) {
  return db_.read([&](Transaction& tx) { return find_own(tx, space_id, user_id); });
}

Result<Space> SpaceService::create(std::string_view user_id, const SpaceDraft& draft) {
  TRY(const std::string title, checked_title(draft.title, "/title"));
  return db_.transaction([&](Transaction& tx) -> Result<Space> {
    SpaceRepository spaces(tx);
    TRY(const std::int64_t count, spaces.count_family(user_id));
    if (count >= kMaxFamilySpaces) return fail(ErrorCode::conflict, "space.too-many");
    const std::string id = new_id();
    const TimeMs now = clock_.now();
    TRY_OK(spaces.insert(id, kFamily, title, user_id, now));
    TRY_OK(spaces.add_member(id, user_id, Role::owner, now));
    // The person's other open windows learn of their new space this way.
    TRY_OK(announce_membership(tx, id, user_id, Role::owner, now));
    return find_own(tx, id, user_id);
  });
}

Result<Space> SpaceService::change(std::string_view user_id, std::string_view space_id, std::int64_t version,
                                   const SpacePatch& patch) {
  std::optional<std::string> title;
  if (patch.title) {
    TRY(title, checked_title(*patch.title, "/title"));
  }
  return db_.transaction([&](Transaction& tx) -> Result<Space> {
    TRY_OK(require(tx, space_id, user_id, Action::rename_space));
    TRY(Space space, find_own(tx, space_id, user_id));
    if (space.version != version) return fail(ErrorCode::precondition_failed, "version.changed");
    if (!title || *title == space.title) return space;
    TRY(const bool renamed, SpaceRepository(tx).rename(space_id, version, *title, clock_.now()));
    if (!renamed) return fail(ErrorCode::precondition_failed, "version.changed");
    return find_own(tx, space_id, user_id);
  });
}

Result<void> SpaceService::remove(std::string_view user_id, std::string_view space_id) {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const SpaceAccess access, require(tx, space_id, user_id, Action::delete_space));
    if (access.personal) return fail(ErrorCode::conflict, "space.personal");
    TRY(const std::vector<std::string> members, member_ids(tx, space_id));
    auto removed = SpaceRepository(tx).remove(space_id);
    if (!removed && removed.error().code == ErrorCode::conflict) return fail(ErrorCode::conflict, "space.not-empty");
    TRY_OK(removed);
    for (const std::string& member : members)
      TRY_OK(announce_membership(tx, space_id, member, std::nullopt, clock_.now()));
    return {};
  });
}

Result<Items<Member>> SpaceService::members(std::string_view user_id, std::string_view space_id) {
  return db_.read([&](Transaction& tx) -> Result<Items<Member>> {
    TRY_OK(require(tx, space_id, user_id, Action::see_members));
    TRY(std::vector<Member> members, SpaceRepository(tx).members(space_id));
    return Items<Member>{std::move(members)};
  });
}

Result<Member> SpaceService::set_role(std::string_view user_id, std::string_view space_id, std::string_view member_id,
                                      Role role) {
  return db_.transaction([&](Transaction& tx) -> Result<Member> {
    TRY(const SpaceAccess access, require(tx, space_id, user_id, Action::manage_members));
    if (access.personal) return fail(ErrorCode::conflict, "space.personal");
    TRY(Member member, require_member(tx, space_id, member_id));
    if (member.role == role) return member;
    TRY_OK(keep_an_owner(tx, space_id, member));
    TRY_OK(SpaceRepository(tx).set_role(space_id, member_id, role));
    TRY_OK(announce_membership(tx, space_id, member_id, role, clock_.now()));
    member.role = role;
    return member;
  });
}

Result<void> SpaceService::remove_member(std::string_view user_id, std::string_view space_id,
                                         std::string_view member_id) {
  const Action action = user_id == member_id ? Action::leave_space : Action::manage_members;
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const SpaceAccess access, require(tx, space_id, user_id, action));
    if (access.personal) return fail(ErrorCode::conflict, "space.personal");
    TRY(const Member member, require_member(tx, space_id, member_id));
    TRY_OK(keep_an_owner(tx, space_id, member));
    TRY_OK(SpaceRepository(tx).remove_member(space_id, member_id));
    TRY_OK(announce_membership(tx, space_id, member_id, std::nullopt, clock_.now()));
    return {};
  });
}

} // namespace mv::spaces
