#include "core/adapters/jobs/runner.hpp"

#include <chrono>

#include "core/base/error_report.hpp"
#include "core/base/log.hpp"
#include "core/base/trace.hpp"

namespace mv::jobs {

namespace {

/// What every job needs failed, and not this one.
bool engine_is_away(const Error& error) {
  if (error.code != ErrorCode::unavailable && error.code != ErrorCode::insufficient_storage) return false;
  return error.key.starts_with("storage.") || error.key.starts_with("database.") ||
         error.key.starts_with("dependency.");
}

/// What a handler throws, as an error.
template <typename Work>
Result<void> guarded(const Work& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "job.threw", error.what());
  } catch (...) {
    return fail(ErrorCode::internal, "job.threw", "something that is no exception");
  }
}

} // namespace

JobRunner::JobRunner(JobQueue& queue, Metrics& metrics, int threads, const JobTimes& times)
    : queue_(queue), metrics_(metrics), thread_count_(threads), times_(times) {}

JobRunner::~JobRunner() { stop(); }

void JobRunner::start() {
  for (const auto& [kind, handler] : handlers_)
    kinds_.push_back(kind);
  for (int i = 0; i < thread_count_; ++i)
    threads_.emplace_back([this] { work(); });
  threads_.emplace_back([this] { keep_leases(); });
}

void JobRunner::notify() {
  {
    const std::scoped_lock lock(mutex_);
    ++notices_;
  }
  wake_.notify_all();
}

void JobRunner::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

bool JobRunner::stopping() const {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void JobRunner::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::uint64_t seen = notices_;
    lock.unlock();
    auto job = queue_.claim(kinds_, times_.lease);
    lock.lock();
    tell_of_change(job ? nullptr : &job.error());
    if (job && *job) {
      lock.unlock();
      run_one(**job);
      lock.lock();
      continue;
    }
    wake_.wait_for(lock, times_.look_every, [&] { return stopping_ || notices_ != seen; });
  }
}

// Every thread looks once a second, for as long as a database is away: that is worth a line when it turns.
void JobRunner::tell_of_change(const Error* error) {
  const std::string now = error == nullptr ? "" : error->key;
  if (now == no_jobs_for_) return;
  no_jobs_for_ = now;
  if (error == nullptr)
    log_info("jobs are taken again");
  else
    log_warning("no job can be taken", {{"reason", *error}});
}

void JobRunner::run_one(const Job& job) {
  {
    const std::scoped_lock lock(mutex_);
    running_[job.id] = job;
  }
  const LogContext context("job", job.id);
  TraceScope trace(job.kind, SpanKind::consumer, job.trace, TraceScope::Sampling::as_the_caller_says);
  trace.span().set("job.attempt", job.attempts);
  const JobHandler& handler = handlers_.at(job.kind);
  const Result<void> outcome = call(handler, job);
  if (!outcome) trace.span().fail();
  {
    const std::scoped_lock lock(mutex_);
    running_.erase(job.id);
  }
  wake_.notify_all();
  finish(job, handler, outcome);
}

Result<void> JobRunner::call(const JobHandler& handler, const Job& job) {
  // Each worker that took it died before it could say why; one more attempt could kill this one.
  if (job.attempts > handler.max_attempts) return fail(ErrorCode::internal, "job.worker-died", "each time");
  const MetricTimer timer(
      metrics_.histogram("memoryverse_job_seconds", "Time of one run of a job.", {{"kind", job.kind}}));
  return guarded([&] { return handler.run(job); });
}

void JobRunner::finish(const Job& job, const JobHandler& handler, const Result<void>& outcome) {
  // Where the queue cannot be told, the lease runs out and the job runs again, which handlers stand.
  if (outcome) {
    count(job, "success");
    log_debug("job done", {{"kind", job.kind}, {"attempt", job.attempts}});
    if (const auto done = queue_.complete(job); !done) {
      log_warning("job ended without its lease", {{"kind", job.kind}, {"reason", done.error()}});
    }
    return;
  }
  const bool handed_back = outcome.error().code == ErrorCode::unavailable && stopping();
  if (handed_back || engine_is_away(outcome.error())) {
    count(job, handed_back ? "handed_back" : "postponed");
    if (!handed_back) log_warning("job rests", {{"kind", job.kind}, {"reason", outcome.error()}});
    if (const auto released = queue_.release(job, handed_back ? 0 : times_.rest); !released) {
      log_warning("job not handed back", {{"kind", job.kind}, {"reason", released.error()}});
    }
    return;
  }
  count(job, "failure");
  log_warning("job failed", {{"kind", job.kind}, {"attempt", job.attempts}, {"reason", outcome.error()}});
  if (job.attempts >= handler.max_attempts && handler.given_up) {
    if (const auto told = guarded([&] { return handler.given_up(job); }); !told) {
      log_warning("job not given up yet", {{"kind", job.kind}, {"reason", told.error()}});
      // The last attempt is made once more, as it is its reason that is to be told. A job that kills its workers is
      // not.
      const bool again = job.attempts == handler.max_attempts;
      if (const auto released = again ? queue_.release(job, times_.rest) : Result<void>{}; !released)
        log_warning("job not handed back", {{"kind", job.kind}, {"reason", released.error()}});
      return;
    }
  }
  const std::string& cause = outcome.error().cause;
  const auto again = queue_.fail(job, outcome.error().key + (cause.empty() ? "" : ": " + cause), handler.max_attempts);
  if (!again) log_warning("job's failure not noted", {{"kind", job.kind}, {"reason", again.error()}});
  if (!again) return;
  if (*again) {
    metrics_.counter("memoryverse_job_retries_total", "Runs that failed and come again.", {{"kind", job.kind}}).add();
    return;
  }
  report_error({.kind = "job", .where = job.kind, .key = outcome.error().key, .cause = cause});
  metrics_.counter("memoryverse_job_dead_total", "Jobs given up.", {{"kind", job.kind}}).add();
}

void JobRunner::count(const Job& job, std::string_view outcome) {
  metrics_
      .counter("memoryverse_job_runs_total", "Runs of jobs, by how they ended.",
               {{"kind", job.kind}, {"outcome", outcome}})
      .add();
}

void JobRunner::keep_leases() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, times_.renew_every, [this] { return stopping_ && running_.empty(); })) {
    const std::map<std::string, Job> running = running_;
    lock.unlock();
    for (const auto& [id, job] : running) {
      if (const auto renewed = queue_.renew(job, times_.lease); !renewed)
        log_warning("lease not renewed", {{"kind", job.kind}});
    }
    lock.lock();
    if (stopping_ && running_.empty()) return;
  }
}

} // namespace mv::jobs
