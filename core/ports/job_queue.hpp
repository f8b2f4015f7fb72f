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
};

/// A job given up, with why.
struct DeadJob {
  std::string id;
  std::string kind;
  std::string payload;
  std::string reason;
  int attempts = 0;
  TimeMs died_at = 0;
};

/// Safe from every thread.
class JobQueue {
public:
  virtual ~JobQueue() = default;
  /// Joins the caller's transaction, so that the job exists exactly when its cause does.
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
  /// Hands a claimed job back untouched (orderly stop).
  [[nodiscard]] virtual Result<void> release(const Job& job) = 0;
  [[nodiscard]] virtual Result<std::vector<DeadJob>> dead(int limit) = 0;
  /// Waiting and running jobs.
  [[nodiscard]] virtual Result<std::int64_t> depth() = 0;
};

} // namespace mv
