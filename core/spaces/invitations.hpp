#pragma once

// Invitations: links that let one person in, to the installation and, where they name one, to a family's space.
// The token in the link is kept as its SHA-256 only, works once, and ends after two weeks.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/accounts.hpp"
#include "core/contracts/spaces.hpp"
#include "core/ports/database.hpp"

namespace mv::spaces {

inline constexpr TimeMs kInvitationLife = 14 * kDay;
inline constexpr std::int64_t kMaxOpenInvitations = 100; ///< Of one person at a time.

/// Who asks about invitations.
struct Inviter {
  std::string_view user_id;
  bool is_owner = false; ///< Owns the installation.
};

/// Safe from every thread.
class InvitationService {
public:
  /// The references must outlive the service.
  InvitationService(Database& db, const Clock& clock) : db_(db), clock_(clock) {}

  /// The reply alone carries the token. Into a family by its owners and editors, never above their own role; without
  /// a space by the owner of the installation (`invitation.not-allowed`, forbidden).
  [[nodiscard]] Result<Invitation> create(const Inviter& inviter, const InvitationDraft& draft);
  /// One's own, and those into the spaces that one owns; newest first, at most 200.
  [[nodiscard]] Result<Items<Invitation>> list(std::string_view user_id);
  /// By who made it, the owner of its space, or the owner of the installation; `invitation.not-found` for others.
  [[nodiscard]] Result<void> revoke(const Inviter& who, std::string_view id);

  /// For anybody who holds the link. `invitation.not-found` (not_found), `invitation.used`, `invitation.expired` or
  /// `invitation.withdrawn` (gone).
  [[nodiscard]] Result<InvitationPreview> preview(std::string_view token);
  /// Joins its space. Conflicts that leave the link as it was: `space.already-member`, and `invitation.no-space` for a
  /// link that only lets people register.
  [[nodiscard]] Result<Space> accept(std::string_view user_id, std::string_view token);

private:
  Database& db_;
  const Clock& clock_;
};

/// An invitation that may be used now.
struct ValidInvitation {
  std::string id;
  std::string inviter_name;
  std::optional<std::string> space_id;
  std::optional<std::string> space_title;
  Role role = Role::contributor;
  TimeMs expires_at = 0;
};

/// Refusals as for `preview`.
[[nodiscard]] Result<ValidInvitation> find_valid_invitation(Transaction& tx, std::string_view token, TimeMs now);

/// Spends it for `user_id` and makes them a member of its space, where it has one. `invitation.used` (gone) when
/// somebody was faster.
[[nodiscard]] Result<void> use_invitation(Transaction& tx, const ValidInvitation& invitation, std::string_view user_id,
                                          TimeMs now);

/// Forgets those that ended a month ago.
[[nodiscard]] Result<void> sweep_invitations(Transaction& tx, TimeMs now);

} // namespace mv::spaces
