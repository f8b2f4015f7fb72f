#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "core/adapters/jobs/queue.hpp"
#include "core/ports/contracts/job_queue_contract.hpp"
#include "core/testing/migrated_postgres.hpp"

namespace mv {
namespace {

class QueueOnPostgres {
public:
  jobs::DatabaseJobQueue& queue() { return queue_; }
  Database& database() { return home_.database(); }
  FixedClock& clock() { return clock_; }
  [[nodiscard]] const std::string& url() const { return home_.url(); }

private:
  test::MigratedPostgres home_;
  FixedClock clock_{1'700'000'000'000};
  jobs::DatabaseJobQueue queue_{home_.database(), clock_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, JobQueueContract, QueueOnPostgres);

void add_many(QueueOnPostgres& home, int count) {
  const auto added = home.database().transaction([&](Transaction& tx) -> Result<void> {
    for (int i = 0; i < count; ++i)
      TRY_OK(home.queue().add(tx, {.kind = i % 3 == 0 ? "a" : "b", .payload = std::to_string(i), .priority = i % 5}));
    return {};
  });
  ASSERT_TRUE(added.has_value()) << added.error().cause;
}

TEST(PostgresJobQueueTest, GivesEachJobToOneOfManyMachinesAndLosesNone) {
  QueueOnPostgres home;
  constexpr int kJobs = 400;
  add_many(home, kJobs);
  std::mutex mutex;
  std::multiset<std::string> done;
  std::atomic<int> dropped = 0;
  std::vector<std::jthread> machines;
  for (int m = 0; m < 3; ++m) {
    machines.emplace_back([&] {
      const auto database = postgres::PostgresDatabase::open(home.url()).value();
      std::vector<std::jthread> workers;
      for (int w = 0; w < 3; ++w) {
        workers.emplace_back([&] {
          jobs::DatabaseJobQueue queue(*database, home.clock());
          while (true) {
            const auto job = queue.claim({"a", "b"}, kMinute);
            ASSERT_TRUE(job.has_value()) << job.error().cause;
            if (!*job) return;
            // Some workers die with a job in their hands.
            if (std::stoi((*job)->payload) % 50 == 7 && (*job)->attempts == 1) {
              ++dropped;
              continue;
            }
            ASSERT_TRUE(queue.complete(**job).has_value());
            const std::scoped_lock lock(mutex);
            done.insert((*job)->payload);
          }
        });
      }
    });
  }
  machines.clear();
  EXPECT_EQ(dropped, 8);
  home.clock().advance(kMinute);
  while (const auto job = home.queue().claim({"a", "b"}, kMinute).value()) {
    EXPECT_EQ(job->attempts, 2);
    EXPECT_TRUE(home.queue().complete(*job).has_value());
    done.insert(job->payload);
  }
  EXPECT_EQ(done.size(), static_cast<std::size_t>(kJobs));
  EXPECT_EQ(std::set(done.begin(), done.end()).size(), static_cast<std::size_t>(kJobs)) << "one was done twice";
  EXPECT_EQ(home.queue().depth(), 0);
}

TEST(PostgresJobQueueTest, RunsNoMoreOfAKindAtOnceThanItMay) {
  QueueOnPostgres home;
  add_many(home, 90);
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::atomic<int> done = 0;
  std::vector<std::jthread> workers;
  for (int w = 0; w < 5; ++w) {
    workers.emplace_back([&] {
      jobs::DatabaseJobQueue queue(home.database(), home.clock(), {{"a", 2}});
      while (done < 30) {
        const auto job = queue.claim({"a"}, kMinute);
        ASSERT_TRUE(job.has_value()) << job.error().cause;
        if (!*job) {
          std::this_thread::yield();
          continue;
        }
        const int now = ++running;
        for (int before = most; before < now && !most.compare_exchange_weak(before, now);) {
        }
        --running; // before the queue knows, so that the next claim may well come first
        ASSERT_TRUE(queue.complete(**job).has_value());
        ++done;
      }
    });
  }
  workers.clear();
  EXPECT_LE(most, 2);
  EXPECT_EQ(done, 30);
}

TEST(PostgresJobQueueTest, LimitsAKindButNotTheOthers) {
  QueueOnPostgres home;
  add_many(home, 9);
  jobs::DatabaseJobQueue queue(home.database(), home.clock(), {{"a", 1}});
  int of_a = 0;
  int of_b = 0;
  while (const auto job = queue.claim({"a", "b"}, kMinute).value())
    ++(job->kind == "a" ? of_a : of_b);
  EXPECT_EQ(of_a, 1);
  EXPECT_EQ(of_b, 6);
  home.clock().advance(kMinute); // a worker that died holds nobody up
  EXPECT_TRUE(queue.claim({"a"}, kMinute).value().has_value());
}

TEST(PostgresJobQueueTest, KeepsAReasonOfAnyBytes) {
  QueueOnPostgres home;
  add_many(home, 1);
  const auto job = home.queue().claim({"a"}, kMinute).value();
  ASSERT_TRUE(job);
  std::string reason(1999, 'x');
  reason += "я\xff";
  reason[7] = '\0';
  EXPECT_EQ(home.queue().fail(*job, reason, 1), false);
}

} // namespace
} // namespace mv
