#include "core/adapters/jobs/queue.hpp"

#include "core/adapters/jobs/queue_fixture.hpp"
#include "core/ports/contracts/job_queue_contract.hpp"

namespace mv {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, JobQueueContract, jobs::QueueOnSqlite);

TEST(BackOffTest, DoublesWithASpreadAndStopsAtAnHour) {
  for (int attempts = 1; attempts < 40; ++attempts) {
    const TimeMs wait = jobs::back_off(attempts);
    EXPECT_LE(wait, kHour);
    EXPECT_GE(wait, attempts > 12 ? kHour * 3 / 4 : std::min<TimeMs>(kSecond << attempts, kHour) * 3 / 4);
  }
}

} // namespace
} // namespace mv
