#pragma once

// The rules of spaces and their members.

#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/spaces.hpp"
#include "core/ports/database.hpp"

namespace mv::spaces {

/// Family spaces that one person may be in, so that no list of spaces grows without end.
inline constexpr std::int64_t kMaxFamilySpaces = 100;

/// A stranger to a space gets `space.not-found` (not_found) everywhere; a member whose role is too low
/// `space.not-allowed` (forbidden). Safe from every thread.
class SpaceService {
public:
  /// The references must outlive the service.
  SpaceService(Database& db, const Clock& clock) : db_(db), clock_(clock) {}

  /// The personal space first, then families in the order in which they were made.
  [[nodiscard]] Result<Items<Space>> list(std::string_view user_id);
  [[nodiscard]] Result<Space> get(std::string_view user_id, std::string_view space_id);

  /// A family space, whose owner the asker is. `space.too-many` (conflict) over kMaxFamilySpaces.
  [[nodiscard]] Result<Space> create(std::string_view user_id, const SpaceDraft& draft);
  /// `version.changed` (precondition_failed) when `version` is no longer the present one.
  [[nodiscard]] Result<Space> change(std::string_view user_id, std::string_view space_id, std::int64_t version,
                                     const SpacePatch& patch);
  /// Conflicts: `space.personal` for a personal one, `space.not-empty` while it holds memories, the trash included.
  [[nodiscard]] Result<void> remove(std::string_view user_id, std::string_view space_id);

  [[nodiscard]] Result<Items<Member>> members(std::string_view user_id, std::string_view space_id);
  /// Conflict `space.last-owner` where nobody else would own the space. `member.not-found` for who is not in it.
  [[nodiscard]] Result<Member> set_role(std::string_view user_id, std::string_view space_id, std::string_view member_id,
                                        Role role);
  /// Takes somebody out, or leaves, where `member_id` is the asker. What they brought stays. Conflicts as above, and
  /// `space.personal` for one's own space.
  [[nodiscard]] Result<void> remove_member(std::string_view user_id, std::string_view space_id,
                                           std::string_view member_id);

private:
  Database& db_;
  const Clock& clock_;
};

/// The space that everybody gets with their account; joins the transaction that makes it.
[[nodiscard]] Result<std::string> make_personal_space(Transaction& tx, std::string_view user_id, std::string_view name,
                                                      TimeMs now);

/// The title as it is kept, or why not: 1 to 100 characters, no control characters.
[[nodiscard]] Result<std::string> checked_title(std::string_view title, std::string_view pointer);

} // namespace mv::spaces
