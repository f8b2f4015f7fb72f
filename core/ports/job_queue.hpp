#pragma once

// The JobQueue port: work that outlives a request. Adapters: core/adapters/jobs (a table in the database).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/ports/database.hpp"

namespace mv {

/// What to do. Handlers must be idempotent: a job may run twice when its worker dies.
struct JobDraft {
  std::string kind;    ///< `media.process`, `trash.purge`.
  std::string payload; ///< JSON.
  int priority = 0;    ///< Higher first; 10 is what a person waits for.
  TimeMs run_at = 0;   ///< Not before; 0 is at once.
  std::string key{};   ///< With a key, at most one waiting job of that kind and key exists.
};

struct Job {
  std::string id;
  std::string kind;
  std::string payload;
  int attempts = 0; ///< This one included.
  TimeMs lease_until = 0;
  std::string lease{}; ///< Token of this claim: who lost the lease can no longer end the job.
  std::string trace{}; ///< traceparent of the request or job that added it; "" where there was none.
};

/// A job given up, with why.
struct DeadJob {
  std::string id;
  std::string kind;
  std::string payload;
  std::string reason;
  int attempts = 0;
  TimeMs created_at = 0;
  TimeMs died_at = 0;
};

/// Where a page of dead jobs goes on: with those that died before this one.
struct DeadJobKey {
  TimeMs died_at = INT64_MAX;
  std::string id{};
};

/// How many jobs of one kind there are.
struct JobCounts {
  std::string kind;
  std::int64_t waiting = 0;
  std::int64_t running = 0;
  std::int64_t dead = 0;
  std::optional<TimeMs> oldest_waiting{}; ///< When the oldest that waits was added.
};

/// Safe from every thread.
class JobQueue {
public:
  virtual ~JobQueue() = default;
  /// Joins the caller's transaction, so that the job exists exactly when its cause does. The thread's trace goes along.
  [[nodiscard]] virtual Result<void> add(Transaction& tx, const JobDraft& job) = 0;
  /// Takes the next due job of one of `kinds` for `lease`; nothing when none is due. Expired leases are due again.
  [[nodiscard]] virtual Result<std::optional<Job>> claim(const std::vector<std::string>& kinds, TimeMs lease) = 0;
  /// `renew`, `complete`, `fail` and `release` give `conflict` with key `job.lease-lost` when the lease ran out and
  /// somebody else took the job, or when it has ended.
  [[nodiscard]] virtual Result<void> renew(const Job& job, TimeMs lease) = 0;
  [[nodiscard]] virtual Result<void> complete(const Job& job) = 0;
  /// Again after a back-off (2^attempts seconds with jitter, at most an hour); after `max_attempts` it is dead.
  /// True when it will run again.
  [[nodiscard]] virtual Result<bool> fail(const Job& job, std::string_view reason, int max_attempts) = 0;
  /// Hands a claimed job back as if it had not begun, due after `rest` (orderly stop; what it needs is away).
  [[nodiscard]] virtual Result<void> release(const Job& job, TimeMs rest) = 0;
  /// Waiting and running jobs.
  [[nodiscard]] virtual Result<std::int64_t> depth() = 0;
  /// In the order of their kinds. Reads every job, so it is for people and not for a loop.
  [[nodiscard]] virtual Result<std::vector<JobCounts>> counts() = 0;

  /// Jobs given up, the latest first.
  [[nodiscard]] virtual Result<std::vector<DeadJob>> dead(const DeadJobKey& below, std::int64_t limit) = 0;
  /// Lets a dead job run again at once with all its attempts; one whose key waits meanwhile leaves the work to that
  /// one. False when no dead job has this id; so is `remove`.
  [[nodiscard]] virtual Result<bool> retry(std::string_view id) = 0;
  [[nodiscard]] virtual Result<bool> remove(std::string_view id) = 0;
  /// `retry` for every job of that kind that is dead now; gives their number.
  [[nodiscard]] virtual Result<std::int64_t> retry_all(std::string_view kind) = 0;
};

} // namespace mv
