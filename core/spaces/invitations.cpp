#include "core/spaces/invitations.hpp"

#include <utility>

#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/base/iso_time.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/events.hpp"
#include "core/spaces/policy.hpp"
#include "core/spaces/repository.hpp"
#include "core/spaces/service.hpp"
#include "core/spaces/sql.hpp"

namespace mv::spaces {
namespace {

constexpr std::size_t kMaxNote = 200;
constexpr std::string_view kTokenPrefix = "mvi_"; ///< So that a leaked one is recognised.
constexpr TimeMs kForgetAfter = 30 * kDay;

/// One row of the three queries that find invitations.
struct StoredInvitation {
  explicit StoredInvitation(const Row& row)
      : id(row.text(0)),
        space_id(row.maybe_text(1)),
        space_title(row.maybe_text(2)),
        role(row.maybe_text(3)),
        note(row.text(4)),
        created_by(row.text(5)),
        inviter_name(row.text(6)),
        created_at(row.integer(7)),
        expires_at(row.integer(8)),
        used_at(row.maybe_integer(9)) {}

  [[nodiscard]] Invitation shown() const {
    Invitation shown{.id = id,
                     .space_id = space_id,
                     .space_title = space_title,
                     .role = role,
                     .note = note,
                     .created_at = iso_utc(created_at),
                     .expires_at = iso_utc(expires_at),
                     .used_at = std::nullopt,
                     .token = std::nullopt};
    if (used_at) shown.used_at = iso_utc(*used_at);
    return shown;
  }

  std::string id;
  std::optional<std::string> space_id;
  std::optional<std::string> space_title;
  std::optional<std::string> role;
  std::string note;
  std::string created_by;
  std::string inviter_name;
  TimeMs created_at;
  TimeMs expires_at;
  std::optional<TimeMs> used_at;
};

struct CheckedDraft {
  Role role = Role::contributor;
  std::string note;
};

Result<CheckedDraft> check(const InvitationDraft& draft) {
  CheckedDraft checked{.role = Role::contributor, .note = trim(draft.note.value_or(""))};
  std::vector<FieldError> faults;
  if (draft.role) {
    const std::optional<Role> role = parse_role(*draft.role);
    if (!role || *role == Role::owner) faults.push_back({"/role", "not-one-of"});
    checked.role = role.value_or(Role::contributor);
    if (!draft.space_id) faults.push_back({"/role", "needs-a-space"});
  }
  if (length(checked.note) > kMaxNote) faults.push_back({"/note", "too-long"});
  if (has_control(checked.note)) faults.push_back({"/note", "control-characters"});
  if (faults.empty()) return checked;
  return std::unexpected(
      Error{.code = ErrorCode::unprocessable, .key = "request.invalid-body", .fields = std::move(faults)});
}

/// Whether `inviter` may let people in as `role`, now: checked when a link is made, and again when it is used.
Result<void> check_right(Transaction& tx, const Inviter& inviter, const std::optional<std::string>& space_id,
                         Role role) {
  if (!space_id) {
    if (!inviter.is_owner) return fail(ErrorCode::forbidden, "invitation.not-allowed");
    return {};
  }
  TRY(const SpaceAccess access, require_access(tx, *space_id, inviter.user_id));
  if (access.personal) return fail(ErrorCode::conflict, "space.personal");
  if (!can_invite_as(access.role, role)) return fail(ErrorCode::forbidden, "invitation.not-allowed");
  return {};
}

} // namespace

Result<Invitation> InvitationService::create(const Inviter& inviter, const InvitationDraft& draft) {
  TRY(const CheckedDraft checked, check(draft));
  const std::string token = std::string(kTokenPrefix) + random_token(32);
  return db_.transaction([&](Transaction& tx) -> Result<Invitation> {
    TRY_OK(check_right(tx, inviter, draft.space_id, checked.role));
    const TimeMs now = clock_.now();
    TRY(const Rows open, tx.run(sql::count_open_invitations, inviter.user_id, now));
    if (open.front().integer(0) >= kMaxOpenInvitations) return fail(ErrorCode::conflict, "invitation.too-many");

    const std::string id = new_id();
    std::optional<std::string_view> role;
    if (draft.space_id) role = role_name(checked.role);
    TRY_OK(tx.run(sql::insert_invitation, id, sha256_hex(token), draft.space_id, role, checked.note, inviter.user_id,
                  now, now + kInvitationLife));
    TRY(const Rows rows, tx.run(sql::find_invitation, id));
    Invitation made = StoredInvitation(rows.front()).shown();
    made.token = token;
    return made;
  });
}

Result<Items<Invitation>> InvitationService::list(std::string_view user_id) {
  return db_.read([&](Transaction& tx) -> Result<Items<Invitation>> {
    TRY(const Rows rows, tx.run(sql::list_invitations, user_id));
    Items<Invitation> list;
    list.items.reserve(rows.size());
    for (const Row& row : rows)
      list.items.push_back(StoredInvitation(row).shown());
    return list;
  });
}

Result<void> InvitationService::revoke(const Inviter& who, std::string_view id) {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run(sql::find_invitation, id));
    if (rows.empty()) return fail(ErrorCode::not_found, "invitation.not-found");
    const StoredInvitation invitation(rows.front());
    bool allowed = who.is_owner || invitation.created_by == who.user_id;
    if (!allowed && invitation.space_id) {
      TRY(const std::optional<SpaceAccess> access, access_to(tx, *invitation.space_id, who.user_id));
      allowed = access && may(access->role, Action::manage_members);
    }
    if (!allowed) return fail(ErrorCode::not_found, "invitation.not-found");
    TRY_OK(tx.run(sql::delete_invitation, id));
    return {};
  });
}

Result<InvitationPreview> InvitationService::preview(std::string_view token) {
  return db_.read([&](Transaction& tx) -> Result<InvitationPreview> {
    TRY(ValidInvitation invitation, find_valid_invitation(tx, token, clock_.now()));
    InvitationPreview preview{.inviter = std::move(invitation.inviter_name),
                              .space_title = std::move(invitation.space_title),
                              .role = std::nullopt,
                              .expires_at = iso_utc(invitation.expires_at)};
    if (invitation.space_id) preview.role = role_name(invitation.role);
    return preview;
  });
}

Result<Space> InvitationService::accept(std::string_view user_id, std::string_view token) {
  return db_.transaction([&](Transaction& tx) -> Result<Space> {
    const TimeMs now = clock_.now();
    TRY(const ValidInvitation invitation, find_valid_invitation(tx, token, now));
    if (!invitation.space_id) return fail(ErrorCode::conflict, "invitation.no-space");
    TRY_OK(use_invitation(tx, invitation, user_id, now));
    TRY(std::optional<Space> space, SpaceRepository(tx).find(*invitation.space_id, user_id));
    if (!space) return fail(ErrorCode::not_found, "space.not-found");
    return *std::move(space);
  });
}

Result<ValidInvitation> find_valid_invitation(Transaction& tx, std::string_view token, TimeMs now) {
  TRY(const Rows rows, tx.run(sql::find_invitation_by_token, sha256_hex(token)));
  if (rows.empty()) return fail(ErrorCode::not_found, "invitation.not-found");
  StoredInvitation stored(rows.front());
  if (stored.used_at) return fail(ErrorCode::gone, "invitation.used");
  if (stored.expires_at <= now) return fail(ErrorCode::gone, "invitation.expired");

  const Role role = parse_role(stored.role.value_or("")).value_or(Role::contributor);
  // A link is worth what its maker may do today: who left the family, or was made a viewer, lets nobody in any more.
  // Links without a space are made by the owner of the installation, who stays that.
  const auto right = check_right(tx, {.user_id = stored.created_by, .is_owner = true}, stored.space_id, role);
  if (!right && right.error().code != ErrorCode::internal && right.error().code != ErrorCode::unavailable)
    return fail(ErrorCode::gone, "invitation.withdrawn");
  TRY_OK(right);
  return ValidInvitation{.id = std::move(stored.id),
                         .inviter_name = std::move(stored.inviter_name),
                         .space_id = std::move(stored.space_id),
                         .space_title = std::move(stored.space_title),
                         .role = role,
                         .expires_at = stored.expires_at};
}

Result<void> use_invitation(Transaction& tx, const ValidInvitation& invitation, std::string_view user_id, TimeMs now) {
  TRY(const Rows used, tx.run(sql::use_invitation, user_id, now, invitation.id));
  if (used.empty()) return fail(ErrorCode::gone, "invitation.used");
  if (!invitation.space_id) return {};
  SpaceRepository spaces(tx);
  TRY(const std::int64_t count, spaces.count_family(user_id));
  TRY(const bool joined, spaces.add_member(*invitation.space_id, user_id, invitation.role, now));
  if (!joined) return fail(ErrorCode::conflict, "space.already-member");
  if (count >= kMaxFamilySpaces) return fail(ErrorCode::conflict, "space.too-many");
  return announce_membership(tx, *invitation.space_id, user_id, invitation.role, now);
}

Result<void> sweep_invitations(Transaction& tx, TimeMs now) {
  TRY_OK(tx.run(sql::delete_old_invitations, now - kForgetAfter));
  return {};
}

} // namespace mv::spaces
