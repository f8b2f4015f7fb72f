#pragma once

// Runs jobs: a bounded number of threads claim what is due, and one thread renews the leases of what runs.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/metrics.hpp"
#include "core/ports/job_queue.hpp"

namespace mv::jobs {

/// What is done for one kind of job. Several threads may call it at once.
struct JobHandler {
  /// An error or a throw is tried again later, and counts. Where the database or the store is what failed
  /// (`unavailable` or `insufficient_storage` under a key of theirs), the job rests and nothing is counted: no job is
  /// to blame for that, however long it lasts. While the runner stops, `unavailable` hands the job back at once.
  std::function<Result<void>(const Job&)> run;
  int max_attempts = 5;
  /// After the last attempt failed, before the job is dead: whoever sees it dead sees what this did. May be empty.
  /// Where it fails, the last attempt is made once more; where the process dies of it, the job is given up again when
  /// its lease has run out.
  std::function<Result<void>(const Job&)> given_up{};
};

struct JobTimes {
  TimeMs lease = 30 * kSecond; ///< How long the job of a worker that died rests: a person may be waiting for it.
  TimeMs rest = 5 * kSecond;   ///< Of a job whose database or store is away.
  std::chrono::milliseconds renew_every{10'000};
  std::chrono::milliseconds look_every{1'000}; ///< For jobs that become due by time, or that another process added.
};

class JobRunner {
public:
  /// `queue` and `metrics` must outlive the runner.
  JobRunner(JobQueue& queue, Metrics& metrics, int threads, const JobTimes& times = {});
  /// Stops.
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  /// Before `start`.
  void handle(const std::string& kind, JobHandler handler) { handlers_[kind] = std::move(handler); }
  void start();
  /// Something may be due: wakes a thread at once instead of at its next look. From any thread.
  void notify();
  /// Takes no new jobs, and returns when the running ones have ended.
  void stop();
  /// For handlers that take long.
  [[nodiscard]] bool stopping() const;

private:
  void work();
  /// With the lock held; null: a claim went well.
  void tell_of_change(const Error* error);
  void run_one(const Job& job);
  [[nodiscard]] Result<void> call(const JobHandler& handler, const Job& job);
  void finish(const Job& job, const JobHandler& handler, const Result<void>& outcome);
  void count(const Job& job, std::string_view outcome);
  void keep_leases();

  JobQueue& queue_;
  Metrics& metrics_;
  int thread_count_;
  JobTimes times_;
  std::map<std::string, JobHandler> handlers_;
  std::vector<std::string> kinds_;

  mutable std::mutex mutex_; // guards what follows, but for threads_
  std::condition_variable wake_;
  bool stopping_ = false;
  std::uint64_t notices_ = 0;
  std::string no_jobs_for_; // key of the error for which none can be taken; else empty
  std::map<std::string, Job> running_;
  std::vector<std::thread> threads_;
};

} // namespace mv::jobs
