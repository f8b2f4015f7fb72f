#pragma once

// What every JobQueue must do. `Maker` gives `queue()`, `database()` and `clock()`.

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/trace.hpp"
#include "core/ports/job_queue.hpp"

namespace mv {

template <typename Maker>
class JobQueueContract : public testing::Test {
protected:
  void add(const JobDraft& job) {
    const auto added = maker_.database().transaction([&](Transaction& tx) { return queue().add(tx, job); });
    ASSERT_TRUE(added.has_value()) << added.error().cause;
  }
  std::optional<Job> claim(const std::vector<std::string>& kinds = {"a"}, TimeMs lease = kMinute) {
    auto job = queue().claim(kinds, lease);
    EXPECT_TRUE(job.has_value()) << job.error().cause;
    return job ? *job : std::nullopt;
  }
  /// Adds a job and gives it up; gives its id. Nothing else of its kind may be due.
  std::string bury(const JobDraft& draft) {
    add(draft);
    const auto job = claim({draft.kind});
    EXPECT_EQ(job->payload, draft.payload);
    EXPECT_EQ(queue().fail(*job, "hopeless", 1), false);
    return job->id;
  }
  JobQueue& queue() { return maker_.queue(); }
  FixedClock& clock() { return maker_.clock(); }
  std::int64_t depth() { return queue().depth().value_or(-1); }

  Maker maker_;
};

TYPED_TEST_SUITE_P(JobQueueContract);

TYPED_TEST_P(JobQueueContract, GivesAJobToOneWorkerAndForgetsItWhenItIsDone) {
  this->add({.kind = "a", .payload = R"({"id":"1"})"});
  EXPECT_EQ(this->depth(), 1);
  const auto job = this->claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->payload, R"({"id":"1"})");
  EXPECT_EQ(job->attempts, 1);
  EXPECT_EQ(job->lease_until, this->clock().now() + kMinute);
  EXPECT_FALSE(this->claim());
  EXPECT_EQ(this->depth(), 1);
  EXPECT_TRUE(this->queue().complete(*job).has_value());
  EXPECT_EQ(this->depth(), 0);
  EXPECT_EQ(this->queue().complete(*job).error().key, "job.lease-lost");
}

TYPED_TEST_P(JobQueueContract, AddsNothingWhenTheTransactionOfTheCauseRollsBack) {
  const auto outcome = this->maker_.database().transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(this->queue().add(tx, {.kind = "a", .payload = "{}"}));
    return fail(ErrorCode::forbidden, "no");
  });
  EXPECT_FALSE(outcome.has_value());
  EXPECT_FALSE(this->claim());
}

TYPED_TEST_P(JobQueueContract, TakesTheHigherPriorityThenTheOlder) {
  this->add({.kind = "a", .payload = "old"});
  this->clock().advance(1);
  this->add({.kind = "b", .payload = "new"});
  this->add({.kind = "b", .payload = "urgent", .priority = 10});
  EXPECT_EQ(this->claim({"a", "b"})->payload, "urgent");
  EXPECT_EQ(this->claim({"a", "b"})->payload, "old");
  EXPECT_EQ(this->claim({"a", "b"})->payload, "new");
}

TYPED_TEST_P(JobQueueContract, LeavesKindsThatTheWorkerDoesNotHandle) {
  this->add({.kind = "b", .payload = "{}"});
  EXPECT_FALSE(this->claim({"a"}));
  EXPECT_FALSE(this->claim({}));
  EXPECT_TRUE(this->claim({"a", "b"}));
}

TYPED_TEST_P(JobQueueContract, WaitsUntilItsTime) {
  this->add({.kind = "a", .payload = "{}", .run_at = this->clock().now() + kHour});
  EXPECT_FALSE(this->claim());
  this->clock().advance(kHour);
  EXPECT_TRUE(this->claim());
}

TYPED_TEST_P(JobQueueContract, GivesTheJobOfADeadWorkerToAnotherAndRefusesTheLateOne) {
  this->add({.kind = "a", .payload = "{}"});
  const auto late = this->claim();
  this->clock().advance(kMinute);
  const auto second = this->claim();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->id, late->id);
  EXPECT_EQ(second->attempts, 2);
  EXPECT_EQ(this->queue().complete(*late).error().key, "job.lease-lost");
  EXPECT_EQ(this->queue().fail(*late, "late", 9).error().key, "job.lease-lost");
  EXPECT_EQ(this->queue().release(*late, 0).error().key, "job.lease-lost");
  EXPECT_EQ(this->queue().renew(*late, kMinute).error().key, "job.lease-lost");
  EXPECT_TRUE(this->queue().complete(*second).has_value());
}

TYPED_TEST_P(JobQueueContract, KeepsARenewedLease) {
  this->add({.kind = "a", .payload = "{}"});
  const auto job = this->claim();
  this->clock().advance(kMinute - 1);
  ASSERT_TRUE(this->queue().renew(*job, kMinute).has_value());
  this->clock().advance(kMinute - 1);
  EXPECT_FALSE(this->claim());
  EXPECT_TRUE(this->queue().complete(*job).has_value());
}

TYPED_TEST_P(JobQueueContract, TriesAgainLaterAndLaterThenGivesUpWithTheReason) {
  this->add({.kind = "a", .payload = "p"});
  for (int attempt = 1; attempt < 3; ++attempt) {
    const auto job = this->claim();
    ASSERT_TRUE(job);
    EXPECT_EQ(job->attempts, attempt);
    EXPECT_EQ(this->queue().fail(*job, "no disk", 3), true);
    EXPECT_FALSE(this->claim()) << "no back-off";
    this->clock().advance((kSecond << attempt) * 5 / 4);
  }
  const auto last = this->claim();
  ASSERT_TRUE(last);
  EXPECT_EQ(this->queue().fail(*last, "still no disk", 3), false);
  this->clock().advance(kDay);
  EXPECT_FALSE(this->claim());
  EXPECT_EQ(this->depth(), 0);
  const auto dead = this->queue().dead({}, 10);
  ASSERT_TRUE(dead.has_value());
  ASSERT_EQ(dead->size(), 1U);
  EXPECT_EQ(dead->front().reason, "still no disk");
  EXPECT_EQ(dead->front().attempts, 3);
  EXPECT_EQ(dead->front().payload, "p");
  EXPECT_LT(dead->front().created_at, dead->front().died_at);
}

TYPED_TEST_P(JobQueueContract, CountsWhatWaitsRunsAndIsDeadByKind) {
  EXPECT_TRUE(this->queue().counts()->empty());
  const TimeMs first = this->clock().now();
  this->add({.kind = "a", .payload = "1"});
  this->clock().advance(kMinute);
  this->add({.kind = "a", .payload = "2", .run_at = this->clock().now() + kHour});
  this->add({.kind = "b", .payload = "3"});
  this->bury({.kind = "b", .payload = "4", .priority = 1});
  const auto running = this->claim({"b"});
  ASSERT_TRUE(running);
  const auto counts = this->queue().counts();
  ASSERT_TRUE(counts.has_value());
  ASSERT_EQ(counts->size(), 2U);
  EXPECT_EQ(counts->at(0).kind, "a");
  EXPECT_EQ(counts->at(0).waiting, 2);
  EXPECT_EQ(counts->at(0).running, 0);
  EXPECT_EQ(counts->at(0).oldest_waiting, first);
  EXPECT_EQ(counts->at(1).kind, "b");
  EXPECT_EQ(counts->at(1).waiting, 0);
  EXPECT_EQ(counts->at(1).running, 1);
  EXPECT_EQ(counts->at(1).dead, 1);
  EXPECT_FALSE(counts->at(1).oldest_waiting);
}

TYPED_TEST_P(JobQueueContract, ListsTheDeadInPagesTheLatestFirst) {
  for (int i = 0; i < 5; ++i) {
    this->bury({.kind = "a", .payload = std::to_string(i)});
    if (i != 2) this->clock().advance(1); // 2 and 3 die in one millisecond
  }
  std::multiset<std::string> seen;
  DeadJobKey below;
  TimeMs latest = INT64_MAX;
  for (const std::size_t expected : {2U, 2U, 1U, 0U}) {
    const auto page = this->queue().dead(below, 2);
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->size(), expected);
    for (const DeadJob& job : *page) {
      EXPECT_LE(job.died_at, latest);
      latest = job.died_at;
      below = {.died_at = job.died_at, .id = job.id};
      seen.insert(job.payload);
    }
  }
  EXPECT_EQ(seen, (std::multiset<std::string>{"0", "1", "2", "3", "4"}));
}

TYPED_TEST_P(JobQueueContract, RunsADeadJobAgainWithAllItsAttempts) {
  const std::string id = this->bury({.kind = "a", .payload = "p"});
  EXPECT_EQ(this->queue().retry(id), true);
  EXPECT_EQ(this->queue().retry(id), false) << "it is dead no more";
  const auto job = this->claim();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->id, id);
  EXPECT_EQ(job->attempts, 1);
  EXPECT_EQ(this->queue().retry(id), false) << "it runs";
  EXPECT_EQ(this->queue().retry("no-such"), false);
  EXPECT_TRUE(this->queue().complete(*job).has_value());
}

TYPED_TEST_P(JobQueueContract, LeavesTheWorkOfADeadJobToTheOneThatWaitsUnderItsKey) {
  const std::string id = this->bury({.kind = "a", .payload = "old", .key = "k"});
  this->add({.kind = "a", .payload = "new", .key = "k"});
  EXPECT_EQ(this->queue().retry(id), true);
  EXPECT_EQ(this->depth(), 1);
  EXPECT_EQ(this->claim()->payload, "new");
  EXPECT_TRUE(this->queue().dead({}, 10)->empty());
}

TYPED_TEST_P(JobQueueContract, RemovesOnlyWhatIsDead) {
  const std::string id = this->bury({.kind = "a", .payload = "p"});
  this->add({.kind = "a", .payload = "alive"});
  const auto running = this->claim();
  EXPECT_EQ(this->queue().remove(running->id), false);
  EXPECT_EQ(this->queue().remove(id), true);
  EXPECT_EQ(this->queue().remove(id), false);
  EXPECT_TRUE(this->queue().dead({}, 10)->empty());
  EXPECT_TRUE(this->queue().complete(*running).has_value());
}

TYPED_TEST_P(JobQueueContract, RunsAllTheDeadOfOneKindAgain) {
  this->bury({.kind = "a", .payload = "1", .key = "k"});
  this->bury({.kind = "a", .payload = "2", .key = "k"});
  this->bury({.kind = "a", .payload = "3"});
  this->bury({.kind = "b", .payload = "4"});
  EXPECT_EQ(this->queue().retry_all("a"), 3);
  EXPECT_EQ(this->queue().retry_all("a"), 0);
  EXPECT_EQ(this->depth(), 2) << "two of one key are one job";
  const auto dead = this->queue().dead({}, 10);
  ASSERT_EQ(dead->size(), 1U);
  EXPECT_EQ(dead->front().kind, "b");
}

TYPED_TEST_P(JobQueueContract, HandsBackAReleasedJobAsIfItHadNotBegun) {
  this->add({.kind = "a", .payload = "{}"});
  ASSERT_TRUE(this->queue().release(*this->claim(), 0).has_value());
  const auto again = this->claim();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempts, 1);
  ASSERT_TRUE(this->queue().release(*again, kMinute).has_value());
  EXPECT_FALSE(this->claim()) << "it rests";
  this->clock().advance(kMinute);
  EXPECT_EQ(this->claim()->attempts, 1);
}

TYPED_TEST_P(JobQueueContract, HoldsOneWaitingJobForAKey) {
  this->add({.kind = "a", .payload = "1", .run_at = this->clock().now() + kHour, .key = "k"});
  this->add({.kind = "a", .payload = "2", .priority = 5, .key = "k"});
  this->add({.kind = "b", .payload = "3", .key = "k"});
  EXPECT_EQ(this->depth(), 2);
  const auto running = this->claim(); // the earlier time counts
  ASSERT_TRUE(running);
  // While one runs, what it may have missed must run after it.
  this->add({.kind = "a", .payload = "4", .key = "k"});
  this->add({.kind = "a", .payload = "5", .key = "k"});
  EXPECT_EQ(this->depth(), 3);
  // The one that runs fails: its successor does the work.
  EXPECT_EQ(this->queue().fail(*running, "x", 9), true);
  EXPECT_EQ(this->depth(), 2);
  EXPECT_EQ(this->claim()->payload, "4");
}

TYPED_TEST_P(JobQueueContract, NeverGivesAJobToTwoOfManyWorkers) {
  constexpr int kJobs = 60;
  for (int i = 0; i < kJobs; ++i)
    this->add({.kind = "a", .payload = std::to_string(i)});
  std::vector<std::vector<std::string>> taken(4);
  {
    std::vector<std::jthread> workers;
    for (auto& mine : taken) {
      workers.emplace_back([this, &mine] {
        while (const auto job = this->claim()) {
          mine.push_back(job->payload);
          EXPECT_TRUE(this->queue().complete(*job).has_value());
        }
      });
    }
  }
  std::multiset<std::string> all;
  for (const auto& mine : taken)
    all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kJobs));
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), static_cast<std::size_t>(kJobs));
}

TYPED_TEST_P(JobQueueContract, KnowsTheTraceOfItsCause) {
  std::string cause;
  {
    const TraceScope scope("request", SpanKind::server, "", TraceScope::Sampling::by_ratio);
    cause = scope.context().traceparent();
    this->add({.kind = "a", .payload = "1"});
  }
  const auto caused = this->claim();
  ASSERT_TRUE(caused);
  EXPECT_EQ(caused->trace, cause);
  // It stays with the job when that runs again.
  EXPECT_TRUE(this->queue().release(*caused, 0).has_value());
  EXPECT_EQ(this->claim()->trace, cause);
  this->add({.kind = "a", .payload = "2"});
  EXPECT_EQ(this->claim()->trace, "");
}

REGISTER_TYPED_TEST_SUITE_P(JobQueueContract, GivesAJobToOneWorkerAndForgetsItWhenItIsDone,
                            AddsNothingWhenTheTransactionOfTheCauseRollsBack, TakesTheHigherPriorityThenTheOlder,
                            LeavesKindsThatTheWorkerDoesNotHandle, WaitsUntilItsTime,
                            GivesTheJobOfADeadWorkerToAnotherAndRefusesTheLateOne, KeepsARenewedLease,
                            TriesAgainLaterAndLaterThenGivesUpWithTheReason, CountsWhatWaitsRunsAndIsDeadByKind,
                            ListsTheDeadInPagesTheLatestFirst, RunsADeadJobAgainWithAllItsAttempts,
                            LeavesTheWorkOfADeadJobToTheOneThatWaitsUnderItsKey, RemovesOnlyWhatIsDead,
                            RunsAllTheDeadOfOneKindAgain, HandsBackAReleasedJobAsIfItHadNotBegun,
                            HoldsOneWaitingJobForAKey, KnowsTheTraceOfItsCause, NeverGivesAJobToTwoOfManyWorkers);

} // namespace mv
