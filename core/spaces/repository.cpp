#include "core/spaces/repository.hpp"

#include <utility>

#include "core/base/iso_time.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/sql.hpp"

namespace mv::spaces {
namespace {

Space read_space(const Row& row) {
  return {.id = row.text(0),
          .kind = row.text(1),
          .title = row.text(2),
          .role = parse_role(row.text(3)).value_or(Role::viewer),
          .members = row.integer(4),
          .memories = row.integer(5),
          .version = row.integer(6),
          .created_at = iso_utc(row.integer(7))};
}

Member read_member(const Row& row) {
  return {.user_id = row.text(0),
          .name = row.text(1),
          .email = row.text(2),
          .role = parse_role(row.text(3)).value_or(Role::viewer),
          .joined_at = iso_utc(row.integer(4))};
}

} // namespace

Result<void> SpaceRepository::insert(std::string_view id, std::string_view kind, std::string_view title,
                                     std::string_view created_by, TimeMs now) {
  TRY_OK(tx_.run(sql::insert_space, id, kind, title, created_by, now));
  return {};
}

Result<std::optional<Space>> SpaceRepository::find(std::string_view id, std::string_view user_id) {
  TRY(const Rows rows, tx_.run(sql::find_space, user_id, id));
  if (rows.empty()) return std::nullopt;
  return read_space(rows.front());
}

Result<std::vector<Space>> SpaceRepository::list(std::string_view user_id) {
  TRY(const Rows rows, tx_.run(sql::list_spaces, user_id));
  std::vector<Space> spaces;
  spaces.reserve(rows.size());
  for (const Row& row : rows)
    spaces.push_back(read_space(row));
  return spaces;
}

Result<std::int64_t> SpaceRepository::count_family(std::string_view user_id) {
  TRY(const Rows rows, tx_.run(sql::count_family_spaces_of_user, user_id));
  return rows.front().integer(0);
}

Result<bool> SpaceRepository::rename(std::string_view id, std::int64_t version, std::string_view title, TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::rename_space, title, now, id, version));
  return !rows.empty();
}

Result<void> SpaceRepository::remove(std::string_view id) {
  TRY_OK(tx_.run(sql::delete_collections_of_space, id));
  TRY_OK(tx_.run(sql::delete_space, id));
  return {};
}

Result<bool> SpaceRepository::add_member(std::string_view id, std::string_view user_id, Role role, TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::insert_space_member, id, user_id, role_name(role), now));
  return !rows.empty();
}

Result<std::vector<Member>> SpaceRepository::members(std::string_view id) {
  TRY(const Rows rows, tx_.run(sql::list_space_members, id));
  std::vector<Member> members;
  members.reserve(rows.size());
  for (const Row& row : rows)
    members.push_back(read_member(row));
  return members;
}

Result<std::optional<Member>> SpaceRepository::member(std::string_view id, std::string_view user_id) {
  TRY(const Rows rows, tx_.run(sql::find_space_member, id, user_id));
  if (rows.empty()) return std::nullopt;
  return read_member(rows.front());
}

Result<std::int64_t> SpaceRepository::count_other_owners(std::string_view id, std::string_view user_id) {
  TRY(const Rows rows, tx_.run(sql::count_other_space_owners, id, user_id));
  return rows.front().integer(0);
}

Result<void> SpaceRepository::set_role(std::string_view id, std::string_view user_id, Role role) {
  TRY_OK(tx_.run(sql::set_space_member_role, role_name(role), id, user_id));
  return {};
}

Result<void> SpaceRepository::remove_member(std::string_view id, std::string_view user_id) {
  TRY_OK(tx_.run(sql::delete_space_member, id, user_id));
  return {};
}

} // namespace mv::spaces
