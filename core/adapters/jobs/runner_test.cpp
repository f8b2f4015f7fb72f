#include "core/adapters/jobs/runner.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <semaphore>
#include <stdexcept>

#include "core/adapters/jobs/queue_fixture.hpp"
#include "core/base/error_report.hpp"
#include "core/base/log.hpp"
#include "core/base/trace.hpp"

namespace mv::jobs {
namespace {

using namespace std::chrono_literals;

// No test may pass by looking again and again.
constexpr JobTimes kNeverLook{.look_every = 1h};

class Reports final : public ErrorSink {
public:
  void take(ErrorReport report) noexcept override { taken.push_back(std::move(report)); }
  std::vector<ErrorReport> taken; // by the one thread of a runner, which has ended before it is read
};

/// A queue whose database comes and goes.
class UnsteadyQueue final : public DatabaseJobQueue {
public:
  using DatabaseJobQueue::DatabaseJobQueue;
  Result<std::optional<Job>> claim(const std::vector<std::string>& kinds, TimeMs lease) override {
    ++claims;
    if (away) return mv::fail(ErrorCode::unavailable, "database.read-only");
    return DatabaseJobQueue::claim(kinds, lease);
  }
  std::atomic<bool> away = false;
  std::atomic<int> claims = 0;
};

class JobRunnerTest : public testing::Test {
protected:
  void add(const JobDraft& job) {
    const auto added = base_.database().transaction([&](Transaction& tx) { return base_.queue().add(tx, job); });
    ASSERT_TRUE(added.has_value()) << added.error().cause;
  }

  QueueOnSqlite base_;
  Metrics metrics_;
};

TEST_F(JobRunnerTest, LooksAtOnceWhenItIsTold) {
  JobRunner runner(base_.queue(), metrics_, 2, kNeverLook);
  std::latch done(3);
  runner.handle("a", {.run = [&](const Job&) -> Result<void> {
                  done.count_down();
                  return {};
                }});
  runner.start();
  for (const char* payload : {"1", "2", "3"}) {
    add({.kind = "a", .payload = payload});
    runner.notify();
  }
  done.wait();
  runner.stop();
  EXPECT_EQ(base_.queue().depth(), 0);
  EXPECT_NE(metrics_.render().find(R"(memoryverse_job_seconds_count{kind="a"} 3)"), std::string::npos);
  EXPECT_TRUE(metrics_.render().contains("memoryverse_job_runs_total{kind=\"a\",outcome=\"success\"} 3\n"));
}

TEST_F(JobRunnerTest, GoesOnWithTheTraceOfTheCause) {
  JobRunner runner(base_.queue(), metrics_, 1, kNeverLook);
  std::promise<std::string> seen;
  runner.handle("a", {.run = [&](const Job&) -> Result<void> {
                  seen.set_value(LogContext::find("trace_id").value_or(""));
                  return {};
                }});
  std::string cause;
  {
    const TraceScope scope("request", SpanKind::server, "", TraceScope::Sampling::by_ratio);
    cause = scope.context().trace_id();
    add({.kind = "a", .payload = "{}"});
  }
  runner.start();
  EXPECT_EQ(seen.get_future().get(), cause);
}

TEST_F(JobRunnerTest, TriesAgainAfterAnErrorOrAThrow) {
  JobRunner runner(base_.queue(), metrics_, 2, kNeverLook);
  std::latch done(3);
  runner.handle("fails", {.run = [&](const Job&) -> Result<void> {
                  done.count_down();
                  return fail(ErrorCode::internal, "disk.broken", "sector 7");
                }});
  runner.handle("throws", {.run = [&](const Job&) -> Result<void> {
                  done.count_down();
                  throw std::runtime_error("bang");
                }});
  runner.handle("throws-a-number", {.run = [&](const Job&) -> Result<void> {
                  done.count_down();
                  throw 7;
                }});
  for (const char* kind : {"fails", "throws", "throws-a-number"})
    add({.kind = kind, .payload = "{}"});
  runner.start();
  done.wait();
  runner.stop();
  EXPECT_EQ(base_.queue().depth(), 3);
  EXPECT_TRUE(base_.queue().dead({}, 10).value().empty());
  EXPECT_TRUE(metrics_.render().contains("memoryverse_job_retries_total{kind=\"throws\"} 1\n"));
}

TEST_F(JobRunnerTest, GivesUpAfterTheLastAttemptAndSaysSo) {
  Reports reports;
  set_error_sink(&reports);
  JobRunner runner(base_.queue(), metrics_, 1, kNeverLook);
  std::latch given_up(1);
  runner.handle("a",
                {.run = [](const Job&) -> Result<void> { return fail(ErrorCode::internal, "disk.broken", "sector 7"); },
                 .max_attempts = 1,
                 .given_up = [&](const Job&) -> Result<void> {
                   given_up.count_down();
                   EXPECT_TRUE(base_.queue().dead({}, 10).value().empty()) << "dead before it was given up";
                   return {};
                 }});
  add({.kind = "a", .payload = "{}"});
  runner.start();
  given_up.wait();
  runner.stop();
  set_error_sink(nullptr);
  ASSERT_EQ(reports.taken.size(), 1U);
  EXPECT_EQ(reports.taken[0].kind, "job");
  EXPECT_EQ(reports.taken[0].where, "a");
  EXPECT_EQ(reports.taken[0].key, "disk.broken");
  EXPECT_EQ(reports.taken[0].trace_id.size(), 32U);
  const auto dead = base_.queue().dead({}, 10).value();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead.front().reason, "disk.broken: sector 7");
  const std::string metrics = metrics_.render();
  EXPECT_TRUE(metrics.contains("memoryverse_job_runs_total{kind=\"a\",outcome=\"failure\"} 1\n")) << metrics;
  EXPECT_TRUE(metrics.contains("memoryverse_job_dead_total{kind=\"a\"} 1\n"));
  EXPECT_FALSE(metrics.contains("memoryverse_job_retries_total"));
}

TEST_F(JobRunnerTest, GivesUpAJobWhoseWorkersDieWithoutRunningItAgain) {
  add({.kind = "a", .payload = "{}"});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(base_.queue().claim({"a"}, kMinute).value().has_value());
    base_.clock().advance(kMinute);
  }
  JobRunner runner(base_.queue(), metrics_, 1, kNeverLook);
  std::latch given_up(1);
  runner.handle("a", {.run = [](const Job&) -> Result<void> {
                        ADD_FAILURE() << "ran once too often";
                        return {};
                      },
                      .max_attempts = 2,
                      .given_up = [&](const Job&) -> Result<void> {
                        given_up.count_down();
                        return {};
                      }});
  runner.start();
  given_up.wait();
  runner.stop();
  EXPECT_EQ(base_.queue().dead({}, 10).value().size(), 1U);
}

TEST_F(JobRunnerTest, GivesUpAgainWhatItCouldNotGiveUp) {
  add({.kind = "a", .payload = "{}"});
  for (const bool works : {false, true}) {
    std::latch given_up(1);
    JobRunner runner(base_.queue(), metrics_, 1, kNeverLook);
    runner.handle("a", {.run = [](const Job&) -> Result<void> { return fail(ErrorCode::internal, "disk.broken"); },
                        .max_attempts = 1,
                        .given_up = [&](const Job&) -> Result<void> {
                          given_up.count_down();
                          return works ? Result<void>{} : mv::fail(ErrorCode::unavailable, "database.lost");
                        }});
    runner.start();
    given_up.wait();
    runner.stop();
    const auto dead = base_.queue().dead({}, 10).value();
    ASSERT_EQ(dead.size(), works ? 1U : 0U);
    for (const auto& one : dead)
      EXPECT_EQ(one.reason, "disk.broken");
    base_.clock().advance(kMinute);
  }
}

TEST_F(JobRunnerTest, FinishesRunningJobsBeforeItStops) {
  JobRunner runner(base_.queue(), metrics_, 2, kNeverLook);
  std::binary_semaphore started(0);
  std::binary_semaphore go(0);
  runner.handle("a", {.run = [&](const Job&) -> Result<void> {
                  started.release();
                  go.acquire();
                  return {};
                }});
  add({.kind = "a", .payload = "{}"});
  runner.start();
  started.acquire();
  auto stopped = std::async(std::launch::async, [&runner] { runner.stop(); });
  go.release();
  stopped.get();
  EXPECT_EQ(base_.queue().depth(), 0);
}

TEST_F(JobRunnerTest, HandsBackWhatALongHandlerLeftWhenItStops) {
  JobRunner runner(base_.queue(), metrics_, 1, kNeverLook);
  std::binary_semaphore started(0);
  runner.handle("a", {.run = [&](const Job&) -> Result<void> {
                  started.release();
                  while (!runner.stopping())
                    std::this_thread::yield();
                  return fail(ErrorCode::unavailable, "job.stopping");
                }});
  add({.kind = "a", .payload = "{}"});
  runner.start();
  started.acquire();
  runner.stop();
  const auto again = base_.queue().claim({"a"}, kMinute);
  ASSERT_TRUE(again.has_value() && again->has_value());
  EXPECT_EQ((*again)->attempts, 1);
}

TEST_F(JobRunnerTest, BlamesNoJobForAStoreThatIsAway) {
  JobRunner runner(base_.queue(), metrics_, 1, {.rest = 0, .look_every = 1h});
  std::latch done(1);
  int runs = 0;
  bool given_up = false;
  runner.handle("a", {.run = [&](const Job& job) -> Result<void> {
                        EXPECT_EQ(job.attempts, 1);
                        switch (++runs) {
                          case 1:
                            return fail(ErrorCode::unavailable, "storage.unreachable");
                          case 2:
                            return fail(ErrorCode::unavailable, "dependency.resting");
                          case 3:
                            return fail(ErrorCode::insufficient_storage, "storage.full");
                          case 4:
                            return fail(ErrorCode::unavailable, "database.lost");
                          default:
                            done.count_down();
                            return {};
                        }
                      },
                      .max_attempts = 2,
                      .given_up = [&](const Job&) -> Result<void> {
                        given_up = true;
                        return {};
                      }});
  add({.kind = "a", .payload = "{}"});
  runner.start();
  done.wait();
  runner.stop();
  EXPECT_FALSE(given_up);
  EXPECT_EQ(base_.queue().depth(), 0);
  EXPECT_TRUE(metrics_.render().contains("memoryverse_job_runs_total{kind=\"a\",outcome=\"postponed\"} 4\n"));
}

TEST_F(JobRunnerTest, SaysOnceThatNoJobCanBeTakenAndOnceThatTheyCanAgain) {
  std::vector<std::string> lines; // the log lets in one thread at a time
  set_up_log({}, [&lines](std::string_view line) { lines.emplace_back(line); });
  UnsteadyQueue queue(base_.database(), base_.clock());
  JobRunner runner(queue, metrics_, 4, {.look_every = 1ms});
  const auto look_often = [&queue] {
    for (const int until = queue.claims + 40; queue.claims < until;)
      std::this_thread::yield();
  };
  runner.start();
  look_often();
  for (int i = 0; i < 2; ++i) {
    queue.away = true;
    look_often();
    queue.away = false;
    look_often();
  }
  runner.stop();
  set_up_log({});
  // As it turns, each thread may still bring an answer of before: two lines more for each of the other three, four
  // times.
  EXPECT_GE(lines.size(), 4U);
  EXPECT_LE(lines.size(), 28U) << testing::PrintToString(lines);
  for (std::size_t i = 0; i < lines.size(); ++i)
    EXPECT_TRUE(
        lines[i].contains(i % 2 == 0 ? " no job can be taken reason=database.read-only" : " jobs are taken again"))
        << lines[i];
  EXPECT_TRUE(lines.back().contains("again")) << lines.back();
}

TEST_F(JobRunnerTest, KeepsTheLeaseOfALongJob) {
  JobRunner runner(base_.queue(), metrics_, 1, {.renew_every = 5ms, .look_every = 1h});
  std::binary_semaphore started(0);
  std::binary_semaphore go(0);
  runner.handle("a", {.run = [&](const Job&) -> Result<void> {
                  started.release();
                  go.acquire();
                  return {};
                }});
  add({.kind = "a", .payload = "{}"});
  runner.start();
  started.acquire();
  const auto lease_end = [this] {
    TimeMs until = 0;
    const auto read = base_.database().read([&](Transaction& tx) -> Result<void> {
      TRY(const Rows rows, tx.run({"lease", "SELECT lease_until FROM jobs"}));
      until = rows.front().integer(0);
      return {};
    });
    EXPECT_TRUE(read.has_value());
    return until;
  };
  const TimeMs first = lease_end();
  base_.clock().advance(20);
  while (lease_end() == first)
    std::this_thread::yield();
  EXPECT_EQ(lease_end(), first + 20);
  go.release();
  runner.stop();
  EXPECT_EQ(base_.queue().depth(), 0);
}

} // namespace
} // namespace mv::jobs
