#include "core/adapters/jobs/queue.hpp"

#include <algorithm>
#include <tuple>

#include "core/adapters/jobs/sql.hpp"
#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"
#include "core/base/random.hpp"
#include "core/base/trace.hpp"

namespace mv::jobs {

namespace {

constexpr std::size_t kLongestReason = 2000;

std::unexpected<Error> lease_lost() { return mv::fail(ErrorCode::conflict, "job.lease-lost"); }

// The id of the next job to run. One look a kind, each at the head of an index, so that jobs of kinds that nobody here
// handles cost nothing however many wait. A job whose worker died comes before what has not begun.
Result<std::optional<std::string>> find_next(Transaction& tx, const std::vector<std::string>& kinds, TimeMs now) {
  for (const std::string& kind : kinds) {
    TRY(const Rows expired, tx.run(sql::find_expired_job, kind, now));
    if (!expired.empty()) return expired.front().text(0);
  }
  using Rank = std::tuple<std::int64_t, std::int64_t, std::string>; // priority (negated), time, id
  std::optional<Rank> best;
  for (const std::string& kind : kinds) {
    TRY(const Rows waiting, tx.run(sql::find_waiting_job, kind, now));
    if (waiting.empty()) continue;
    const Row& row = waiting.front();
    Rank rank{-row.integer(1), row.integer(2), row.text(0)};
    if (!best || rank < *best) best = std::move(rank);
  }
  if (!best) return std::nullopt;
  return std::get<2>(*std::move(best));
}

Job job_of(const Row& row) {
  return Job{.id = row.text(0),
             .kind = row.text(1),
             .payload = row.text(2),
             .attempts = static_cast<int>(row.integer(3)),
             .lease_until = row.integer(4),
             .lease = row.text(5),
             .trace = row.text(6)};
}

// Kinds are names of ours, without anything to escape.
std::string json_list(const std::vector<std::string>& names) {
  std::string list = "[";
  for (const std::string& name : names)
    list += (list.size() > 1 ? ",\"" : "\"") + name + '"';
  return list + "]";
}

// Reasons come from libraries and files, and may hold any bytes, which not every engine takes for a text.
std::string presentable(std::string_view reason) {
  std::string text(reason.substr(0, kLongestReason));
  std::ranges::replace(text, '\0', ' ');
  return repair_utf8(text);
}

} // namespace

TimeMs back_off(int attempts) {
  const int exponent = std::clamp(attempts, 0, 12);
  const TimeMs whole = std::min<TimeMs>(kSecond << exponent, kHour);
  // Jobs that failed together must not come back together.
  const TimeMs spread = whole / 2;
  return std::min<TimeMs>(whole - spread / 2 + random_below(static_cast<std::uint32_t>(spread) + 1), kHour);
}

Result<void> DatabaseJobQueue::add(Transaction& tx, const JobDraft& job) {
  const TimeMs now = clock_.now();
  const std::optional<std::string> key = job.key.empty() ? std::nullopt : std::optional(job.key);
  const std::string trace = current_traceparent();
  // "At once" stays 0: on a machine whose clock is behind ours, a time of ours would be one to wait for.
  TRY_OK(tx.run(sql::insert_job, new_id(), job.kind, job.payload, job.priority, job.run_at, key, now,
                trace.empty() ? std::nullopt : std::optional(trace)));
  return {};
}

Result<std::optional<Job>> DatabaseJobQueue::claim(const std::vector<std::string>& kinds, TimeMs lease) {
  const bool limited = std::ranges::any_of(kinds, [this](const std::string& kind) { return limits_.contains(kind); });
  if (database_.engine() == "postgres" && !limited) return claim_among_many(kinds, lease);
  const TimeMs now = clock_.now();
  const auto next_of = [&](Transaction& tx) -> Result<std::optional<std::string>> {
    TRY(const auto free, below_limit(tx, kinds, now));
    return find_next(tx, free, now);
  };
  // Idle workers ask often; a read does not hold the writer up.
  TRY(const auto candidate, database_.read(next_of));
  if (!candidate) return std::nullopt;
  return database_.transaction([&](Transaction& tx) -> Result<std::optional<Job>> {
    // Another worker may have taken the candidate since, so it is looked for again where nobody else writes.
    TRY(const auto next, next_of(tx));
    if (!next) return std::nullopt;
    TRY(const Rows rows, tx.run(sql::claim_job, *next, now + lease, random_token(16), now));
    return job_of(rows.front());
  });
}

Result<std::optional<Job>> DatabaseJobQueue::claim_among_many(const std::vector<std::string>& kinds, TimeMs lease) {
  const TimeMs now = clock_.now();
  TRY(const Rows rows,
      database_.execute_alone(sql::claim_job_among_many, {json_list(kinds), now, now + lease, random_token(16)}));
  if (rows.empty()) return std::nullopt;
  return job_of(rows.front());
}

Result<std::vector<std::string>> DatabaseJobQueue::below_limit(Transaction& tx, const std::vector<std::string>& kinds,
                                                               TimeMs now) const {
  std::vector<std::string> free;
  for (const std::string& kind : kinds) {
    if (const auto limit = limits_.find(kind); limit != limits_.end()) {
      TRY(const Rows rows, tx.run(sql::count_running_jobs, kind, now));
      if (rows.front().integer(0) >= limit->second) continue;
    }
    free.push_back(kind);
  }
  return free;
}

// What ends or renews a lease names it, so that each statement is right by itself.
Result<void> DatabaseJobQueue::renew(const Job& job, TimeMs lease) {
  TRY(const Rows rows, database_.execute_alone(sql::renew_job, {job.id, job.lease, clock_.now() + lease}));
  if (rows.empty()) return lease_lost();
  return {};
}

Result<void> DatabaseJobQueue::complete(const Job& job) {
  TRY(const Rows rows, database_.execute_alone(sql::complete_job, {job.id, job.lease}));
  if (rows.empty()) return lease_lost();
  return {};
}

Result<bool> DatabaseJobQueue::fail(const Job& job, std::string_view reason, int max_attempts) {
  const std::string why = presentable(reason);
  if (job.attempts < max_attempts) {
    TRY_OK(requeue(job, clock_.now() + back_off(job.attempts), why, 0));
    return true;
  }
  TRY(const Rows rows, database_.execute_alone(sql::bury_job, {job.id, job.lease, why, clock_.now()}));
  if (rows.empty()) return lease_lost();
  return false;
}

Result<void> DatabaseJobQueue::release(const Job& job, TimeMs rest) {
  return requeue(job, clock_.now() + rest, std::nullopt, 1);
}

Result<void> DatabaseJobQueue::requeue(const Job& job, TimeMs run_at, std::optional<std::string_view> reason,
                                       int attempts_back) {
  return database_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run(sql::requeue_job, job.id, job.lease, run_at, reason, attempts_back, clock_.now()));
    if (!rows.empty()) return {};
    // Either the lease is lost, or a job with the same key waits and will do the work.
    TRY(const Rows ended, tx.run(sql::complete_job, job.id, job.lease));
    if (ended.empty()) return lease_lost();
    return {};
  });
}

Result<std::int64_t> DatabaseJobQueue::depth() {
  return database_.read([&](Transaction& tx) -> Result<std::int64_t> {
    TRY(const Rows rows, tx.run(sql::count_jobs));
    return rows.front().integer(0);
  });
}

} // namespace mv::jobs
