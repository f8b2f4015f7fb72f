#include "core/spaces/access.hpp"

#include <array>
#include <utility>

#include "core/spaces/sql.hpp"

namespace mv::spaces {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 5> kRoleNames{{{Role::owner, "owner"},
                                                                       {Role::editor, "editor"},
                                                                       {Role::contributor, "contributor"},
                                                                       {Role::commenter, "commenter"},
                                                                       {Role::viewer, "viewer"}}};

Result<Role> stored_role(const std::string& name) {
  const std::optional<Role> role = parse_role(name);
  if (!role) return fail(ErrorCode::internal, "internal", "unknown role in space_members: " + name);
  return *role;
}

Result<SpaceAccess> read_access(const Row& row) {
  TRY(const Role role, stored_role(row.text(1)));
  return SpaceAccess{.space_id = row.text(0), .role = role, .personal = row.text(2) == "personal"};
}

} // namespace

Result<std::vector<SpaceAccess>> spaces_of(Transaction& tx, std::string_view user_id) {
  TRY(const Rows rows, tx.run(sql::space_accesses_of_user, user_id));
  std::vector<SpaceAccess> spaces;
  spaces.reserve(rows.size());
  for (const Row& row : rows) {
    TRY(SpaceAccess access, read_access(row));
    spaces.push_back(std::move(access));
  }
  return spaces;
}

Result<std::optional<SpaceAccess>> access_to(Transaction& tx, std::string_view space_id, std::string_view user_id) {
  TRY(const Rows rows, tx.run(sql::space_access, space_id, user_id));
  if (rows.empty()) return std::nullopt;
  TRY(SpaceAccess access, read_access(rows.front()));
  return std::optional(std::move(access));
}

Result<SpaceAccess> require_access(Transaction& tx, std::string_view space_id, std::string_view user_id) {
  TRY(std::optional<SpaceAccess> access, access_to(tx, space_id, user_id));
  if (!access) return fail(ErrorCode::not_found, "space.not-found");
  return *std::move(access);
}

Result<std::string> personal_space(Transaction& tx, std::string_view user_id) {
  TRY(const Rows rows, tx.run(sql::personal_space_of_user, user_id));
  if (rows.empty()) return fail(ErrorCode::internal, "internal", "no personal space of " + std::string(user_id));
  return rows.front().text(0);
}

Result<std::vector<std::string>> member_ids(Transaction& tx, std::string_view space_id) {
  TRY(const Rows rows, tx.run(sql::space_member_ids, space_id));
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (const Row& row : rows)
    ids.push_back(row.text(0));
  return ids;
}

Result<std::optional<Role>> role_in(const Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return stored_role(row.text(column));
}

std::string_view role_name(Role role) {
  for (const auto& [known, name] : kRoleNames) {
    if (known == role) return name;
  }
  return "viewer";
}

std::optional<Role> parse_role(std::string_view name) {
  for (const auto& [role, known] : kRoleNames) {
    if (known == name) return role;
  }
  return std::nullopt;
}

} // namespace mv::spaces
