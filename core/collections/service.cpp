#include "core/collections/service.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"
#include "core/base/iso_time.hpp"
#include "core/base/text.hpp"
#include "core/collections/repository.hpp"
#include "core/collections/sql.hpp"
#include "core/memories/access.hpp"
#include "core/memories/assemble.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/service.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/policy.hpp"

namespace mv::collections {

namespace {

constexpr TimeMs kKeepRemoved = 30 * kDay;
constexpr std::size_t kMaxTitle = 200;
constexpr std::size_t kMaxDescription = 5'000;

/// A collection together with its asker's role.
struct CollectionAccess {
  CollectionRecord collection;
  Role role = Role::viewer;
  std::string user_id;

  [[nodiscard]] bool can_edit() const { return spaces::can_edit_collection(role, collection.created_by == user_id); }
  /// Scopes whose memories the asker sees in it.
  [[nodiscard]] std::vector<std::string> scopes() const {
    return {collection.space_id, collection.space_id + ':' + user_id};
  }
};

Result<CollectionAccess> require(Transaction& tx, const std::string& id, const std::string& user_id,
                                 bool removed = false) {
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

/// Collections of `spaces`, or the one with `only_id`, with counts and covers as `user_id` sees them: two queries.
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

void check_texts(const std::string& title, const std::string& description, std::vector<FieldError>& errors) {
  if (has_control(title)) {
    errors.push_back({"/title", "control-character"});
  } else if (squeeze(title).empty()) {
    errors.push_back({"/title", "empty"});
  } else if (utf8_length(title) > kMaxTitle) {
    errors.push_back({"/title", "too-long"});
  }
  if (has_control(description, true)) {
    errors.push_back({"/description", "control-character"});
  } else if (utf8_length(description) > kMaxDescription) {
    errors.push_back({"/description", "too-long"});
  }
}

std::unexpected<Error> broken_rules(std::vector<FieldError> errors) {
  return std::unexpected(
      Error{.code = ErrorCode::unprocessable, .key = "collection.invalid", .fields = std::move(errors)});
}

/// Refuses a parent in another space, below `moving`, or so deep that the tree could not be shown.
Result<void> check_parent(Transaction& tx, const std::string& parent_id, const std::string& space_id,
                          const std::string& moving) {
  std::optional<std::string> at = parent_id;
  for (int depth = 1; at; ++depth) {
    if (*at == moving) return fail(ErrorCode::conflict, "collection.cycle");
    if (depth > kMaxDepth) return fail(ErrorCode::conflict, "collection.too-deep");
    TRY(const auto parent, find(tx, *at));
    if (!parent || parent->trashed_at) return fail(ErrorCode::not_found, "collection.not-found");
    if (parent->space_id != space_id) return fail(ErrorCode::conflict, "collection.other-space");
    at = parent->parent_id;
  }
  return {};
}

/// Puts `id` at `position` among the children of `parent_id`, numbering its siblings anew where they move.
Result<std::int64_t> place_among(Transaction& tx, const std::string& space_id, const std::string& parent_id,
                                 const std::string& id, std::int64_t position) {
  TRY(const Rows rows, tx.run(sql::list_siblings, space_id, parent_id));
  std::vector<std::string> order;
  for (const Row& row : rows) {
    if (row.text(0) != id) order.push_back(row.text(0));
  }
  const std::int64_t at = std::clamp<std::int64_t>(position, 0, static_cast<std::int64_t>(order.size()));
  order.insert(order.begin() + at, id);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool moved =
        i >= rows.size() || rows[i].text(0) != order[i] || rows[i].integer(1) != static_cast<std::int64_t>(i);
    if (moved) TRY_OK(tx.run(sql::update_collection_position, order[i], i));
  }
  return at;
}

/// Where a page of memories ends: position and memory.
struct OrderKey {
  double position = -1e308;
  std::string memory_id{};

  [[nodiscard]] std::string to_cursor() const {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, position).ptr;
    return base64url_encode(std::string(text, end) + '/' + memory_id);
  }
  [[nodiscard]] static std::optional<OrderKey> from_cursor(const std::string& cursor) {
    if (cursor.size() > 200) return std::nullopt;
    const auto text = base64url_decode(cursor);
    if (!text) return std::nullopt;
    OrderKey key;
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, key.position);
    if (error != std::errc() || stop == end || *stop != '/') return std::nullopt;
    key.memory_id.assign(stop + 1, end);
    if (!is_id(key.memory_id)) return std::nullopt;
    return key;
  }
};

Result<void> check_ids(const std::vector<std::string>& ids) {
  if (ids.empty()) return fail_field("collection.invalid", "/memoryIds", "empty");
  if (ids.size() > 1000) return fail_field("collection.invalid", "/memoryIds", "too-many");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!is_id(ids[i])) return fail_field("collection.invalid", "/memoryIds/" + std::to_string(i), "not-an-id");
  }
  return {};
}

} // namespace

Result<Items<Collection>> CollectionService::list(const std::string& user_id, const CollectionQuery& query) {
  return db_.read([&](Transaction& tx) -> Result<Items<Collection>> {
    std::vector<spaces::SpaceAccess> access;
    if (query.space_id) {
      TRY(access.emplace_back(), spaces::require_access(tx, *query.space_id, user_id));
    } else {
      TRY(access, spaces::spaces_of(tx, user_id));
    }
    Items<Collection> answer;
    TRY(answer.items, read_tree(tx, access, user_id, ""));
    return answer;
  });
}

Result<Collection> CollectionService::get(const std::string& user_id, const std::string& id) {
  return db_.read([&](Transaction& tx) -> Result<Collection> {
    TRY(const auto access, require(tx, id, user_id));
    return read_one(tx, access);
  });
}

Result<Collection> CollectionService::create(const std::string& user_id, const CollectionDraft& draft) {
  std::vector<FieldError> errors;
  check_texts(draft.title, draft.description, errors);
  if (!errors.empty()) return broken_rules(std::move(errors));
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Collection> {
    std::optional<std::string> space_id = draft.space_id;
    if (draft.parent_id) {
      TRY(const auto parent, require(tx, *draft.parent_id, user_id));
      if (space_id && *space_id != parent.collection.space_id)
        return fail(ErrorCode::conflict, "collection.other-space");
      space_id = parent.collection.space_id;
      TRY_OK(check_parent(tx, *draft.parent_id, *space_id, ""));
    }
    if (!space_id) {
      TRY(space_id, spaces::personal_space(tx, user_id));
    }
    TRY(const auto space, spaces::require_access(tx, *space_id, user_id));
    if (!spaces::may(space.role, spaces::Action::add_collection)) {
      return fail(ErrorCode::forbidden, "space.not-a-contributor");
    }
    TRY(const Rows count, tx.run(sql::count_collections, *space_id));
    if (count.front().integer(0) >= kMaxCollections) return fail(ErrorCode::conflict, "collection.too-many");

    TRY(const Rows siblings, tx.run(sql::list_siblings, *space_id, draft.parent_id.value_or("")));
    const std::string id = new_id();
    TRY_OK(tx.run(sql::insert_collection, id, *space_id, draft.parent_id, squeeze(draft.title), trim(draft.description),
                  siblings.size(), user_id, now));
    TRY_OK(announce(tx, id, *space_id, 1, now));
    TRY(const auto access, require(tx, id, user_id));
    return read_one(tx, access);
  });
}

Result<Collection> CollectionService::patch(const std::string& user_id, const std::string& id,
                                            std::int64_t expected_version, const CollectionPatch& patch) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Collection> {
    TRY(auto access, require_editor(tx, id, user_id));
    CollectionRecord& collection = access.collection;
    if (collection.version != expected_version) return fail(ErrorCode::precondition_failed, "collection.changed");

    std::vector<FieldError> errors;
    check_texts(patch.title.value_or(collection.title), patch.description.value_or(collection.description), errors);
    if (!errors.empty()) return broken_rules(std::move(errors));
    if (patch.title) collection.title = squeeze(*patch.title);
    if (patch.description) collection.description = trim(*patch.description);

    if (patch.parent_id && *patch.parent_id != collection.parent_id.value_or("")) {
      if (!patch.parent_id->empty()) TRY_OK(check_parent(tx, *patch.parent_id, collection.space_id, id));
      collection.parent_id = patch.parent_id->empty() ? std::nullopt : patch.parent_id;
      collection.position = INT64_MAX;
    }
    if (patch.position) collection.position = std::max<std::int64_t>(0, *patch.position);
    if (patch.cover_memory_id) {
      collection.cover_memory_id = patch.cover_memory_id->empty() ? std::nullopt : patch.cover_memory_id;
      if (collection.cover_memory_id) {
        TRY(const Rows held,
            tx.run(sql::has_memory, id, *collection.cover_memory_id, memories::json_list(access.scopes())));
        if (held.empty()) return fail_field("collection.invalid", "/coverMemoryId", "not-in-collection");
      }
    }
    TRY_OK(tx.run(sql::update_collection, id, collection.title, collection.description, collection.parent_id,
                  std::min<std::int64_t>(collection.position, kMaxCollections), collection.cover_memory_id, now));
    TRY_OK(place_among(tx, collection.space_id, collection.parent_id.value_or(""), id, collection.position));
    TRY_OK(announce(tx, id, collection.space_id, expected_version + 1, now));
    return read_one(tx, access);
  });
}

Result<void> CollectionService::remove(const std::string& user_id, const std::string& id) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const auto access, require_editor(tx, id, user_id));
    TRY(const Rows gone, tx.run(sql::trash_collections, id, now));
    for (const Row& row : gone)
      TRY_OK(announce(tx, row.text(0), access.collection.space_id, std::nullopt, now));
    return {};
  });
}

Result<Collection> CollectionService::restore(const std::string& user_id, const std::string& id) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Collection> {
    TRY(auto access, require(tx, id, user_id, true));
    if (!access.can_edit()) return fail(ErrorCode::forbidden, "collection.not-an-editor");
    if (access.collection.parent_id) {
      TRY(const auto parent, find(tx, *access.collection.parent_id));
      if (!parent || parent->trashed_at) return fail(ErrorCode::conflict, "collection.parent-gone");
    }
    TRY(const Rows back, tx.run(sql::restore_collections, id, *access.collection.trashed_at, now));
    for (const Row& row : back) {
      TRY(const auto record, find(tx, row.text(0)));
      if (record) TRY_OK(announce(tx, record->id, record->space_id, record->version, now));
    }
    return read_one(tx, access);
  });
}

Result<Page<Memory>> CollectionService::memories(const std::string& user_id, const std::string& id,
                                                 const PageQuery& query) {
  TRY(const std::int64_t limit, memories::page_limit(query.limit));
  OrderKey after;
  if (query.cursor) {
    const auto key = OrderKey::from_cursor(*query.cursor);
    if (!key) return memories::bad_cursor();
    after = *key;
  }
  return db_.read([&](Transaction& tx) -> Result<Page<Memory>> {
    TRY(const auto access, require(tx, id, user_id));
    const auto scopes = access.scopes();
    TRY(Rows rows,
        tx.run(sql::list_collection_memories, id, scopes[0], scopes[1], after.position, after.memory_id, limit + 1));
    Page<Memory> page;
    if (rows.size() > static_cast<std::size_t>(limit)) {
      rows.pop_back();
      page.next_cursor = OrderKey{rows.back().real(0), rows.back().text(1)}.to_cursor();
    }
    std::vector<std::string> ids;
    for (const Row& row : rows)
      ids.push_back(row.text(1));
    TRY(auto records, memories::MemoryRepository(tx).find(ids, user_id));
    page.items = memories::assemble(std::move(records), user_id,
                                    {{.space_id = access.collection.space_id, .role = access.role}});
    return page;
  });
}

Result<BatchOutcome> CollectionService::add(const std::string& user_id, const std::string& id, const MemoryIds& ids) {
  TRY_OK(check_ids(ids.memory_ids));
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<BatchOutcome> {
    TRY_OK(space_for_adding(tx, id, user_id));
    BatchOutcome outcome;
    TRY(outcome.done, append(tx, id, ids.memory_ids, user_id, now));
    for (const auto& memory_id : ids.memory_ids) {
      if (std::ranges::find(outcome.done, memory_id) == outcome.done.end()) outcome.refused.push_back(memory_id);
    }
    return outcome;
  });
}

Result<BatchOutcome> CollectionService::take_out(const std::string& user_id, const std::string& id,
                                                 const MemoryIds& ids) {
  TRY_OK(check_ids(ids.memory_ids));
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<BatchOutcome> {
    TRY_OK(space_for_adding(tx, id, user_id));
    TRY(const auto access, require(tx, id, user_id));
    BatchOutcome outcome;
    for (const auto& memory_id : ids.memory_ids) {
      TRY(const Rows gone, tx.run(sql::remove_memory, id, memory_id, memories::json_list(access.scopes())));
      (gone.empty() ? outcome.refused : outcome.done).push_back(memory_id);
    }
    if (!outcome.done.empty()) TRY_OK(touch(tx, access.collection, now));
    return outcome;
  });
}

Result<Collection> CollectionService::reorder(const std::string& user_id, const std::string& id,
                                              const CollectionOrder& order) {
  TRY_OK(check_ids(order.memory_ids));
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Collection> {
    TRY(auto access, require(tx, id, user_id));
    if (!spaces::may(access.role, spaces::Action::add_to_collection)) {
      return fail(ErrorCode::forbidden, "collection.not-a-contributor");
    }
    const std::string moving = memories::json_list(order.memory_ids);
    const auto count = static_cast<double>(order.memory_ids.size());
    double first = 0; // below the first one's new position
    double step = 1;
    if (order.before_id) {
      if (std::ranges::find(order.memory_ids, *order.before_id) != order.memory_ids.end()) {
        return fail_field("collection.invalid", "/beforeId", "moves-too");
      }
      // Between two neighbours there is room for about 50 halvings; then all are numbered anew, once.
      for (int attempt = 0; attempt < 2; ++attempt) {
        TRY(const Rows next, tx.run(sql::find_position, id, *order.before_id));
        if (next.empty()) return fail_field("collection.invalid", "/beforeId", "not-in-collection");
        TRY(const Rows previous, tx.run(sql::find_position_before, id, next.front().real(0), moving));
        first = previous.front().is_null(0) ? next.front().real(0) - count - 1 : previous.front().real(0);
        step = (next.front().real(0) - first) / (count + 1);
        if (step > 1e-7) break;
        TRY_OK(tx.run(sql::renumber_memories, id));
      }
    } else {
      TRY(const Rows last, tx.run(sql::find_last_position, id, moving));
      first = last.front().real(0);
    }
    double position = first;
    for (std::size_t i = 0; i < order.memory_ids.size(); ++i) {
      position += step;
      TRY(const Rows set, tx.run(sql::set_memory_position, id, order.memory_ids[i], position));
      if (set.empty()) return fail_field("collection.invalid", "/memoryIds/" + std::to_string(i), "not-in-collection");
    }
    TRY_OK(touch(tx, access.collection, now));
    return read_one(tx, access);
  });
}

Result<void> CollectionService::sweep() {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::delete_expired_collections, clock_.now() - kKeepRemoved));
    return {};
  });
}

} // namespace mv::collections
