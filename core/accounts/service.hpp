#pragma once

// The rules of accounts: who may register, signing in, and what people change about themselves.
//
// What strangers can learn: signing in answers the same, after the same work, whether an e-mail address has an account
// or not. Registering must tell that an address is taken, or its owner would not understand; it does so only to
// those who have the right to register, after the same work, and a few times an hour.

#include <string>
#include <string_view>

#include "core/accounts/identity.hpp"
#include "core/accounts/password.hpp"
#include "core/accounts/sessions.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/accounts.hpp"
#include "core/ports/database.hpp"
#include "core/ports/rate_limiter.hpp"

namespace mv::accounts {

/// `rate.limited` (too_many) above these.
struct AccountLimits {
  RateLimit login_account{.permits = 10, .window = kMinute};
  RateLimit login_address{.permits = 30, .window = kMinute};
  RateLimit register_account{.permits = 5, .window = kHour};
  RateLimit register_address{.permits = 10, .window = kHour};
  RateLimit refresh_address{.permits = 300, .window = kMinute}; ///< A family shares one address.
  RateLimit password_account{.permits = 10, .window = kMinute}; ///< Changes that ask for the password.
};

/// Fields at fault give `request.invalid-body` (unprocessable). Safe from every thread.
class AccountService {
public:
  /// The references must outlive the service.
  AccountService(Database& db, RateLimiter& limiter, PasswordHasher& passwords, Sessions& sessions, const Clock& clock,
                 const AccountLimits& limits)
      : db_(db), limiter_(limiter), passwords_(passwords), sessions_(sessions), clock_(clock), limits_(limits) {}

  /// The first account owns the installation. Later ones need open registration or an invitation:
  /// `auth.registration-closed` (forbidden), refusals of the invitation, `account.email-taken` (conflict).
  /// `locale` is the reader's, for an account that names none.
  [[nodiscard]] Result<SignedIn> register_account(const RegisterRequest& request, const Device& device,
                                                  std::string_view locale);
  /// `auth.bad-credentials` (unauthenticated), whatever of the two was wrong.
  [[nodiscard]] Result<SignedIn> login(const LoginRequest& request, const Device& device);
  /// Refusals of `Sessions::refresh`.
  [[nodiscard]] Result<SignedIn> refresh(std::string_view refresh_token, const Device& device);

  [[nodiscard]] Result<User> me(std::string_view user_id);
  /// Another e-mail address needs the password.
  [[nodiscard]] Result<User> change_profile(std::string_view user_id, const ProfilePatch& patch);
  /// Ends all sessions but the asker's.
  [[nodiscard]] Result<void> change_password(const Identity& who, const PasswordChange& change);

private:
  [[nodiscard]] Result<void> check_password(std::string_view user_id, std::string_view password,
                                            std::string_view pointer, std::string& hash);

  Database& db_;
  RateLimiter& limiter_;
  PasswordHasher& passwords_;
  Sessions& sessions_;
  const Clock& clock_;
  AccountLimits limits_;
};

} // namespace mv::accounts
