#include "core/memories/service.hpp"

#include <charconv>

#include "core/base/ids.hpp"
#include "core/base/paging.hpp"
#include "core/collections/repository.hpp"
#include "core/memories/access.hpp"
#include "core/memories/assemble.hpp"
#include "core/memories/history.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/rules.hpp"
#include "core/memories/sql.hpp"

namespace mv::memories {

namespace {

/// The facet of the index that a list walks.
Result<std::string> facet_of(const MemoryQuery& query, const std::string& user_id) {
  const bool favourite = query.favourite.value_or(false);
  if (query.type.has_value() + query.tag.has_value() + favourite > 1) return paging::bad_query("?tag", "one-filter");
  if (query.type && !type_from(*query.type)) return paging::bad_query("?type", "unknown-value");
  if (query.type) return "type:" + *query.type;
  if (query.tag) return "tag:" + tag_key(*query.tag);
  return favourite ? "favourite:" + user_id : std::string();
}

} // namespace

Result<Memory> MemoryService::create(const std::string& user_id, const MemoryDraft& draft) {
  const TimeMs now = clock_.now();
  MemoryRecord memory;
  memory.id = new_id();
  memory.contributor_id = user_id;
  memory.created_at = memory.updated_at = now;
  memory.type = type_name(draft.type);
  memory.set_date({});

  std::vector<FieldError> errors;
  apply_patch(memory,
              {.title = draft.title,
               .description = draft.description,
               .tags = draft.tags,
               .date = draft.date,
               .confidence = draft.confidence,
               .place = draft.place,
               .privacy = draft.privacy},
              now, errors);
  // Everything else comes with a file, by an upload.
  if (draft.type != MemoryType::story) errors.push_back({"/type", "needs-a-file"});
  if (errors.empty() && memory.title.empty() && memory.description.empty()) errors.push_back({"/title", "empty"});
  if (!errors.empty()) return broken_rules(std::move(errors));

  return db_.transaction([&](Transaction& tx) -> Result<Memory> {
    std::optional<std::string> space_id = draft.space_id;
    if (draft.collection_id) {
      TRY(const std::string owner, collections::space_for_adding(tx, *draft.collection_id, user_id));
      if (space_id && *space_id != owner) return fail(ErrorCode::conflict, "collection.other-space");
      space_id = owner;
    }
    TRY(const auto space, require_contributor(tx, user_id, space_id));
    memory.space_id = space.space_id;
    MemoryRepository rows(tx);
    TRY_OK(rows.insert(memory));
    TRY_OK(keep_listed(tx, nullptr, &memory, {}));
    TRY_OK(write_creation(tx, memory, now));
    if (draft.collection_id) TRY_OK(collections::append(tx, *draft.collection_id, {memory.id}, user_id, now));
    TRY_OK(announce(tx, "memory.created", memory, memory.bucket(), std::nullopt, now));
    TRY(auto saved, require_memory(tx, memory.id, user_id));
    return assemble(std::move(saved));
  });
}

Result<Memory> MemoryService::get(const std::string& user_id, const std::string& id) {
  TRY(auto access, require_memory(db_, id, user_id));
  return assemble(std::move(access));
}

Result<Page<Memory>> MemoryService::list(const std::string& user_id, const MemoryQuery& query) {
  TRY(const std::int64_t limit, paging::page_limit(query.limit));
  TRY(const std::string facet, facet_of(query, user_id));
  TRY(const paging::Key after, paging::read_key(query.cursor));
  return db_.read([&](Transaction& tx) -> Result<Page<Memory>> {
    TRY(const auto access, visible_spaces(tx, user_id, query.space_id));
    TRY(const IdPage ids, list_ids(tx, scopes_of(access, user_id), facet, after, limit));
    TRY(auto records, MemoryRepository(tx).find(ids.ids, user_id));
    Page<Memory> page;
    page.items = assemble(std::move(records), user_id, access);
    if (ids.next) page.next_cursor = ids.next->to_cursor();
    return page;
  });
}

Result<Memory> MemoryService::patch(const std::string& user_id, const std::string& id, std::int64_t expected_version,
                                    const MemoryPatch& patch) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Memory> {
    TRY(auto access, require_memory(tx, id, user_id));
    if (access.memory.trashed_at) return fail(ErrorCode::conflict, "memory.in-trash");
    if (!access.can_edit()) return fail(ErrorCode::forbidden, "memory.not-an-editor");
    if (access.memory.version != expected_version) return fail(ErrorCode::precondition_failed, "memory.changed");
    // Only who brought a memory may hide it from the others or show it to them.
    if (patch.privacy && !access.own) return fail(ErrorCode::forbidden, "memory.not-yours");

    const MemoryRecord before = access.memory;
    std::vector<FieldError> errors;
    apply_patch(access.memory, patch, now, errors);
    if (!errors.empty()) return broken_rules(std::move(errors));
    if (!changes_between(before, access.memory).empty()) {
      TRY_OK(write_change(tx, before, access.memory, "edited", user_id, now));
    }
    return assemble(std::move(access));
  });
}

Result<Memory> MemoryService::set_favourite(const std::string& user_id, const std::string& id, bool favourite) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Memory> {
    TRY(auto access, require_memory(tx, id, user_id));
    MemoryRepository rows(tx);
    TRY(const bool changed, favourite ? rows.add_favourite(user_id, id, now) : rows.remove_favourite(user_id, id));
    if (changed) {
      TRY_OK(keep_favourite(tx, access.memory, user_id, favourite));
      TRY_OK(announce_favourite(tx, access.memory, user_id, now));
    }
    access.memory.favourite = favourite;
    return assemble(std::move(access));
  });
}

Result<Items<TagCount>> MemoryService::tags(const std::string& user_id, const std::optional<std::string>& space_id) {
  return db_.read([&](Transaction& tx) -> Result<Items<TagCount>> {
    TRY(const auto scopes, visible_scopes(tx, user_id, space_id));
    TRY(const Rows rows, tx.run(sql::list_tag_counts, json_list(scopes), 500));
    Items<TagCount> tags;
    for (const Row& row : rows)
      tags.items.push_back({row.text(0), row.integer(1)});
    return tags;
  });
}

Result<Page<Revision>> MemoryService::revisions(const std::string& user_id, const std::string& id,
                                                const PageQuery& query) {
  TRY(const std::int64_t limit, paging::page_limit(query.limit));
  std::int64_t before = INT64_MAX;
  if (query.cursor) {
    const char* const end = query.cursor->data() + query.cursor->size();
    const auto [stop, error] = std::from_chars(query.cursor->data(), end, before);
    if (error != std::errc() || stop != end) return paging::bad_cursor();
  }
  return db_.read([&](Transaction& tx) -> Result<Page<Revision>> {
    TRY(const auto access, require_memory(tx, id, user_id));
    Page<Revision> page;
    TRY(page.items, read_revisions(tx, id, before, limit + 1));
    if (static_cast<std::int64_t>(page.items.size()) > limit) {
      page.items.pop_back();
      page.next_cursor = std::to_string(page.items.back().version);
    }
    for (auto& revision : page.items)
      revision.can_undo = revision.can_undo && access.can_edit();
    return page;
  });
}

Result<Memory> MemoryService::undo(const std::string& user_id, const std::string& id, std::int64_t version) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Memory> {
    TRY(auto access, require_memory(tx, id, user_id));
    if (access.memory.trashed_at) return fail(ErrorCode::conflict, "memory.in-trash");
    if (!access.can_edit()) return fail(ErrorCode::forbidden, "memory.not-an-editor");
    TRY(const auto changes, read_revision(tx, id, version));
    if (changes.empty()) return fail(ErrorCode::conflict, "revision.nothing-to-undo");
    const MemoryRecord before = access.memory;
    TRY_OK(take_back(access.memory, changes));
    if (before.privacy != access.memory.privacy && !access.own) return fail(ErrorCode::forbidden, "memory.not-yours");
    TRY_OK(write_change(tx, before, access.memory, "undone", user_id, now));
    return assemble(std::move(access));
  });
}

} // namespace mv::memories
