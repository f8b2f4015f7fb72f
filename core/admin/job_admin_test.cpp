#include "core/admin/job_admin.hpp"

#include <gtest/gtest.h>

#include "core/adapters/jobs/queue_fixture.hpp"

namespace mv::admin {
namespace {

class JobAdminTest : public testing::Test {
protected:
  void add(const JobDraft& draft) {
    ASSERT_TRUE(
        maker_.database().transaction([&](Transaction& tx) { return maker_.queue().add(tx, draft); }).has_value());
  }
  void bury(const JobDraft& draft) {
    add(draft);
    const auto job = maker_.queue().claim({draft.kind}, kMinute);
    ASSERT_TRUE(job && *job);
    EXPECT_EQ(maker_.queue().fail(**job, "no disk", 1), false);
  }

  jobs::QueueOnSqlite maker_;
  JobAdmin admin_{maker_.queue(), maker_.clock()};
};

TEST_F(JobAdminTest, SaysHowLongTheOldestHasWaited) {
  add({.kind = "a", .payload = "{}"});
  maker_.clock().advance(90 * kSecond);
  add({.kind = "a", .payload = "{}"});
  const auto counts = admin_.counts();
  ASSERT_TRUE(counts.has_value());
  ASSERT_EQ(counts->items.size(), 1U);
  EXPECT_EQ(counts->items.front().waiting, 2);
  EXPECT_EQ(counts->items.front().oldest_waiting_s, 90);
}

TEST_F(JobAdminTest, PagesTheDead) {
  for (int i = 0; i < 3; ++i)
    bury({.kind = "a", .payload = std::to_string(i)});
  const auto first = admin_.dead({.limit = 2, .cursor = {}});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items.front().reason, "no disk");
  ASSERT_TRUE(first->next_cursor);
  const auto second = admin_.dead({.limit = 2, .cursor = first->next_cursor});
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->items.size(), 1U);
  EXPECT_FALSE(second->next_cursor);
  EXPECT_EQ(admin_.dead({.limit = 0, .cursor = {}}).error().key, "request.invalid-query");
}

TEST_F(JobAdminTest, RefusesWhatIsNotDead) {
  bury({.kind = "a", .payload = "{}"});
  const std::string id = admin_.dead({})->items.front().id;
  EXPECT_TRUE(admin_.retry(id).has_value());
  EXPECT_EQ(admin_.retry(id).error().key, "job.not-found");
  EXPECT_EQ(admin_.remove(id).error().key, "job.not-found");
  EXPECT_EQ(admin_.retry_all({.kind = "a"})->retried, 0);
}

} // namespace
} // namespace mv::admin
