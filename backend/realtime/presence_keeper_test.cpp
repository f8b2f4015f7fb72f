#include "backend/realtime/presence_keeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>

#include "core/accounts/home_fixture.hpp"
#include "core/adapters/inprocess/inprocess_presence.hpp"
#include "core/spaces/presence.hpp"

namespace mv::realtime {
namespace {

using namespace std::chrono_literals;
using test::must;

/// Away until it is told to come back.
class ShyPresence final : public Presence {
public:
  explicit ShyPresence(Presence& inner) : inner_(inner) {}
  std::atomic<bool> away = false;
  std::atomic<int> asked = 0;

  Result<std::vector<std::string>> keep(std::string_view space, std::string_view holder,
                                        std::span<const std::string> users) override {
    ++asked;
    if (away) return fail(ErrorCode::unavailable, "redis.down");
    return inner_.keep(space, holder, users);
  }
  Result<std::vector<std::string>> leave(std::string_view space, std::string_view holder,
                                         std::span<const std::string> users) override {
    if (away) return fail(ErrorCode::unavailable, "redis.down");
    return inner_.leave(space, holder, users);
  }
  Result<std::vector<std::string>> expire(std::string_view space) override { return inner_.expire(space); }
  Result<std::vector<std::string>> list(std::string_view space) override {
    if (away) return fail(ErrorCode::unavailable, "redis.down");
    return inner_.list(space);
  }

private:
  Presence& inner_;
};

class PresenceKeeperTest : public test::HomeTest {
protected:
  PresenceKeeperTest() {
    watch_ = bus_.subscribe([this](std::int64_t) {
      const std::scoped_lock lock(mutex_);
      ++changes_;
      changed_.notify_all();
    });
  }
  ~PresenceKeeperTest() override {
    keeper_.reset();
    watch_.reset();
  }
  void start(PresenceOptions options) { keeper_ = std::make_unique<PresenceKeeper>(*db_, presence_, clock_, options); }
  /// Data of the events so far, as soon as there are `count`.
  std::vector<std::string> activity(std::size_t count) {
    for (;;) {
      int seen = 0;
      {
        const std::scoped_lock lock(mutex_);
        seen = changes_;
      }
      std::vector<std::string> data;
      for (const events::Event& event : events_of(spaces::kUserActivity))
        data.push_back(event.data);
      if (data.size() >= count) return data;
      std::unique_lock lock(mutex_);
      if (!changed_.wait_for(lock, 20s, [&] { return changes_ != seen; })) return data;
    }
  }
  std::string told(const SignedIn& who, bool here) {
    return R"({"spaceId":")" + space_.id + R"(","userId":")" + who.user.id + R"(","here":)" +
           (here ? "true}" : "false}");
  }
  std::vector<std::string> listed(const SignedIn& asker) {
    std::vector<std::string> names;
    for (const PersonName& person : must(spaces::PresenceService(*db_, presence_).list(asker.user.id, space_.id)).items)
      names.push_back(person.name);
    return names;
  }

  SignedIn anna_ = person("Anna");
  SignedIn boris_ = person("Boris");
  SignedIn vera_ = person("Vera");
  Space space_ = family(anna_, boris_, Role::viewer);
  std::set<std::string> families_{space_.id};
  inprocess::InprocessPresence inner_{clock_};
  ShyPresence presence_{inner_};
  std::mutex mutex_;
  std::condition_variable changed_;
  int changes_ = 0;
  std::unique_ptr<void, std::function<void(void*)>> watch_;
  std::unique_ptr<PresenceKeeper> keeper_;
};

TEST_F(PresenceKeeperTest, TellsTheFamilyWhoCameAndWent) {
  start({.settle = 1ms, .gone_after = 1ms});
  keeper_->came(anna_.user.id, families_);
  EXPECT_EQ(activity(1), (std::vector{told(anna_, true)}));
  EXPECT_EQ(listed(boris_), std::vector<std::string>{"Anna"});
  keeper_->went(anna_.user.id);
  EXPECT_EQ(activity(2), (std::vector{told(anna_, true), told(anna_, false)}));
  EXPECT_TRUE(listed(boris_).empty());
}

TEST_F(PresenceKeeperTest, AStrangerSeesNobody) {
  start({.settle = 1ms});
  keeper_->came(anna_.user.id, families_);
  activity(1);
  EXPECT_EQ(test::refusal(spaces::PresenceService(*db_, presence_).list(vera_.user.id, space_.id)), "space.not-found");
}

TEST_F(PresenceKeeperTest, SomebodyWhoComesBackAtOnceWasNeverGone) {
  start({.settle = 1ms, .gone_after = 10min});
  keeper_->came(anna_.user.id, families_);
  activity(1);
  keeper_->went(anna_.user.id);
  keeper_->came(anna_.user.id, families_);
  keeper_->came(boris_.user.id, families_);
  EXPECT_EQ(activity(2), (std::vector{told(anna_, true), told(boris_, true)}));
}

TEST_F(PresenceKeeperTest, TheLastOfSeveralConnectionsCounts) {
  start({.settle = 1ms, .gone_after = 1ms});
  keeper_->came(anna_.user.id, families_);
  keeper_->came(anna_.user.id, families_);
  activity(1);
  keeper_->went(anna_.user.id);
  keeper_->came(boris_.user.id, families_);
  EXPECT_EQ(activity(2), (std::vector{told(anna_, true), told(boris_, true)}));
  keeper_->went(anna_.user.id);
  EXPECT_EQ(activity(3).back(), told(anna_, false));
}

TEST_F(PresenceKeeperTest, WhoLeavesTheFamilyIsSeenNoMore) {
  start({.settle = 1ms});
  keeper_->came(boris_.user.id, families_);
  activity(1);
  must(spaces_->remove_member(anna_.user.id, space_.id, boris_.user.id));
  EXPECT_TRUE(listed(anna_).empty()) << "at once, whatever Presence still holds";
  keeper_->moved(boris_.user.id, {});
  EXPECT_EQ(activity(2).back(), told(boris_, false));
}

TEST_F(PresenceKeeperTest, TellsOfThoseWhoseProcessDied) {
  const std::vector<std::string> boris{boris_.user.id};
  must(inner_.keep(space_.id, "dies", boris));
  start({.settle = 1ms, .repeat_every = 5ms});
  keeper_->came(anna_.user.id, families_);
  activity(1);
  clock_.advance(kPresenceLasts);
  const auto told_so_far = activity(2);
  EXPECT_TRUE(std::ranges::contains(told_so_far, told(boris_, false)));
}

TEST_F(PresenceKeeperTest, NobodyIsThereWhilePresenceIsAwayAndAllAreAfterIt) {
  presence_.away = true;
  start({.settle = 1ms, .repeat_every = 5ms});
  keeper_->came(anna_.user.id, families_);
  while (presence_.asked < 3)
    std::this_thread::yield();
  EXPECT_TRUE(listed(boris_).empty());
  presence_.away = false;
  EXPECT_EQ(activity(1), (std::vector{told(anna_, true)}));
  EXPECT_EQ(listed(boris_), std::vector<std::string>{"Anna"});
}

} // namespace
} // namespace mv::realtime
