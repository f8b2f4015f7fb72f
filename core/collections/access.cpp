#include "core/collections/access.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/base/iso_time.hpp"
#include "core/collections/sql.hpp"
#include "core/memories/repository.hpp"
#include "core/spaces/policy.hpp"

namespace mv::collections {

bool CollectionAccess::can_edit() const { return spaces::can_edit_collection(role, collection.created_by == user_id); }

std::vector<std::string> CollectionAccess::scopes() const {
  return {collection.space_id, collection.space_id + ':' + user_id};
}

Result<CollectionAccess> require(Transaction& tx, const std::string& id, const std::string& user_id, bool removed) {
  TRY(auto collection, find(tx, id));
  if (!collection || collection->trashed_at.has_value() != removed) {
    return fail(ErrorCode::not_found, "collection.not-found");
  }
  TRY(const auto space, spaces::access_to(tx, collection->space_id, user_id));
  if (!space) return fail(ErrorCode::not_found, "collection.not-found");
  return CollectionAccess{*std::move(collection), space->role, user_id};
}

Result<CollectionAccess> require_editor(Transaction& tx, const std::string& id, const std::string& user_id) {
  TRY(auto access, require(tx, id, user_id));
  if (!access.can_edit()) return fail(ErrorCode::forbidden, "collection.not-an-editor");
  return access;
}

Result<std::vector<Collection>> read_tree(Transaction& tx, const std::vector<spaces::SpaceAccess>& access,
                                          const std::string& user_id, const std::string& only_id) {
  std::vector<std::string> space_ids;
  for (const auto& space : access)
    space_ids.push_back(space.space_id);
  TRY(const Rows rows, tx.run(sql::list_collections, memories::json_list(space_ids), user_id, only_id));

  std::vector<std::string> covers;
  for (const Row& row : rows) {
    if (!row.is_null(12)) covers.push_back(row.text(12));
  }
  TRY(const Rows media, tx.run(sql::list_cover_media, memories::json_list(covers)));
  std::unordered_map<std::string_view, const Row*> medium_of;
  for (const Row& row : media)
    medium_of.emplace(row.text(0), &row);

  std::vector<Collection> collections;
  collections.reserve(rows.size());
  for (const Row& row : rows) {
    Collection collection;
    collection.id = row.text(0);
    collection.space_id = row.text(1);
    collection.parent_id = row.maybe_text(2);
    collection.title = row.text(3);
    collection.description = row.text(4);
    collection.position = row.integer(5);
    collection.version = row.integer(8);
    collection.created_at = iso_utc(row.integer(9));
    collection.updated_at = iso_utc(row.integer(10));
    collection.memories = row.integer(11);
    collection.cover_memory_id = row.maybe_text(12);
    if (const auto medium = medium_of.find(row.text(12)); medium != medium_of.end()) {
      collection.cover_media_id = medium->second->text(1);
      collection.cover_thumbhash = medium->second->maybe_text(2);
    }
    const auto space = std::ranges::find(access, collection.space_id, &spaces::SpaceAccess::space_id);
    collection.can_edit = spaces::can_edit_collection(space->role, row.text(7) == user_id);
    collections.push_back(std::move(collection));
  }
  return collections;
}

Result<Collection> read_one(Transaction& tx, const CollectionAccess& access) {
  TRY(auto found, read_tree(tx, {{.space_id = access.collection.space_id, .role = access.role}}, access.user_id,
                            access.collection.id));
  if (found.empty()) return fail(ErrorCode::not_found, "collection.not-found");
  return std::move(found.front());
}

} // namespace mv::collections
