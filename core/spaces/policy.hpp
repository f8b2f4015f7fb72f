#pragma once

// Who may do what in a space: pure functions of the asker's membership. Services fetch the facts, ask here, and turn a
// "no" into a refusal: `not_found` for a stranger, who may not know of the space, `forbidden` for a member.

#include <optional>

#include "core/contracts/spaces.hpp"

namespace mv::spaces {

/// Everything that can be done in a space. `own` is what the asker brought or made, `any` what somebody else did.
enum class Action {
  see_space,
  see_members,
  see_memories,           ///< Those placed in the space for everybody in it.
  see_private_of_another, ///< Never, by nobody: private is private, also from the owner.
  comment,
  add_memory,
  edit_own_memory,
  edit_any_memory,
  trash_own_memory, ///< And restore it.
  trash_any_memory,
  purge_own_memory, ///< For good, before the trash would let it go.
  purge_any_memory,
  add_collection,
  add_to_collection, ///< Put memories into a collection, whoever made it.
  edit_own_collection,
  edit_any_collection,
  invite,
  rename_space,
  manage_members, ///< Change roles, take members out.
  delete_space,
  manage_webhooks, ///< Let other systems hear of what every member may hear.
  leave_space,     ///< The service keeps the last owner in.
};

/// The least role that an action needs; nothing where no role is enough.
[[nodiscard]] constexpr std::optional<Role> least_role(Action action) {
  switch (action) {
    case Action::see_space:
    case Action::see_members:
    case Action::see_memories:
    case Action::leave_space:
      return Role::viewer;
    case Action::comment:
      return Role::commenter;
    case Action::add_memory:
    case Action::edit_own_memory:
    case Action::trash_own_memory:
    case Action::purge_own_memory:
    case Action::add_collection:
    case Action::add_to_collection:
    case Action::edit_own_collection:
      return Role::contributor;
    case Action::edit_any_memory:
    case Action::trash_any_memory:
    case Action::edit_any_collection:
    case Action::invite:
      return Role::editor;
    // What others brought goes for good by the owner's hand only.
    case Action::purge_any_memory:
    case Action::rename_space:
    case Action::manage_members:
    case Action::delete_space:
    case Action::manage_webhooks:
      return Role::owner;
    case Action::see_private_of_another:
      return std::nullopt;
  }
  return std::nullopt;
}

/// True when `role` holds at least what `least` may do.
[[nodiscard]] constexpr bool at_least(Role role, Role least) {
  return static_cast<int>(role) <= static_cast<int>(least); // from owner, the strongest, down
}

/// `membership` is empty for somebody who is no member: a stranger may do nothing.
[[nodiscard]] constexpr bool may(std::optional<Role> membership, Action action) {
  const std::optional<Role> least = least_role(action);
  return membership && least && at_least(*membership, *least);
}

/// A private memory is its contributor's alone, as long as they are a member; all others are seen by every member.
[[nodiscard]] constexpr bool can_see_memory(std::optional<Role> membership, bool own, bool is_private) {
  if (own) return may(membership, Action::see_memories);
  return may(membership, is_private ? Action::see_private_of_another : Action::see_memories);
}

[[nodiscard]] constexpr bool can_edit_memory(std::optional<Role> membership, bool own, bool is_private) {
  return can_see_memory(membership, own, is_private) &&
         may(membership, own ? Action::edit_own_memory : Action::edit_any_memory);
}

/// To the trash and back.
[[nodiscard]] constexpr bool can_trash_memory(std::optional<Role> membership, bool own, bool is_private) {
  return can_see_memory(membership, own, is_private) &&
         may(membership, own ? Action::trash_own_memory : Action::trash_any_memory);
}

[[nodiscard]] constexpr bool can_purge_memory(std::optional<Role> membership, bool own, bool is_private) {
  return can_see_memory(membership, own, is_private) &&
         may(membership, own ? Action::purge_own_memory : Action::purge_any_memory);
}

[[nodiscard]] constexpr bool can_edit_collection(std::optional<Role> membership, bool own) {
  return may(membership, own ? Action::edit_own_collection : Action::edit_any_collection);
}

/// Whether `inviter` may hand out `offered`: never ownership, and nothing above their own role.
[[nodiscard]] constexpr bool can_invite_as(std::optional<Role> inviter, Role offered) {
  return may(inviter, Action::invite) && offered != Role::owner && at_least(*inviter, offered);
}

} // namespace mv::spaces
