#pragma once

// The trash: a memory rests there for 30 days, can be taken back with all that held it, and then goes for good. Safe
// from every thread.

#include <string>

#include "core/base/clock.hpp"
#include "core/contracts/memories.hpp"
#include "core/ports/database.hpp"
#include "core/ports/job_queue.hpp"

namespace mv::memories {

class TrashService {
public:
  TrashService(Database& db, JobQueue& jobs, const Clock& clock) : db_(db), jobs_(jobs), clock_(clock) {}

  /// What went in last comes first; over all spaces of the asker, or one.
  [[nodiscard]] Result<Page<Memory>> list(const std::string& user_id, const std::optional<std::string>& space_id,
                                          const PageQuery& query);
  /// `expected_version` where the asker cares what it was. Already in the trash: nothing happens.
  [[nodiscard]] Result<void> put(const std::string& user_id, const std::string& id,
                                 std::optional<std::int64_t> expected_version = std::nullopt);
  [[nodiscard]] Result<Memory> restore(const std::string& user_id, const std::string& id);
  /// For good, with its files; only out of the trash.
  [[nodiscard]] Result<void> purge(const std::string& user_id, const std::string& id);

  /// Several, each by itself: what is refused does not hold up the rest.
  [[nodiscard]] Result<BatchOutcome> put_all(const std::string& user_id, const MemoryIds& ids);
  [[nodiscard]] Result<BatchOutcome> restore_all(const std::string& user_id, const MemoryIds& ids);
  [[nodiscard]] Result<BatchOutcome> purge_all(const std::string& user_id, const MemoryIds& ids);
  /// Everything that the asker may purge, in one space or all of theirs. Gives how many went.
  [[nodiscard]] Result<std::int64_t> empty(const std::string& user_id, const std::optional<std::string>& space_id);

  /// Purges what has rested for its 30 days; gives how many. Run by a job.
  [[nodiscard]] Result<std::int64_t> sweep();

private:
  [[nodiscard]] Result<void> purge_in(Transaction& tx, const std::string& id, const std::string& space_id);

  Database& db_;
  JobQueue& jobs_;
  const Clock& clock_;
};

} // namespace mv::memories
