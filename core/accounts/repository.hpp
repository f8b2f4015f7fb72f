#pragma once

// Accounts in the database: one function a query, no decisions.

#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/accounts.hpp"
#include "core/ports/database.hpp"

namespace mv::accounts {

/// An account as it is stored. The hash never leaves this folder.
struct StoredUser {
  User user;
  std::string password_hash;
};

struct NewUser {
  std::string id;
  std::string email;
  std::string email_key;
  std::string name;
  std::string password_hash;
  std::string locale;
  bool is_owner = false;
  TimeMs created_at = 0;
};

class UserRepository {
public:
  explicit UserRepository(Transaction& tx) : tx_(tx) {}

  [[nodiscard]] Result<bool> any();
  /// False when the e-mail address is taken, or when there should be a second owner.
  [[nodiscard]] Result<bool> insert(const NewUser& user);
  [[nodiscard]] Result<std::optional<StoredUser>> find(std::string_view id);
  [[nodiscard]] Result<std::optional<StoredUser>> find_by_email(std::string_view email_key);
  /// Name, e-mail address, locale and theme. `conflict` when the address is taken.
  [[nodiscard]] Result<void> update_profile(const User& user, std::string_view email_key, TimeMs now);
  /// False when the hash is no longer `old_hash`: somebody changed the password meanwhile.
  [[nodiscard]] Result<bool> update_password(std::string_view id, std::string_view old_hash, std::string_view new_hash,
                                             TimeMs now);

private:
  Transaction& tx_;
};

} // namespace mv::accounts
