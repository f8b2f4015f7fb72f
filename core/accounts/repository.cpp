#include "core/accounts/repository.hpp"

#include "core/accounts/sql.hpp"
#include "core/base/iso_time.hpp"

namespace mv::accounts {
namespace {

std::optional<StoredUser> read_user(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  return StoredUser{.user = {.id = row.text(0),
                             .email = row.text(1),
                             .name = row.text(2),
                             .locale = row.text(3),
                             .theme = row.text(4),
                             .is_owner = row.integer(5) != 0,
                             .personal_space_id = row.text(8),
                             .created_at = iso_utc(row.integer(6))},
                    .password_hash = row.text(7)};
}

} // namespace

Result<bool> UserRepository::any() {
  TRY(const Rows rows, tx_.run(sql::any_user));
  return !rows.empty();
}

Result<bool> UserRepository::insert(const NewUser& user) {
  TRY(const Rows rows, tx_.run(sql::insert_user, user.id, user.email, user.email_key, user.name, user.password_hash,
                               user.is_owner, user.locale, user.created_at));
  return !rows.empty();
}

Result<std::optional<StoredUser>> UserRepository::find(std::string_view id) {
  TRY(const Rows rows, tx_.run(sql::find_user, id));
  return read_user(rows);
}

Result<std::optional<StoredUser>> UserRepository::find_by_email(std::string_view email_key) {
  TRY(const Rows rows, tx_.run(sql::find_user_by_email, email_key));
  return read_user(rows);
}

Result<void> UserRepository::update_profile(const User& user, std::string_view email_key, TimeMs now) {
  TRY_OK(tx_.run(sql::update_user_profile, user.email, email_key, user.name, user.locale, user.theme, now, user.id));
  return {};
}

Result<bool> UserRepository::update_password(std::string_view id, std::string_view old_hash, std::string_view new_hash,
                                             TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::update_user_password, new_hash, now, id, old_hash));
  return !rows.empty();
}

} // namespace mv::accounts
