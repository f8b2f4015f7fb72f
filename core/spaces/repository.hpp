#pragma once

// Spaces and their members in the database: one function a query, no decisions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/spaces.hpp"
#include "core/ports/database.hpp"

namespace mv::spaces {

inline constexpr std::string_view kPersonal = "personal";
inline constexpr std::string_view kFamily = "family";

class SpaceRepository {
public:
  explicit SpaceRepository(Transaction& tx) : tx_(tx) {}

  [[nodiscard]] Result<void> insert(std::string_view id, std::string_view kind, std::string_view title,
                                    std::string_view created_by, TimeMs now);
  /// As `user_id` sees it; nothing when they are no member.
  [[nodiscard]] Result<std::optional<Space>> find(std::string_view id, std::string_view user_id);
  [[nodiscard]] Result<std::vector<Space>> list(std::string_view user_id);
  [[nodiscard]] Result<std::int64_t> count_family(std::string_view user_id);
  /// False when the version is no longer `version`.
  [[nodiscard]] Result<bool> rename(std::string_view id, std::int64_t version, std::string_view title, TimeMs now);
  /// With its collections, members and invitations. `conflict` while memories are left in it.
  [[nodiscard]] Result<void> remove(std::string_view id);

  /// False when they are a member already.
  [[nodiscard]] Result<bool> add_member(std::string_view id, std::string_view user_id, Role role, TimeMs now);
  [[nodiscard]] Result<std::vector<Member>> members(std::string_view id);
  [[nodiscard]] Result<std::optional<Member>> member(std::string_view id, std::string_view user_id);
  [[nodiscard]] Result<std::int64_t> count_other_owners(std::string_view id, std::string_view user_id);
  [[nodiscard]] Result<void> set_role(std::string_view id, std::string_view user_id, Role role);
  [[nodiscard]] Result<void> remove_member(std::string_view id, std::string_view user_id);

private:
  Transaction& tx_;
};

} // namespace mv::spaces
