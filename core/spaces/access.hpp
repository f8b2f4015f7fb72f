#pragma once

// Which spaces somebody is in, and as what: the question that every service asks first. Call these inside the
// transaction that then acts, so that the answer still holds when it commits.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/contracts/spaces.hpp"
#include "core/ports/database.hpp"

namespace mv::spaces {

/// One membership.
struct SpaceAccess {
  std::string space_id;
  Role role = Role::viewer;
  bool personal = false;
};

/// All spaces of somebody, the personal one first, then in the order in which they were made.
[[nodiscard]] Result<std::vector<SpaceAccess>> spaces_of(Transaction& tx, std::string_view user_id);

/// Nothing when there is no such space, or when `user_id` is no member of it.
[[nodiscard]] Result<std::optional<SpaceAccess>> access_to(Transaction& tx, std::string_view space_id,
                                                           std::string_view user_id);

/// The same for those who must be members: `not_found` with `space.not-found` for a stranger.
[[nodiscard]] Result<SpaceAccess> require_access(Transaction& tx, std::string_view space_id, std::string_view user_id);

/// Id of somebody's own space; everybody with an account has one.
[[nodiscard]] Result<std::string> personal_space(Transaction& tx, std::string_view user_id);

/// Who is in a space: whom an event about it concerns.
[[nodiscard]] Result<std::vector<std::string>> member_ids(Transaction& tx, std::string_view space_id);

/// The role that a column holds; nothing where it is NULL, as it is where no membership could be joined.
[[nodiscard]] Result<std::optional<Role>> role_in(const Row& row, std::size_t column);

/// `owner`, `editor`, `contributor`, `commenter` or `viewer`: in the database and on the wire.
[[nodiscard]] std::string_view role_name(Role role);
[[nodiscard]] std::optional<Role> parse_role(std::string_view name);

} // namespace mv::spaces
