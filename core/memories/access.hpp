#pragma once

// A memory together with what its asker may do with it.

#include <string>
#include <vector>

#include "core/memories/record.hpp"
#include "core/ports/database.hpp"
#include "core/spaces/access.hpp"

namespace mv::memories {

struct MemoryAccess {
  MemoryRecord memory;
  Role role = Role::viewer;
  bool own = false;

  [[nodiscard]] bool can_edit() const;
  [[nodiscard]] bool can_trash() const;
  [[nodiscard]] bool can_purge() const;
};

/// `not_found` with `memory.not-found` where there is none, or none that `user_id` may know of.
[[nodiscard]] Result<MemoryAccess> require_memory(Transaction& tx, const std::string& id, const std::string& user_id);
/// The same for what only reads it, as one statement.
[[nodiscard]] Result<MemoryAccess> require_memory(Database& db, const std::string& id, const std::string& user_id);

/// The file of a medium, also of one in the trash; one statement. `not_found` with `media.not-found` where there is
/// none, or none that `user_id` may know of.
[[nodiscard]] Result<MediaFile> require_media(Database& db, const std::string& media_id, const std::string& user_id);

/// The spaces that a list of `user_id` is about: all of theirs, or `space_id` alone (`not_found` for a stranger).
[[nodiscard]] Result<std::vector<spaces::SpaceAccess>> visible_spaces(Transaction& tx, const std::string& user_id,
                                                                      const std::optional<std::string>& space_id);

/// Scopes whose lists `user_id` sees in these spaces.
[[nodiscard]] std::vector<std::string> scopes_of(const std::vector<spaces::SpaceAccess>& access,
                                                 const std::string& user_id);

/// Both at once.
[[nodiscard]] Result<std::vector<std::string>> visible_scopes(Transaction& tx, const std::string& user_id,
                                                              const std::optional<std::string>& space_id);

/// The space that a new memory goes to: `space_id`, or the personal one; `forbidden` for who may not add there.
[[nodiscard]] Result<spaces::SpaceAccess> require_contributor(Transaction& tx, const std::string& user_id,
                                                              const std::optional<std::string>& space_id);

} // namespace mv::memories
