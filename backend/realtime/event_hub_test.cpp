#include "backend/realtime/event_hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/accounts/home_fixture.hpp"
#include "core/adapters/inprocess/inprocess_presence.hpp"

namespace mv::realtime {
namespace {

using test::must;
using Json = nlohmann::json;

constexpr std::chrono::seconds kPatience{20}; // how long a test waits for what must come

/// A socket whose other end is the test.
class FakeConnection final : public http::Connection {
public:
  bool send(std::string_view text) override {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || stuck_) return false;
      messages_.push_back(Json::parse(text));
    }
    changed_.notify_all();
    return true;
  }
  bool send_all(std::span<const http::SharedText> texts) override {
    return std::ranges::all_of(texts, [this](const http::SharedText& text) { return send(*text); });
  }
  void close(int code, std::string_view /*reason*/) override {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_) closed_ = code;
    }
    changed_.notify_all();
  }
  [[nodiscard]] bool open() const override {
    const std::lock_guard lock(mutex_);
    return !closed_;
  }
  void stop_reading() {
    const std::lock_guard lock(mutex_);
    stuck_ = true;
  }

  /// Messages up to the first of `type`, or fewer when it does not come.
  std::vector<Json> until(std::string_view type) {
    std::unique_lock lock(mutex_);
    std::size_t found = 0;
    changed_.wait_for(lock, kPatience, [&] {
      for (found = 0; found < messages_.size(); ++found) {
        if (messages_[found]["type"] == type) return true;
      }
      return false;
    });
    const auto end = messages_.begin() + static_cast<std::ptrdiff_t>(std::min(found + 1, messages_.size()));
    std::vector<Json> taken(messages_.begin(), end);
    messages_.erase(messages_.begin(), end);
    return taken;
  }
  /// The code that it was closed with; 0 when it stays open.
  int closing_code() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return closed_.has_value(); });
    return closed_.value_or(0);
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Json> messages_;
  std::optional<int> closed_;
  bool stuck_ = false;
};

std::vector<std::string> types(const std::vector<Json>& messages) {
  std::vector<std::string> names;
  for (const Json& message : messages)
    names.push_back(message["type"]);
  return names;
}

class EventHubTest : public test::HomeTest {
protected:
  ~EventHubTest() override { hub_.reset(); }

  void start(HubOptions options = {}) {
    hub_ = must(EventHub::open(*db_, bus_, *sessions_, clock_, metrics_, options));
    route_ = hub_->route();
  }
  /// A socket without credentials.
  std::shared_ptr<FakeConnection> connect(const std::string& query = "") {
    auto connection = std::make_shared<FakeConnection>();
    http::Handshake handshake;
    handshake.query = query;
    route_.opened(connection, handshake);
    return connection;
  }
  std::shared_ptr<FakeConnection> connect(const SignedIn& who, const std::string& query = "") {
    auto connection = std::make_shared<FakeConnection>();
    const accounts::Identity known = identity(who);
    http::Handshake handshake;
    handshake.query = query;
    handshake.identity = http::Identity{.user_id = known.user_id, .session_id = known.session_id, .locale = "en"};
    route_.opened(connection, handshake);
    return connection;
  }
  std::int64_t say(const std::string& type, const std::string& space_id, const std::string& user_id = "") {
    must(db_->transaction([&](Transaction& tx) {
      return events::Outbox(tx).add(
          {.type = type, .space_id = space_id, .user_id = user_id, .at = clock_.now(), .data = R"({"id":"m1"})"});
    }));
    return must(db_->read([](Transaction& tx) { return events::Outbox(tx).latest(); }));
  }

  SignedIn anna_ = person("Anna");
  SignedIn boris_ = person("Boris");
  SignedIn vera_ = person("Vera");
  Space space_ = family(anna_, boris_, Role::contributor);
  Metrics metrics_;
  std::unique_ptr<EventHub> hub_;
  http::WebSocketRoute route_;
};

TEST_F(EventHubTest, TellsMembersWhatHappensInTheirSpaceAndNobodyElse) {
  start();
  const auto anna = connect(anna_);
  const auto boris = connect(boris_);
  const auto vera = connect(vera_);
  for (const auto& connection : {anna, boris, vera})
    connection->until("hello");
  const std::int64_t seq = say("memory.created", space_.id);
  say("end", "", anna_.user.id);
  say("end", "", boris_.user.id);
  say("end", "", vera_.user.id);
  const auto heard = anna->until("end");
  EXPECT_EQ(types(heard), (std::vector<std::string>{"memory.created", "end"}));
  EXPECT_EQ(heard[0]["seq"], seq);
  EXPECT_EQ(heard[0]["at"], "2026-09-21T14:13:20.000Z");
  EXPECT_EQ(heard[0]["data"]["id"], "m1");
  EXPECT_EQ(heard[0].size(), 4U);
  EXPECT_EQ(types(boris->until("end")), (std::vector<std::string>{"memory.created", "end"}));
  EXPECT_EQ(types(vera->until("end")), (std::vector<std::string>{"end"}));
}

TEST_F(EventHubTest, TellsWhatIsPrivateToItsPersonAlone) {
  start();
  const auto anna = connect(anna_);
  const auto boris = connect(boris_);
  anna->until("hello");
  boris->until("hello");
  say("memory.updated", space_.id, boris_.user.id);
  say("end", space_.id);
  EXPECT_EQ(types(anna->until("end")), (std::vector<std::string>{"end"}));
  EXPECT_EQ(types(boris->until("end")), (std::vector<std::string>{"memory.updated", "end"}));
}

TEST_F(EventHubTest, GoesOnFromTheLastEventThatWasSeen) {
  const std::int64_t seen = say("seen", space_.id);
  say("missed", space_.id);
  say("not for Anna", space_.id, boris_.user.id);
  say("missed too", space_.id);
  start();
  const auto anna = connect(anna_, "since=" + std::to_string(seen));
  say("live", space_.id);
  const auto heard = anna->until("live");
  EXPECT_EQ(types(heard), (std::vector<std::string>{"hello", "missed", "missed too", "live"}));
  EXPECT_EQ(heard[0]["seq"], seen);
  for (std::size_t index = 1; index < heard.size(); ++index)
    EXPECT_GT(heard[index]["seq"], heard[index - 1]["seq"]);
}

TEST_F(EventHubTest, TellsOnlyWhatIsNewToWhoNamesNoEvent) {
  const std::int64_t latest = say("old", space_.id);
  start();
  const auto anna = connect(anna_);
  const auto greeting = anna->until("hello"); // what is said before it is known to who reads after it
  say("new", space_.id);
  EXPECT_EQ(types(greeting), (std::vector<std::string>{"hello"}));
  EXPECT_GE(greeting[0]["seq"], latest);
  EXPECT_EQ(types(anna->until("new")), (std::vector<std::string>{"new"}));
}

TEST_F(EventHubTest, AsksToReadAnewWhenTooMuchWasMissed) {
  for (int count = 0; count < 20; ++count)
    say("old", space_.id);
  start({.most_missed = 5});
  const auto anna = connect(anna_, "since=1");
  const auto heard = anna->until("resync");
  EXPECT_EQ(types(heard), (std::vector<std::string>{"hello", "resync"}));
  say("live", space_.id);
  EXPECT_EQ(types(anna->until("live")), (std::vector<std::string>{"live"}));
}

TEST_F(EventHubTest, AsksToReadAnewWhenTheOutboxForgotOrNeverKnew) {
  say("old", space_.id);
  clock_.advance(kDay);
  say("latest", space_.id);
  must(db_->transaction([&](Transaction& tx) { return events::Outbox(tx).prune(clock_.now()); }));
  start();
  anna_ = must(accounts_->refresh(anna_.refresh_token, device_));
  EXPECT_EQ(types(connect(anna_, "since=1")->until("resync")), (std::vector<std::string>{"hello", "resync"}));
  EXPECT_EQ(types(connect(anna_, "since=999999")->until("resync")), (std::vector<std::string>{"hello", "resync"}));
}

TEST_F(EventHubTest, TakesAFirstMessageAsProof) {
  start();
  const auto anna = connect();
  route_.message(anna, R"({"type":"auth","accessToken":")" + anna_.access_token + R"("})");
  EXPECT_EQ(types(anna->until("hello")), (std::vector<std::string>{"hello"}));
  say("live", space_.id);
  EXPECT_EQ(types(anna->until("live")), (std::vector<std::string>{"live"}));
}

TEST_F(EventHubTest, ClosesWhoProvesNothing) {
  start();
  const std::string nul_inside = std::string("{\"type\":\"auth\",\"accessToken\":\"a") + '\0' + "\"}";
  for (const std::string& said :
       {std::string("not json"), std::string("{}"), std::string(R"({"type":"auth","accessToken":"mva_forged"})"),
        std::string(R"({"type":"auth","accessToken":7})"), std::string(R"({"type":"ping","accessToken":""})"),
        nul_inside, std::string("\xff\xfe")}) {
    const auto connection = connect();
    route_.message(connection, said);
    EXPECT_EQ(connection->closing_code(), 1008) << said;
  }
  for (const std::string query : {"since=-1", "since=x", "since=99999999999999999999", "other=1"}) {
    EXPECT_EQ(connect(anna_, query)->closing_code(), 1008) << query;
  }
}

TEST_F(EventHubTest, ClosesWhoSaysNothingInTime) {
  start({.sign_in_within = std::chrono::milliseconds(1), .look_every = std::chrono::milliseconds(5)});
  EXPECT_EQ(connect()->closing_code(), 1008);
}

TEST_F(EventHubTest, StopsAtOnceWhenASessionEnds) {
  start();
  const SignedIn elsewhere =
      must(accounts_->login({.email = "anna@example.org", .password = std::string(test::kPassword)}, device_));
  const auto here = connect(anna_);
  const auto there = connect(elsewhere);
  here->until("hello");
  there->until("hello");
  must(sessions_->end(anna_.user.id, identity(elsewhere).session_id));
  EXPECT_EQ(there->closing_code(), 1008);
  say("live", space_.id);
  EXPECT_EQ(types(here->until("live")), (std::vector<std::string>{"live"})) << "nobody is told that a session ended";
}

TEST_F(EventHubTest, RefusesASessionThatEndedOnTheWay) {
  start();
  const accounts::Identity who = identity(anna_);
  must(sessions_->end(who.user_id, who.session_id));
  const auto connection = std::make_shared<FakeConnection>();
  http::Handshake handshake;
  handshake.identity = http::Identity{.user_id = who.user_id, .session_id = who.session_id, .locale = "en"};
  route_.opened(connection, handshake);
  EXPECT_EQ(connection->closing_code(), 1008);
}

TEST_F(EventHubTest, ClosesConnectionsOfSessionsThatRanOut) {
  start({.look_every = std::chrono::milliseconds(5), .verify_every = std::chrono::milliseconds(5)});
  const auto anna = connect(anna_);
  anna->until("hello");
  clock_.advance(61 * kDay);
  EXPECT_EQ(anna->closing_code(), 1008);
}

TEST_F(EventHubTest, FollowsChangesOfMembers) {
  start();
  const auto boris = connect(boris_);
  const auto vera = connect(vera_);
  boris->until("hello");
  vera->until("hello");

  join(anna_, space_.id, vera_, Role::viewer);
  say("after she came", space_.id);
  EXPECT_EQ(types(vera->until("after she came")),
            (std::vector<std::string>{"space.members-changed", "after she came"}));

  must(spaces_->remove_member(anna_.user.id, space_.id, boris_.user.id));
  say("after he went", space_.id);
  say("end", "", boris_.user.id);
  EXPECT_EQ(types(boris->until("end")),
            (std::vector<std::string>{"space.members-changed", "after she came", "space.members-changed", "end"}));
}

TEST_F(EventHubTest, DropsWhoReadsTooSlowlyAndGoesOnForOthers) {
  start();
  const auto slow = connect(anna_);
  const auto quick = connect(boris_);
  slow->until("hello");
  quick->until("hello");
  slow->stop_reading();
  for (int count = 0; count < 10; ++count)
    say("news", space_.id);
  say("end", space_.id);
  EXPECT_EQ(quick->until("end").size(), 11U);
  const Counter& dropped = metrics_.counter("memoryverse_realtime_dropped_total", "");
  while (dropped.value() == 0) // a burst goes to one connection after the other
    std::this_thread::yield();
  for (int count = 0; count < 2; ++count) {
    say("end", space_.id);
    quick->until("end");
  }
  EXPECT_EQ(dropped.value(), 1U) << "and is asked no second time";
}

TEST_F(EventHubTest, BoundsTheConnectionsOfOnePerson) {
  start({.connections_per_user = 2});
  const auto first = connect(anna_);
  const auto second = connect(anna_);
  EXPECT_EQ(first->until("hello").size(), 1U);
  EXPECT_EQ(second->until("hello").size(), 1U);
  EXPECT_EQ(connect(anna_)->closing_code(), 1013);
  first->close(1000, "");
  route_.closed(first);
  EXPECT_EQ(connect(anna_)->until("hello").size(), 1U) << "who left makes room";
  EXPECT_EQ(connect(boris_)->until("hello").size(), 1U);
}

TEST_F(EventHubTest, SaysGoodbyeWhenItStops) {
  start();
  const auto anna = connect(anna_);
  const auto unknown = connect();
  anna->until("hello");
  hub_.reset();
  EXPECT_EQ(anna->closing_code(), 1001);
  EXPECT_EQ(unknown->closing_code(), 1001);
}

TEST_F(EventHubTest, TellsFamiliesWhoIsConnected) {
  inprocess::InprocessPresence presence(clock_);
  PresenceKeeper keeper(*db_, presence, clock_,
                        {.settle = std::chrono::milliseconds(1), .gone_after = std::chrono::milliseconds(1)});
  hub_ = must(EventHub::open(*db_, bus_, *sessions_, clock_, metrics_, {}, &keeper));
  route_ = hub_->route();
  const auto anna = connect(anna_);
  EXPECT_EQ(anna->until("user.activity").back()["data"],
            (Json{{"spaceId", space_.id}, {"userId", anna_.user.id}, {"here", true}}));
  const auto vera = connect(vera_); // shares no space with anybody
  const auto boris = connect(boris_);
  EXPECT_EQ(anna->until("user.activity").back()["data"]["userId"], boris_.user.id);
  boris->close(1000, "");
  route_.closed(boris);
  EXPECT_EQ(anna->until("user.activity").back()["data"],
            (Json{{"spaceId", space_.id}, {"userId", boris_.user.id}, {"here", false}}));
  say("end", "", vera_.user.id);
  EXPECT_EQ(types(vera->until("end")), (std::vector<std::string>{"hello", "end"}));
  hub_.reset();
}

} // namespace
} // namespace mv::realtime
