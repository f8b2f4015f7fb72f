#include "core/collections/service.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/collections/access.hpp"
#include "core/collections/sql.hpp"
#include "core/memories/repository.hpp"
#include "core/spaces/policy.hpp"

namespace mv::collections {

namespace {

constexpr TimeMs kKeepRemoved = 30 * kDay;
constexpr std::size_t kMaxTitle = 200;
constexpr std::size_t kMaxDescription = 5'000;

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

Result<void> CollectionService::sweep() {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::delete_expired_collections, clock_.now() - kKeepRemoved));
    return {};
  });
}

} // namespace mv::collections
