#include "core/memories/access.hpp"

#include "core/memories/repository.hpp"
#include "core/spaces/policy.hpp"

namespace mv::memories {

namespace {

bool is_private(const MemoryRecord& memory) { return memory.privacy == "private"; }

Result<MemoryAccess> grant(std::optional<MemoryWithRole> found, const std::string& user_id) {
  if (!found) return fail(ErrorCode::not_found, "memory.not-found");
  const bool own = found->memory.contributor_id == user_id;
  if (!found->role || !spaces::can_see_memory(found->role, own, is_private(found->memory))) {
    return fail(ErrorCode::not_found, "memory.not-found");
  }
  return MemoryAccess{.memory = std::move(found->memory), .role = *found->role, .own = own};
}

} // namespace

bool MemoryAccess::can_edit() const {
  return !memory.trashed_at && spaces::can_edit_memory(role, own, is_private(memory));
}

bool MemoryAccess::can_trash() const { return spaces::can_trash_memory(role, own, is_private(memory)); }

bool MemoryAccess::can_purge() const { return spaces::can_purge_memory(role, own, is_private(memory)); }

Result<MemoryAccess> require_memory(Transaction& tx, const std::string& id, const std::string& user_id) {
  TRY(auto found, MemoryRepository(tx).find_with_role(id, user_id));
  return grant(std::move(found), user_id);
}

Result<MemoryAccess> require_memory(Database& db, const std::string& id, const std::string& user_id) {
  TRY(auto found, find_memory_with_role(db, id, user_id));
  return grant(std::move(found), user_id);
}

Result<MediaFile> require_media(Database& db, const std::string& media_id, const std::string& user_id) {
  TRY(auto found, find_media_with_role(db, media_id, user_id));
  if (!found || !spaces::can_see_memory(found->role, found->contributor_id == user_id, found->is_private)) {
    return fail(ErrorCode::not_found, "media.not-found");
  }
  return std::move(found->file);
}

Result<std::vector<spaces::SpaceAccess>> visible_spaces(Transaction& tx, const std::string& user_id,
                                                        const std::optional<std::string>& space_id) {
  if (!space_id) return spaces::spaces_of(tx, user_id);
  TRY(auto space, spaces::require_access(tx, *space_id, user_id));
  return std::vector{std::move(space)};
}

std::vector<std::string> scopes_of(const std::vector<spaces::SpaceAccess>& access, const std::string& user_id) {
  std::vector<std::string> scopes;
  scopes.reserve(2 * access.size());
  for (const auto& space : access) {
    scopes.push_back(space.space_id);
    scopes.push_back(space.space_id + ':' + user_id);
  }
  return scopes;
}

Result<std::vector<std::string>> visible_scopes(Transaction& tx, const std::string& user_id,
                                                const std::optional<std::string>& space_id) {
  TRY(const auto access, visible_spaces(tx, user_id, space_id));
  return scopes_of(access, user_id);
}

Result<spaces::SpaceAccess> require_contributor(Transaction& tx, const std::string& user_id,
                                                const std::optional<std::string>& space_id) {
  std::string id;
  if (space_id) {
    id = *space_id;
  } else {
    TRY(id, spaces::personal_space(tx, user_id));
  }
  TRY(auto space, spaces::require_access(tx, id, user_id));
  if (!spaces::may(space.role, spaces::Action::add_memory)) {
    return fail(ErrorCode::forbidden, "space.not-a-contributor");
  }
  return space;
}

} // namespace mv::memories
