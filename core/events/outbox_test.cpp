#include "core/events/outbox.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/ids.hpp"
#include "core/base/trace.hpp"
#include "core/migrations/runner.hpp"

namespace mv::events {
namespace {

namespace fs = std::filesystem;

class OutboxTest : public testing::Test {
protected:
  void SetUp() override {
    auto opened = sqlite::SqliteDatabase::open(folder_ / "events.sqlite");
    ASSERT_TRUE(opened.has_value()) << opened.error().cause;
    inner_ = *std::move(opened);
    ASSERT_TRUE(migrations::Runner(*inner_, clock_).migrate().has_value());
    db_ = std::make_unique<NotifyingDatabase>(*inner_, bus_);
    handle_ = bus_.subscribe([this](std::int64_t seq) { told_.push_back(seq); });
  }
  void TearDown() override {
    handle_.reset();
    db_.reset();
    inner_.reset();
    fs::remove_all(folder_);
  }

  std::int64_t add(const std::string& type, TimeMs at = 1) {
    const auto added = db_->transaction([&](Transaction& tx) {
      return Outbox(tx).add({.type = type, .space_id = "s", .at = at, .data = R"({"a":1})"});
    });
    EXPECT_TRUE(added.has_value()) << added.error().cause;
    return ask(&Outbox::latest);
  }
  std::vector<std::string> types_after(std::int64_t seq, std::int64_t limit = 100) {
    std::vector<std::string> types;
    const auto events = db_->read([&](Transaction& tx) { return Outbox(tx).read_after(seq, limit); });
    for (const Event& event : events.value())
      types.push_back(event.type);
    return types;
  }
  std::int64_t ask(Result<std::int64_t> (Outbox::*question)()) {
    return db_
        ->read([&](Transaction& tx) {
          Outbox outbox(tx);
          return (outbox.*question)();
        })
        .value_or(-1);
  }

  fs::path folder_ = fs::path(testing::TempDir()) / ("events-" + new_id());
  FixedClock clock_{1'000};
  std::unique_ptr<sqlite::SqliteDatabase> inner_;
  inprocess::InprocessEventBus bus_;
  std::unique_ptr<NotifyingDatabase> db_;
  std::vector<std::int64_t> told_;
  std::unique_ptr<void, std::function<void(void*)>> handle_;
};

TEST_F(OutboxTest, ReadsEventsInOrderFromWhereOneStopped) {
  EXPECT_EQ(ask(&Outbox::latest), 0);
  const std::int64_t first = add("one");
  add("two");
  const std::int64_t third = add("three");
  EXPECT_EQ(types_after(0), (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(types_after(first), (std::vector<std::string>{"two", "three"}));
  EXPECT_EQ(types_after(first, 1), std::vector<std::string>{"two"});
  EXPECT_TRUE(types_after(third).empty());
  EXPECT_EQ(ask(&Outbox::latest), third);
  EXPECT_EQ(ask(&Outbox::oldest), first);
}

TEST_F(OutboxTest, KeepsTheTraceOfTheCause) {
  std::string cause;
  {
    const TraceScope scope("request", SpanKind::server, "", TraceScope::Sampling::by_ratio);
    cause = scope.context().traceparent();
    add("caused");
  }
  add("alone");
  const auto events = db_->read([](Transaction& tx) { return Outbox(tx).read_after(0, 9); }).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].trace, cause);
  EXPECT_EQ(events[1].trace, "");
}

TEST_F(OutboxTest, TellsTheBusAfterTheCommitAndOnceForATransaction) {
  const auto saved = db_->transaction([this](Transaction& tx) -> Result<void> {
    TRY_OK(Outbox(tx).add({.type = "a", .space_id = "s", .user_id = "u", .at = 5}));
    TRY_OK(Outbox(tx).add({.type = "b", .space_id = "s", .at = 5}));
    EXPECT_TRUE(told_.empty()) << "told before the commit";
    return {};
  });
  ASSERT_TRUE(saved.has_value());
  EXPECT_EQ(told_, std::vector<std::int64_t>{ask(&Outbox::latest)});
  const auto events = db_->read([](Transaction& tx) { return Outbox(tx).read_after(0, 9); }).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].user_id, "u");
  EXPECT_EQ(events[0].at, 5);
  EXPECT_EQ(events[1].user_id, "");
  EXPECT_EQ(events[1].data, "{}");
}

TEST_F(OutboxTest, TellsNothingOfWhatWasRolledBackOrHadNoEvents) {
  const auto refused = db_->transaction([](Transaction& tx) -> Result<void> {
    TRY_OK(Outbox(tx).add({.type = "a", .space_id = "s"}));
    return fail(ErrorCode::forbidden, "no");
  });
  EXPECT_FALSE(refused.has_value());
  EXPECT_TRUE(db_->transaction([](Transaction&) -> Result<void> { return {}; }).has_value());
  EXPECT_TRUE(told_.empty());
  EXPECT_TRUE(types_after(0).empty());
}

TEST_F(OutboxTest, PrunesWhatIsOldAndNeverGivesANumberTwice) {
  add("old", 1);
  add("older than its place", 1);
  const std::int64_t kept = add("new", 100);
  const auto prune = [this](TimeMs before) {
    return db_->transaction([&](Transaction& tx) { return Outbox(tx).prune(before); });
  };
  ASSERT_TRUE(prune(50).has_value());
  EXPECT_EQ(types_after(0), std::vector<std::string>{"new"});
  EXPECT_EQ(ask(&Outbox::oldest), kept);
  ASSERT_TRUE(prune(1'000).has_value());
  EXPECT_EQ(ask(&Outbox::latest), kept) << "the last one stays, so that nobody thinks the numbers began again";
  EXPECT_EQ(add("next"), kept + 1);
}

} // namespace
} // namespace mv::events
