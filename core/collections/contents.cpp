// What lies in a collection: memories in an order of their own.

#include <algorithm>
#include <charconv>

#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"
#include "core/base/paging.hpp"
#include "core/collections/access.hpp"
#include "core/collections/service.hpp"
#include "core/collections/sql.hpp"
#include "core/memories/access.hpp"
#include "core/memories/assemble.hpp"
#include "core/memories/repository.hpp"
#include "core/spaces/policy.hpp"

namespace mv::collections {

namespace {

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

Result<Page<Memory>> CollectionService::memories(const std::string& user_id, const std::string& id,
                                                 const PageQuery& query) {
  TRY(const std::int64_t limit, paging::page_limit(query.limit));
  OrderKey after;
  if (query.cursor) {
    const auto key = OrderKey::from_cursor(*query.cursor);
    if (!key) return paging::bad_cursor();
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

} // namespace mv::collections
