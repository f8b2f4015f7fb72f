#include "core/admin/job_admin.hpp"

#include <algorithm>

#include "core/base/iso_time.hpp"
#include "core/base/paging.hpp"

namespace mv::admin {

Result<Items<JobKindCounts>> JobAdmin::counts() {
  TRY(const std::vector<JobCounts> all, queue_.counts());
  Items<JobKindCounts> counts;
  for (const JobCounts& kind : all) {
    std::optional<std::int64_t> age;
    if (kind.oldest_waiting) age = std::max<TimeMs>(0, clock_.now() - *kind.oldest_waiting) / kSecond;
    counts.items.push_back({.kind = kind.kind,
                            .waiting = kind.waiting,
                            .running = kind.running,
                            .dead = kind.dead,
                            .oldest_waiting_s = age});
  }
  return counts;
}

Result<Page<DeadJobInfo>> JobAdmin::dead(const PageQuery& query) {
  TRY(const std::int64_t limit, paging::page_limit(query.limit));
  TRY(const paging::Key below, paging::read_key(query.cursor));
  TRY(std::vector<DeadJob> jobs, queue_.dead({.died_at = below.at, .id = below.id}, limit + 1));
  Page<DeadJobInfo> page;
  if (std::cmp_greater(jobs.size(), limit)) {
    jobs.pop_back();
    page.next_cursor = paging::Key{.at = jobs.back().died_at, .id = jobs.back().id}.to_cursor();
  }
  for (DeadJob& job : jobs) {
    page.items.push_back({.id = std::move(job.id),
                          .kind = std::move(job.kind),
                          .payload = std::move(job.payload),
                          .reason = std::move(job.reason),
                          .attempts = job.attempts,
                          .created_at = iso_utc(job.created_at),
                          .died_at = iso_utc(job.died_at)});
  }
  return page;
}

Result<void> JobAdmin::retry(std::string_view id) {
  TRY(const bool found, queue_.retry(id));
  if (!found) return fail(ErrorCode::not_found, "job.not-found");
  return {};
}

Result<void> JobAdmin::remove(std::string_view id) {
  TRY(const bool found, queue_.remove(id));
  if (!found) return fail(ErrorCode::not_found, "job.not-found");
  return {};
}

Result<JobsRetried> JobAdmin::retry_all(const JobsRetry& which) {
  TRY(const std::int64_t retried, queue_.retry_all(which.kind));
  return JobsRetried{.retried = retried};
}

} // namespace mv::admin
