#pragma once

// A collection as somebody sees it: whether they may at all, and what they are shown. Inside this folder only.

#include <string>
#include <vector>

#include "core/collections/repository.hpp"
#include "core/contracts/collections.hpp"
#include "core/spaces/access.hpp"

namespace mv::collections {

/// A collection together with its asker's role.
struct CollectionAccess {
  CollectionRecord collection;
  Role role = Role::viewer;
  std::string user_id;

  [[nodiscard]] bool can_edit() const;
  /// Scopes whose memories the asker sees in it.
  [[nodiscard]] std::vector<std::string> scopes() const;
};

/// Of one that is there, or, with `removed`, of one in the trash. `not_found` (`collection.not-found`) for a stranger.
[[nodiscard]] Result<CollectionAccess> require(Transaction& tx, const std::string& id, const std::string& user_id,
                                               bool removed = false);
/// `forbidden` (`collection.not-an-editor`) for who may only look or add.
[[nodiscard]] Result<CollectionAccess> require_editor(Transaction& tx, const std::string& id,
                                                      const std::string& user_id);

/// Collections of the spaces in `access`, or the one with `only_id`, with counts and covers as `user_id` sees them: two
/// queries.
[[nodiscard]] Result<std::vector<Collection>> read_tree(Transaction& tx, const std::vector<spaces::SpaceAccess>& access,
                                                        const std::string& user_id, const std::string& only_id);
[[nodiscard]] Result<Collection> read_one(Transaction& tx, const CollectionAccess& access);

} // namespace mv::collections
