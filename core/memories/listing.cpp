#include "core/memories/listing.hpp"

#include <algorithm>
#include <set>

#include "core/base/iso_time.hpp"
#include "core/base/text.hpp"
#include "core/memories/sql.hpp"

namespace mv::memories {

std::string MemoryRecord::bucket() const {
  return sort_key <= dates::kUndatedSortKey ? std::string(dates::kUndatedBucket) : iso_month(sort_key);
}

void MemoryRecord::set_date(DateRecord value) {
  date = std::move(value);
  sort_key = date.sort_key <= dates::kUndatedSortKey ? kUndatedSortBase + created_at : date.sort_key;
}

std::string tag_key(const std::string& tag) { return fold_case(squeeze(tag)); }

namespace {

/// Facets of a memory apart from favourites. Tags that differ in case alone are one facet.
std::set<std::string> facets_of(const MemoryRecord& memory) {
  std::set<std::string> facets{"", "type:" + memory.type};
  for (const auto& tag : memory.tags)
    facets.insert("tag:" + tag_key(tag));
  return facets;
}

bool is_listed(const MemoryRecord* memory) { return memory != nullptr && !memory->trashed_at; }

Result<void> count(Transaction& tx, const MemoryRecord& memory, std::int64_t by) {
  TRY_OK(tx.run(sql::add_timeline_count, memory.scope(), memory.bucket(), by));
  std::set<std::string> seen;
  for (const auto& tag : memory.tags) {
    if (seen.insert(tag_key(tag)).second) TRY_OK(tx.run(sql::add_tag_count, memory.scope(), tag_key(tag), tag, by));
  }
  return {};
}

} // namespace

Result<void> keep_listed(Transaction& tx, const MemoryRecord* before, const MemoryRecord* after,
                         const std::vector<std::string>& favourers) {
  const bool was = is_listed(before);
  const bool is = is_listed(after);
  if (was && is && before->scope() == after->scope() && before->sort_key == after->sort_key &&
      before->type == after->type && before->tags == after->tags) {
    return {};
  }
  if (before != nullptr && after != nullptr && (was != is || before->scope() != after->scope())) {
    TRY_OK(tx.run(sql::update_collection_scope, after->id, is ? after->scope() : std::string()));
  }
  if (was) {
    TRY_OK(tx.run(sql::delete_index_rows, before->id));
    TRY_OK(count(tx, *before, -1));
  }
  if (is) {
    std::set<std::string> facets = facets_of(*after);
    for (const auto& user_id : favourers)
      facets.insert("favourite:" + user_id);
    for (const auto& facet : facets) {
      TRY_OK(tx.run(sql::insert_index_row, after->scope(), facet, after->sort_key, after->id));
    }
    TRY_OK(count(tx, *after, +1));
  }
  return {};
}

Result<void> keep_favourite(Transaction& tx, const MemoryRecord& memory, const std::string& user_id, bool favourite) {
  if (memory.trashed_at) return {};
  const Query& query = favourite ? sql::insert_index_row : sql::delete_index_row;
  TRY_OK(tx.run(query, memory.scope(), "favourite:" + user_id, memory.sort_key, memory.id));
  return {};
}

Result<IdPage> list_ids(Transaction& tx, const std::vector<std::string>& scopes, const std::string& facet,
                        const paging::Key& after, std::int64_t limit) {
  std::vector<paging::Key> keys;
  for (const auto& scope : scopes) {
    TRY(const Rows rows, tx.run(sql::list_index, scope, facet, after.at, after.id, limit + 1));
    for (const Row& row : rows)
      keys.push_back({row.integer(0), row.text(1)});
  }
  if (scopes.size() > 1) {
    std::ranges::sort(
        keys, [](const paging::Key& a, const paging::Key& b) { return std::tie(a.at, a.id) > std::tie(b.at, b.id); });
  }
  IdPage page;
  const auto wanted = static_cast<std::size_t>(limit);
  if (keys.size() > wanted) {
    keys.resize(wanted);
    page.next = keys.back();
  }
  page.ids.reserve(keys.size());
  for (auto& key : keys)
    page.ids.push_back(std::move(key.id));
  return page;
}

} // namespace mv::memories
