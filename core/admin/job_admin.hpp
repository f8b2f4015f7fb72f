#pragma once

// What the owner of the installation sees of its jobs, and may do about those that were given up.

#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/admin.hpp"
#include "core/ports/job_queue.hpp"

namespace mv::admin {

/// Safe from every thread. The router lets nobody but the owner in.
class JobAdmin {
public:
  /// Both must outlive the service.
  JobAdmin(JobQueue& queue, const Clock& clock) : queue_(queue), clock_(clock) {}

  [[nodiscard]] Result<Items<JobKindCounts>> counts();
  [[nodiscard]] Result<Page<DeadJobInfo>> dead(const PageQuery& query);
  /// `job.not-found` when no dead job has this id; so is `remove`.
  [[nodiscard]] Result<void> retry(std::string_view id);
  [[nodiscard]] Result<void> remove(std::string_view id);
  [[nodiscard]] Result<JobsRetried> retry_all(const JobsRetry& which);

private:
  JobQueue& queue_;
  const Clock& clock_;
};

} // namespace mv::admin
