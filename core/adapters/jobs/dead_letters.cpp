// What people ask of the queue: how much there is of what, and what to do about the jobs that were given up.

#include "core/adapters/jobs/queue.hpp"
#include "core/adapters/jobs/sql.hpp"

namespace mv::jobs {

namespace {

// Few enough that the transaction does not hold the workers up.
constexpr std::int64_t kRetriesAtOnce = 200;

Result<bool> retry_one(Transaction& tx, std::string_view id, TimeMs now) {
  TRY(const Rows again, tx.run(sql::retry_dead_job, id, now));
  if (!again.empty()) return true;
  // There is none, or a job with the same key waits and will do the work.
  TRY(const Rows removed, tx.run(sql::delete_dead_job, id));
  return !removed.empty();
}

} // namespace

Result<std::vector<JobCounts>> DatabaseJobQueue::counts() {
  return database_.read([&](Transaction& tx) -> Result<std::vector<JobCounts>> {
    TRY(const Rows rows, tx.run(sql::count_jobs_by_kind));
    std::vector<JobCounts> counts;
    for (const Row& row : rows) {
      if (counts.empty() || counts.back().kind != row.text(0)) counts.push_back({.kind = row.text(0)});
      JobCounts& kind = counts.back();
      if (row.text(1) == "waiting") {
        kind.waiting = row.integer(2);
        kind.oldest_waiting = row.integer(3);
      } else {
        (row.text(1) == "running" ? kind.running : kind.dead) = row.integer(2);
      }
    }
    return counts;
  });
}

Result<std::vector<DeadJob>> DatabaseJobQueue::dead(const DeadJobKey& below, std::int64_t limit) {
  return database_.read([&](Transaction& tx) -> Result<std::vector<DeadJob>> {
    TRY(const Rows rows, tx.run(sql::list_dead_jobs, below.died_at, below.id, limit));
    std::vector<DeadJob> jobs;
    jobs.reserve(rows.size());
    for (const Row& row : rows) {
      jobs.push_back({.id = row.text(0),
                      .kind = row.text(1),
                      .payload = row.text(2),
                      .reason = row.text(3),
                      .attempts = static_cast<int>(row.integer(4)),
                      .created_at = row.integer(5),
                      .died_at = row.integer(6)});
    }
    return jobs;
  });
}

Result<bool> DatabaseJobQueue::retry(std::string_view id) {
  return database_.transaction([&](Transaction& tx) { return retry_one(tx, id, clock_.now()); });
}

Result<bool> DatabaseJobQueue::remove(std::string_view id) {
  return database_.transaction([&](Transaction& tx) -> Result<bool> {
    TRY(const Rows rows, tx.run(sql::delete_dead_job, id));
    return !rows.empty();
  });
}

Result<std::int64_t> DatabaseJobQueue::retry_all(std::string_view kind) {
  const TimeMs now = clock_.now(); // what dies again meanwhile stays dead
  std::int64_t retried = 0;
  for (;;) {
    TRY(const std::int64_t more, database_.transaction([&](Transaction& tx) -> Result<std::int64_t> {
      TRY(const Rows rows, tx.run(sql::list_dead_jobs_of_kind, kind, now, kRetriesAtOnce));
      for (const Row& row : rows)
        TRY_OK(retry_one(tx, row.text(0), now));
      return static_cast<std::int64_t>(rows.size());
    }));
    retried += more;
    if (more < kRetriesAtOnce) return retried;
  }
}

} // namespace mv::jobs
