#pragma once

#include "core/contracts/common.hpp"

namespace mv {

/// Somebody with an account, as they see themselves.
struct User {
  std::string id;
  std::string email;
  std::string name;
  std::string locale;    ///< `ru` or `en`.
  std::string theme;     ///< `system`, `light` or `dark`.
  bool is_owner = false; ///< Owns the installation: may change its settings.
  std::string personal_space_id;
  std::string created_at;
};

/// Somebody as others in a space see them.
struct PersonName {
  std::string id;
  std::string name;
};

struct RegisterRequest {
  std::string email;                     ///< Up to 254 characters; compared without case.
  std::string password;                  ///< 8 to 256 characters.
  std::string name;                      ///< 1 to 100 characters.
  std::optional<std::string> invitation; ///< The token of an invitation link; needed where registration is closed.
  std::optional<std::string> locale;     ///< `ru` or `en`; else by Accept-Language.
};

struct LoginRequest {
  std::string email;
  std::string password;
};

/// What register, login and refresh answer. A browser that sends `X-Requested-With: memoryverse-web` gets the tokens as
/// HttpOnly cookies only, and empty strings here, so that no script ever holds them.
struct SignedIn {
  User user;
  std::string access_token;
  std::string refresh_token;
  std::string expires_at; ///< When the access token ends.
};

struct RefreshRequest {
  std::optional<std::string> refresh_token; ///< Absent where the cookie carries it.
};

struct ProfilePatch {
  std::optional<std::string> name;
  std::optional<std::string> email;    ///< Needs `password`.
  std::optional<std::string> password; ///< The present one, for a change of e-mail address.
  std::optional<std::string> locale;
  std::optional<std::string> theme;
};

struct PasswordChange {
  std::string current_password;
  std::string new_password; ///< 8 to 256 characters. All other sessions end.
};

/// One device that is signed in.
struct SessionInfo {
  std::string id;
  std::string user_agent;
  std::string address;
  std::string created_at;
  std::string last_used_at;
  bool current = false;
};

/// What anybody may ask before signing in.
struct ServerStatus {
  bool initialised = false; ///< False until the first account exists.
  std::string registration; ///< `open`, `invitation` or `closed` (the first account is always welcome).
  std::string version;
};

/// Settings of the installation, for its owner.
struct Settings {
  bool open_registration = false; ///< Whether anybody may register without an invitation.
  std::int64_t trash_days = 30;   ///< Read only: days that a memory stays in the trash.
};

struct SettingsPatch {
  std::optional<bool> open_registration;
};

/// An invitation to the installation and, with a space, to that family.
struct InvitationDraft {
  std::optional<std::string> space_id;
  std::optional<std::string> role; ///< Role in that space; `contributor` when absent. Never `owner`.
  std::optional<std::string> note; ///< For whom it is; up to 200 characters.
};

struct Invitation {
  std::string id;
  std::optional<std::string> space_id;
  std::optional<std::string> space_title;
  std::optional<std::string> role;
  std::string note;
  std::string created_at;
  std::string expires_at;
  std::optional<std::string> used_at;
  std::optional<std::string> token; ///< Only in the reply to its creation: `/invite/TOKEN` on the web address.
};

struct InvitationQuery {
  std::string token;
};

/// What somebody who holds the link may see before they accept.
struct InvitationPreview {
  std::string inviter; ///< Name of who invites.
  std::optional<std::string> space_title;
  std::optional<std::string> role;
  std::string expires_at;
};

/// Accepting an invitation with an account that exists already.
struct InvitationAcceptance {
  std::string token;
};

} // namespace mv
