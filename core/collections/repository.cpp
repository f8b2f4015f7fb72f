#include "core/collections/repository.hpp"

#include "core/collections/sql.hpp"
#include "core/contracts/events.hpp"
#include "core/events/outbox.hpp"
#include "core/memories/stored_json.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/policy.hpp"

namespace mv::collections {

Result<std::optional<CollectionRecord>> find(Transaction& tx, const std::string& id) {
  TRY(const Rows rows, tx.run(sql::find_collection, id));
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  return CollectionRecord{.id = row.text(0),
                          .space_id = row.text(1),
                          .parent_id = row.maybe_text(2),
                          .title = row.text(3),
                          .description = row.text(4),
                          .position = row.integer(5),
                          .cover_memory_id = row.maybe_text(6),
                          .created_by = row.text(7),
                          .version = row.integer(8),
                          .created_at = row.integer(9),
                          .updated_at = row.integer(10),
                          .trashed_at = row.maybe_integer(11)};
}

Result<std::string> space_for_adding(Transaction& tx, const std::string& collection_id, const std::string& user_id) {
  TRY(const auto collection, find(tx, collection_id));
  if (!collection || collection->trashed_at) return fail(ErrorCode::not_found, "collection.not-found");
  TRY(const auto space, spaces::access_to(tx, collection->space_id, user_id));
  if (!space) return fail(ErrorCode::not_found, "collection.not-found");
  if (!spaces::may(space->role, spaces::Action::add_to_collection)) {
    return fail(ErrorCode::forbidden, "collection.not-a-contributor");
  }
  return collection->space_id;
}

Result<std::vector<std::string>> append(Transaction& tx, const std::string& collection_id,
                                        const std::vector<std::string>& memory_ids, const std::string& user_id,
                                        TimeMs now) {
  std::vector<std::string> added;
  for (const auto& memory_id : memory_ids) {
    TRY(const Rows rows, tx.run(sql::append_memory, collection_id, memory_id, now, user_id));
    if (!rows.empty()) added.push_back(memory_id);
  }
  if (!added.empty()) {
    TRY(const auto collection, find(tx, collection_id));
    if (collection) TRY_OK(touch(tx, *collection, now));
  }
  return added;
}

Result<std::int64_t> touch(Transaction& tx, const CollectionRecord& collection, TimeMs now) {
  TRY(const Rows rows, tx.run(sql::touch_collection, collection.id, now));
  if (rows.empty()) return fail(ErrorCode::not_found, "collection.not-found");
  const std::int64_t version = rows.front().integer(0);
  TRY_OK(announce(tx, collection.id, collection.space_id, version, now));
  return version;
}

Result<void> announce(Transaction& tx, const std::string& id, const std::string& space_id,
                      std::optional<std::int64_t> version, TimeMs now) {
  events::Event event;
  event.type = "collection.updated";
  event.space_id = space_id;
  event.at = now;
  event.data = memories::write_event(CollectionEventData{.id = id, .space_id = space_id, .version = version});
  TRY_OK(events::Outbox(tx).add(event));
  return {};
}

} // namespace mv::collections
