#pragma once

// Rows of collections, and putting memories into them: what the memory service needs as well.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"

namespace mv::collections {

struct CollectionRecord {
  std::string id;
  std::string space_id;
  std::optional<std::string> parent_id;
  std::string title;
  std::string description;
  std::int64_t position = 0;
  std::optional<std::string> cover_memory_id;
  std::string created_by;
  std::int64_t version = 1;
  TimeMs created_at = 0;
  TimeMs updated_at = 0;
  std::optional<TimeMs> trashed_at;
};

[[nodiscard]] Result<std::optional<CollectionRecord>> find(Transaction& tx, const std::string& id);

/// The space of a collection that `user_id` may put memories into; `not_found` (`collection.not-found`) for a stranger,
/// `forbidden` (`collection.not-a-contributor`) for who may only look.
[[nodiscard]] Result<std::string> space_for_adding(Transaction& tx, const std::string& collection_id,
                                                   const std::string& user_id);

/// Puts memories of the same space at the end, those that `user_id` may see and that it does not hold yet, and tells
/// listeners. Gives those that came in.
[[nodiscard]] Result<std::vector<std::string>> append(Transaction& tx, const std::string& collection_id,
                                                      const std::vector<std::string>& memory_ids,
                                                      const std::string& user_id, TimeMs now);

/// One version more, and a `collection.updated` event; gives the version.
[[nodiscard]] Result<std::int64_t> touch(Transaction& tx, const CollectionRecord& collection, TimeMs now);

/// `collection.updated`; without a version when it is gone.
[[nodiscard]] Result<void> announce(Transaction& tx, const std::string& id, const std::string& space_id,
                                    std::optional<std::int64_t> version, TimeMs now);

} // namespace mv::collections
