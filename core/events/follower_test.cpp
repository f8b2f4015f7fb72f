#include "core/events/follower.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/ids.hpp"
#include "core/events/cursor.hpp"
#include "core/migrations/runner.hpp"

namespace mv::events {
namespace {

constexpr FollowerTimes kNeverByItself{.look_every = std::chrono::hours(1),
                                       .first_rest = std::chrono::milliseconds(1),
                                       .longest_rest = std::chrono::milliseconds(4)};

TEST(FollowerTest, GoesOnWhileThereIsMoreAndThenWaitsForNews) {
  inprocess::InprocessEventBus bus;
  std::atomic<int> left = 3;
  std::promise<void> drained;
  std::promise<void> woken;
  Follower follower(
      "test", bus,
      [&]() -> Result<bool> {
        const int now = --left;
        if (now == 0) drained.set_value();
        if (now == -1) woken.set_value();
        return now > 0;
      },
      kNeverByItself);
  drained.get_future().wait();
  bus.publish(1);
  EXPECT_EQ(woken.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

TEST(FollowerTest, TriesAgainByItselfAfterAFailure) {
  inprocess::InprocessEventBus bus;
  int tries = 0;
  std::promise<void> well;
  Follower follower(
      "test", bus,
      [&]() -> Result<bool> {
        if (++tries < 5) return fail(ErrorCode::unavailable, "request.busy");
        if (tries == 5) well.set_value();
        return false;
      },
      kNeverByItself);
  EXPECT_EQ(well.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

class CursorTest : public testing::Test {
protected:
  CursorTest() {
    db_ = *sqlite::SqliteDatabase::open(folder_ / "cursor.sqlite");
    EXPECT_TRUE(migrations::Runner(*db_, clock_).migrate().has_value());
  }
  ~CursorTest() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  template <typename Work>
  auto with(Work work) {
    return db_->transaction([&](Transaction& tx) {
      Cursor cursor(tx, "test");
      return work(cursor);
    });
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("cursor-" + new_id());
  FixedClock clock_{1'700'000'000'000};
  std::unique_ptr<sqlite::SqliteDatabase> db_;
};

TEST_F(CursorTest, MovesFromWhereItWasOnly) {
  EXPECT_FALSE(*with([](Cursor& cursor) { return cursor.find(); }));
  EXPECT_TRUE(with([](Cursor& cursor) { return cursor.begin_at(5); }).has_value());
  EXPECT_TRUE(with([](Cursor& cursor) { return cursor.begin_at(9); }).has_value());
  EXPECT_EQ(*with([](Cursor& cursor) { return cursor.find(); }), 5);
  EXPECT_TRUE(with([](Cursor& cursor) { return cursor.move(5, 7); }).has_value());
  EXPECT_EQ(with([](Cursor& cursor) { return cursor.move(5, 8); }).error().key, "events.cursor-moved");
  EXPECT_EQ(*with([](Cursor& cursor) { return cursor.find(); }), 7);
}

TEST_F(CursorTest, IsLeasedToOneAtATime) {
  const TimeMs now = clock_.now();
  EXPECT_FALSE(*with([&](Cursor& cursor) { return cursor.lease("a", now + kMinute, now); })) << "no such cursor yet";
  EXPECT_TRUE(with([](Cursor& cursor) { return cursor.begin_at(3); }).has_value());
  EXPECT_EQ(*with([&](Cursor& cursor) { return cursor.lease("a", now + kMinute, now); }), 3);
  EXPECT_FALSE(*with([&](Cursor& cursor) { return cursor.lease("b", now + kMinute, now); }));
  EXPECT_EQ(*with([&](Cursor& cursor) { return cursor.lease("a", now + 2 * kMinute, now + kSecond); }), 3) << "kept";
  EXPECT_TRUE(with([](Cursor& cursor) { return cursor.release("b"); }).has_value());
  EXPECT_FALSE(*with([&](Cursor& cursor) { return cursor.lease("b", now + kMinute, now); })) << "not b's to give back";
  EXPECT_EQ(*with([&](Cursor& cursor) { return cursor.lease("b", now + 9 * kMinute, now + 2 * kMinute); }), 3)
      << "a is gone";
  EXPECT_TRUE(with([](Cursor& cursor) { return cursor.release("b"); }).has_value());
  EXPECT_EQ(*with([&](Cursor& cursor) { return cursor.lease("a", now + kMinute, now); }), 3);
}

} // namespace
} // namespace mv::events
