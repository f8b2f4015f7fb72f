#include "core/memories/trash.hpp"

#include <algorithm>

#include "core/base/paging.hpp"
#include "core/memories/access.hpp"
#include "core/memories/assemble.hpp"
#include "core/memories/history.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/sql.hpp"

namespace mv::memories {

namespace {

constexpr std::size_t kMostAtOnce = 1000;

/// Runs `one` for each id, each in a transaction of its own; refusals are told, failures end it.
template <typename One>
Result<BatchOutcome> for_each_id(const MemoryIds& ids, One one) {
  if (ids.memory_ids.empty()) return fail_field("memory.invalid", "/memoryIds", "empty");
  if (ids.memory_ids.size() > kMostAtOnce) return fail_field("memory.invalid", "/memoryIds", "too-many");
  BatchOutcome outcome;
  for (const auto& id : ids.memory_ids) {
    const Result<void> done = one(id);
    if (done) {
      outcome.done.push_back(id);
    } else if (is_failure(done.error().code)) {
      return std::unexpected(done.error());
    } else {
      outcome.refused.push_back(id);
    }
  }
  return outcome;
}

} // namespace

Result<Page<Memory>> TrashService::list(const std::string& user_id, const std::optional<std::string>& space_id,
                                        const PageQuery& query) {
  TRY(const std::int64_t limit, paging::page_limit(query.limit));
  TRY(const paging::Key after, paging::read_key(query.cursor));
  return db_.read([&](Transaction& tx) -> Result<Page<Memory>> {
    TRY(auto access, spaces::spaces_of(tx, user_id));
    if (space_id) {
      TRY_OK(spaces::require_access(tx, *space_id, user_id));
      std::erase_if(access, [&](const auto& space) { return space.space_id != *space_id; });
    }
    std::vector<paging::Key> keys;
    for (const auto& space : access) {
      TRY(const Rows rows, tx.run(sql::list_trash, space.space_id, user_id, after.at, after.id, limit + 1));
      for (const Row& row : rows)
        keys.push_back({row.integer(0), row.text(1)});
    }
    std::ranges::sort(
        keys, [](const paging::Key& a, const paging::Key& b) { return std::tie(a.at, a.id) > std::tie(b.at, b.id); });
    Page<Memory> page;
    if (keys.size() > static_cast<std::size_t>(limit)) {
      keys.resize(static_cast<std::size_t>(limit));
      page.next_cursor = keys.back().to_cursor();
    }
    std::vector<std::string> ids;
    for (const auto& key : keys)
      ids.push_back(key.id);
    TRY(auto records, MemoryRepository(tx).find(ids, user_id));
    page.items = assemble(std::move(records), user_id, access);
    return page;
  });
}

Result<void> TrashService::put(const std::string& user_id, const std::string& id,
                               std::optional<std::int64_t> expected_version) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(auto access, require_memory(tx, id, user_id));
    if (!access.can_trash()) return fail(ErrorCode::forbidden, "memory.not-an-editor");
    if (access.memory.trashed_at) return {};
    if (expected_version && access.memory.version != *expected_version) {
      return fail(ErrorCode::precondition_failed, "memory.changed");
    }
    const MemoryRecord before = access.memory;
    access.memory.trashed_at = now;
    return write_change(tx, before, access.memory, "trashed", user_id, now);
  });
}

Result<Memory> TrashService::restore(const std::string& user_id, const std::string& id) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<Memory> {
    TRY(auto access, require_memory(tx, id, user_id));
    if (!access.can_trash()) return fail(ErrorCode::forbidden, "memory.not-an-editor");
    if (access.memory.trashed_at) {
      const MemoryRecord before = access.memory;
      access.memory.trashed_at = std::nullopt;
      TRY_OK(write_change(tx, before, access.memory, "restored", user_id, now));
    }
    return assemble(std::move(access));
  });
}

Result<void> TrashService::purge_in(Transaction& tx, const std::string& id, const std::string& space_id) {
  MemoryRepository rows(tx);
  TRY(const auto contents, rows.content_of(id));
  TRY_OK(rows.remove(id));
  for (const auto& sha256 : contents) {
    TRY_OK(rows.add_tombstone(space_id, sha256, clock_.now()));
    TRY_OK(jobs_.add(tx, {.kind = "content.remove", .payload = sha256, .key = sha256}));
  }
  return {};
}

Result<void> TrashService::purge(const std::string& user_id, const std::string& id) {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const auto access, require_memory(tx, id, user_id));
    if (!access.can_purge()) return fail(ErrorCode::forbidden, "memory.not-an-owner");
    if (!access.memory.trashed_at) return fail(ErrorCode::conflict, "memory.not-in-trash");
    return purge_in(tx, id, access.memory.space_id);
  });
}

Result<BatchOutcome> TrashService::put_all(const std::string& user_id, const MemoryIds& ids) {
  return for_each_id(ids, [&](const std::string& id) { return put(user_id, id); });
}

Result<BatchOutcome> TrashService::restore_all(const std::string& user_id, const MemoryIds& ids) {
  return for_each_id(ids, [&](const std::string& id) { return restore(user_id, id).transform([](const Memory&) {}); });
}

Result<BatchOutcome> TrashService::purge_all(const std::string& user_id, const MemoryIds& ids) {
  return for_each_id(ids, [&](const std::string& id) { return purge(user_id, id); });
}

Result<std::int64_t> TrashService::empty(const std::string& user_id, const std::optional<std::string>& space_id) {
  std::int64_t gone = 0;
  PageQuery query{.limit = 200, .cursor = std::nullopt};
  do {
    TRY(const Page<Memory> page, list(user_id, space_id, query));
    for (const Memory& memory : page.items) {
      const auto purged = purge(user_id, memory.id);
      if (purged) ++gone;
      if (!purged && purged.error().code != ErrorCode::forbidden && purged.error().code != ErrorCode::not_found) {
        return std::unexpected(purged.error());
      }
    }
    query.cursor = page.next_cursor;
  } while (query.cursor);
  return gone;
}

Result<std::int64_t> TrashService::sweep() {
  const TimeMs before = clock_.now() - kTrashTime;
  std::int64_t gone = 0;
  for (;;) {
    const auto swept = db_.transaction([&](Transaction& tx) -> Result<std::int64_t> {
      TRY(const Rows rows, tx.run(sql::list_expired_trash, before, 100));
      for (const Row& row : rows) {
        TRY(const auto memory, MemoryRepository(tx).find(row.text(0), ""));
        if (memory) TRY_OK(purge_in(tx, memory->id, memory->space_id));
      }
      return static_cast<std::int64_t>(rows.size());
    });
    TRY(const std::int64_t count, swept);
    gone += count;
    if (count < 100) return gone;
  }
}

} // namespace mv::memories
