#pragma once

// The JobQueue port in a table of the database: a job is added in the transaction of its cause, claimed by one worker
// for a time, and taken again by another when that worker does not come back.

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"
#include "core/ports/job_queue.hpp"

namespace mv::jobs {

/// How many jobs of a kind may run at once, on all machines together. Kinds that are not named have no limit.
using JobLimits = std::map<std::string, int, std::less<>>;

/// Safe from every thread.
class DatabaseJobQueue : public JobQueue {
public:
  DatabaseJobQueue(Database& database, const Clock& clock, JobLimits limits = {})
      : database_(database), clock_(clock), limits_(std::move(limits)) {}

  /// A key that already waits keeps its payload, and takes the higher priority and the earlier time of the two.
  [[nodiscard]] Result<void> add(Transaction& tx, const JobDraft& job) override;
  [[nodiscard]] Result<std::optional<Job>> claim(const std::vector<std::string>& kinds, TimeMs lease) override;
  [[nodiscard]] Result<void> renew(const Job& job, TimeMs lease) override;
  [[nodiscard]] Result<void> complete(const Job& job) override;
  /// A job whose key has been added again meanwhile leaves the work to its successor.
  [[nodiscard]] Result<bool> fail(const Job& job, std::string_view reason, int max_attempts) override;
  [[nodiscard]] Result<void> release(const Job& job, TimeMs rest) override;
  [[nodiscard]] Result<std::int64_t> depth() override;
  [[nodiscard]] Result<std::vector<JobCounts>> counts() override;
  [[nodiscard]] Result<std::vector<DeadJob>> dead(const DeadJobKey& below, std::int64_t limit) override;
  [[nodiscard]] Result<bool> retry(std::string_view id) override;
  [[nodiscard]] Result<bool> remove(std::string_view id) override;
  [[nodiscard]] Result<std::int64_t> retry_all(std::string_view kind) override;

private:
  [[nodiscard]] Result<void> requeue(const Job& job, TimeMs run_at, std::optional<std::string_view> reason,
                                     int attempts_back);

  [[nodiscard]] Result<std::optional<Job>> claim_among_many(const std::vector<std::string>& kinds, TimeMs lease);
  [[nodiscard]] Result<std::vector<std::string>> below_limit(Transaction& tx, const std::vector<std::string>& kinds,
                                                             TimeMs now) const;

  Database& database_;
  const Clock& clock_;
  const JobLimits limits_;
};

/// Milliseconds to wait after so many attempts: 2^attempts seconds, a quarter more or less, at most an hour.
[[nodiscard]] TimeMs back_off(int attempts);

} // namespace mv::jobs
