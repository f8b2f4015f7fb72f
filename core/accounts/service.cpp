#include "core/accounts/service.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "core/accounts/repository.hpp"
#include "core/accounts/rules.hpp"
#include "core/accounts/settings.hpp"
#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/base/iso_time.hpp"
#include "core/base/text.hpp"
#include "core/events/outbox.hpp"
#include "core/spaces/invitations.hpp"
#include "core/spaces/service.hpp"
#include "core/spaces/view.hpp"

namespace mv::accounts {
namespace {

/// Collects what is wrong with a body, so that a person hears of all of it at once.
class Faults {
public:
  void add(std::string_view pointer, std::optional<std::string_view> code) {
    if (code) faults_.push_back({std::string(pointer), std::string(*code)});
  }
  [[nodiscard]] Result<void> result() && {
    if (faults_.empty()) return {};
    return std::unexpected(
        Error{.code = ErrorCode::unprocessable, .key = "request.invalid-body", .fields = std::move(faults_)});
  }

private:
  std::vector<FieldError> faults_;
};

/// Keys of the limiter hold no address that people wrote: it may be long, and turns up in dumps.
std::string limit_key(std::string_view what, std::string_view whose) {
  return std::string(what) + ':' + sha256_hex(whose);
}

SignedIn signed_in(User user, IssuedTokens tokens) {
  return {.user = std::move(user),
          .access_token = std::move(tokens.access_token),
          .refresh_token = std::move(tokens.refresh_token),
          .expires_at = iso_utc(tokens.access_expires_at)};
}

Result<StoredUser> require_user(Transaction& tx, std::string_view id) {
  TRY(std::optional<StoredUser> stored, UserRepository(tx).find(id));
  // The account went while its token was on the way.
  if (!stored) return fail(ErrorCode::unauthenticated, "auth.token-invalid");
  return *std::move(stored);
}

/// By which right somebody registers; asked before the hashing, and again in the transaction that counts.
struct RegistrationRight {
  bool first = false; ///< Makes the owner of the installation.
  std::optional<spaces::ValidInvitation> invitation;
};

Result<RegistrationRight> registration_right(Transaction& tx, const std::optional<std::string>& invitation,
                                             TimeMs now) {
  TRY(const bool anybody, UserRepository(tx).any());
  if (!anybody) return RegistrationRight{.first = true, .invitation = std::nullopt};
  if (invitation) {
    TRY(spaces::ValidInvitation valid, spaces::find_valid_invitation(tx, *invitation, now));
    return RegistrationRight{.first = false, .invitation = std::move(valid)};
  }
  TRY(const bool open, is_registration_open(tx));
  if (!open) return fail(ErrorCode::forbidden, "auth.registration-closed");
  return RegistrationRight{};
}

/// Their name stands beside what they brought, in every space.
Result<void> announce_name(Transaction& tx, const std::string& user_id, TimeMs now) {
  return events::Outbox(tx).add({.type = std::string(spaces::kPersonRenamed),
                                 .space_id = std::string(spaces::kEveryone),
                                 .user_id = user_id,
                                 .at = now});
}

} // namespace

Result<SignedIn> AccountService::register_account(const RegisterRequest& request, const Device& device,
                                                  std::string_view locale) {
  const std::string email = trim(request.email);
  const std::string name = trim(request.name);
  const std::string kept_locale(request.locale.value_or(std::string(locale == "ru" ? "ru" : "en")));
  Faults faults;
  faults.add("/email", email_fault(email));
  faults.add("/password", password_fault(request.password));
  faults.add("/name", name_fault(name));
  faults.add("/locale", locale_fault(kept_locale));
  TRY_OK(std::move(faults).result());

  const std::string key = email_key(email);
  TRY_OK(limiter_.take(limit_key("register-address", device.address), limits_.register_address));
  TRY_OK(limiter_.take(limit_key("register-account", key), limits_.register_account));
  TRY_OK(db_.read([&](Transaction& tx) { return registration_right(tx, request.invitation, clock_.now()); }));
  TRY(const std::string hash, passwords_.hash(request.password));

  return db_.transaction([&](Transaction& tx) -> Result<SignedIn> {
    const TimeMs now = clock_.now();
    TRY(const RegistrationRight right, registration_right(tx, request.invitation, now));
    const NewUser user{.id = new_id(),
                       .email = email,
                       .email_key = key,
                       .name = name,
                       .password_hash = hash,
                       .locale = kept_locale,
                       .is_owner = right.first,
                       .created_at = now};
    UserRepository users(tx);
    TRY(const bool inserted, users.insert(user));
    if (!inserted) {
      TRY(const std::optional<StoredUser> taken, users.find_by_email(key));
      if (taken) return fail(ErrorCode::conflict, "account.email-taken");
      return fail(ErrorCode::forbidden, "auth.registration-closed"); // somebody else became the owner just now
    }
    TRY_OK(spaces::make_personal_space(tx, user.id, name, now));
    if (right.invitation) TRY_OK(spaces::use_invitation(tx, *right.invitation, user.id, now));
    TRY(IssuedTokens tokens, sessions_.start(tx, user.id, device));
    TRY(StoredUser stored, require_user(tx, user.id));
    return signed_in(std::move(stored.user), std::move(tokens));
  });
}

Result<SignedIn> AccountService::login(const LoginRequest& request, const Device& device) {
  const std::string key = email_key(request.email);
  TRY_OK(limiter_.take(limit_key("login-address", device.address), limits_.login_address));
  TRY_OK(limiter_.take(limit_key("login-account", key), limits_.login_account));

  TRY(const std::optional<StoredUser> found,
      db_.read([&](Transaction& tx) { return UserRepository(tx).find_by_email(key); }));
  if (!found) {
    TRY_OK(passwords_.verify_nobody(request.password));
    return fail(ErrorCode::unauthenticated, "auth.bad-credentials");
  }
  TRY(const bool right, passwords_.verify(found->password_hash, request.password));
  if (!right) return fail(ErrorCode::unauthenticated, "auth.bad-credentials");

  std::optional<std::string> better;
  if (passwords_.is_outdated(found->password_hash)) {
    TRY(better, passwords_.hash(request.password));
  }
  return db_.transaction([&](Transaction& tx) -> Result<SignedIn> {
    TRY(StoredUser now_stored, require_user(tx, found->user.id));
    // Whoever changed the password between our look and now did so to keep others out.
    if (now_stored.password_hash != found->password_hash)
      return fail(ErrorCode::unauthenticated, "auth.bad-credentials");
    if (better) {
      TRY_OK(UserRepository(tx).update_password(found->user.id, found->password_hash, *better, clock_.now()));
    }
    TRY(IssuedTokens tokens, sessions_.start(tx, found->user.id, device));
    return signed_in(std::move(now_stored.user), std::move(tokens));
  });
}

Result<SignedIn> AccountService::refresh(std::string_view refresh_token, const Device& device) {
  TRY_OK(limiter_.take(limit_key("refresh-address", device.address), limits_.refresh_address));
  TRY(IssuedTokens tokens, sessions_.refresh(refresh_token, device));
  TRY(User user, me(tokens.user_id));
  return signed_in(std::move(user), std::move(tokens));
}

Result<User> AccountService::me(std::string_view user_id) {
  return db_.read([&](Transaction& tx) -> Result<User> {
    TRY(StoredUser stored, require_user(tx, user_id));
    return std::move(stored.user);
  });
}

Result<void> AccountService::check_password(std::string_view user_id, std::string_view password,
                                            std::string_view pointer, std::string& hash) {
  TRY_OK(limiter_.take(limit_key("password", user_id), limits_.password_account));
  TRY(const StoredUser stored, db_.read([&](Transaction& tx) { return require_user(tx, user_id); }));
  TRY(const bool right, passwords_.verify(stored.password_hash, password));
  // 422, not 401: who asks is known, and a client must not think that its token is spent.
  if (!right) return fail_field("auth.wrong-password", pointer, "wrong-password");
  hash = stored.password_hash;
  return {};
}

Result<User> AccountService::change_profile(std::string_view user_id, const ProfilePatch& patch) {
  std::optional<std::string> email;
  std::optional<std::string> name;
  Faults faults;
  if (patch.email) {
    email = trim(*patch.email);
    faults.add("/email", email_fault(*email));
  }
  if (patch.name) {
    name = trim(*patch.name);
    faults.add("/name", name_fault(*name));
  }
  if (patch.locale) faults.add("/locale", locale_fault(*patch.locale));
  if (patch.theme) faults.add("/theme", theme_fault(*patch.theme));
  TRY_OK(std::move(faults).result());

  std::optional<std::string> verified;
  if (email) {
    TRY(const User present, me(user_id));
    if (present.email != *email) {
      if (!patch.password) return fail_field("request.invalid-body", "/password", "required");
      TRY_OK(check_password(user_id, *patch.password, "/password", verified.emplace()));
    }
  }

  return db_.transaction([&](Transaction& tx) -> Result<User> {
    TRY(StoredUser stored, require_user(tx, user_id));
    if (verified && stored.password_hash != *verified)
      return fail_field("auth.wrong-password", "/password", "wrong-password");
    User& user = stored.user;
    const bool renamed = name && *name != user.name;
    if (renamed) user.name = *name;
    if (verified) user.email = *email;
    if (patch.locale) user.locale = *patch.locale;
    if (patch.theme) user.theme = *patch.theme;
    const std::string key = email_key(user.email);
    UserRepository users(tx);
    TRY(const std::optional<StoredUser> holder, users.find_by_email(key));
    if (holder && holder->user.id != user.id) return fail(ErrorCode::conflict, "account.email-taken");
    const TimeMs now = clock_.now();
    auto updated = users.update_profile(user, key, now);
    if (!updated && updated.error().code == ErrorCode::conflict)
      return fail(ErrorCode::conflict, "account.email-taken");
    TRY_OK(updated);
    if (renamed) TRY_OK(announce_name(tx, user.id, now));
    TRY_OK(
        events::Outbox(tx).add({.type = std::string(kAccountChanged), .space_id = "", .user_id = user.id, .at = now}));
    return std::move(user);
  });
}

Result<void> AccountService::change_password(const Identity& who, const PasswordChange& change) {
  Faults faults;
  faults.add("/newPassword", password_fault(change.new_password));
  TRY_OK(std::move(faults).result());
  std::string verified;
  TRY_OK(check_password(who.user_id, change.current_password, "/currentPassword", verified));
  TRY(const std::string hash, passwords_.hash(change.new_password));
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const bool changed, UserRepository(tx).update_password(who.user_id, verified, hash, clock_.now()));
    if (!changed) return fail_field("auth.wrong-password", "/currentPassword", "wrong-password");
    return sessions_.end_others(tx, who.user_id, who.session_id);
  });
}

} // namespace mv::accounts
