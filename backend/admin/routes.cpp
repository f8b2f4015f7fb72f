// The contract of each endpoint for who runs the installation, and nothing else.

#include "backend/admin/routes.hpp"

namespace mv {

using http::Access;
using http::Context;

void add_job_admin_routes(http::Router& router, admin::JobAdmin& jobs) {
  router.get<Items<JobKindCounts>>(
      "/api/v1/admin/jobs", {.access = Access::owner, .summary = "How much work of each kind there is", .tag = "admin"},
      [&jobs](Context&) { return jobs.counts(); });
  router.get<PageQuery, Page<DeadJobInfo>>(
      "/api/v1/admin/jobs/dead",
      {.access = Access::owner, .summary = "Work that was given up, the latest first", .tag = "admin"},
      [&jobs](Context&, const PageQuery& query) { return jobs.dead(query); });
  router.post<JobsRetry, JobsRetried>("/api/v1/admin/jobs/dead/retry",
                                      {.access = Access::owner,
                                       .status = 200,
                                       .summary = "Try everything of one kind again that was given up",
                                       .tag = "admin"},
                                      [&jobs](Context&, const JobsRetry& which) { return jobs.retry_all(which); });
  router.post<Nothing>("/api/v1/admin/jobs/{id}/retry",
                       {.access = Access::owner, .summary = "Try one again that was given up", .tag = "admin"},
                       [&jobs](Context& context) -> Result<Nothing> {
                         TRY_OK(jobs.retry(context.param("id")));
                         return Nothing{};
                       });
  router.del<Nothing>("/api/v1/admin/jobs/{id}",
                      {.access = Access::owner, .summary = "Forget one that was given up", .tag = "admin"},
                      [&jobs](Context& context) -> Result<Nothing> {
                        TRY_OK(jobs.remove(context.param("id")));
                        return Nothing{};
                      });
}

} // namespace mv
