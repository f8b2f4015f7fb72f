#include "core/accounts/recent_sessions.hpp"

#include <gtest/gtest.h>

#include <map>

#include "core/accounts/home_fixture.hpp"

namespace mv::accounts {
namespace {

class ToyVersion final : public SharedVersion {
public:
  std::optional<std::string> read() override { return away ? std::nullopt : std::optional(std::to_string(number)); }
  void change() override { ++number; }

  int number = 1;
  bool away = false;
};

class ToyCache final : public Cache {
public:
  std::shared_ptr<const std::string> find(std::string_view key) override {
    const auto found = kept.find(key);
    return found == kept.end() ? nullptr : found->second;
  }
  void keep(std::string_view key, std::shared_ptr<const std::string> value) override {
    kept[std::string(key)] = std::move(value);
  }

  std::map<std::string, std::shared_ptr<const std::string>, std::less<>> kept;
};

/// Commits, and loses the answer on the way.
class LosingDatabase final : public Database {
public:
  explicit LosingDatabase(Database& inner) : inner_(inner) {}
  Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override {
    return inner_.read_with(work);
  }
  Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) override {
    return inner_.read_one_with(query, parameters);
  }
  Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override {
    TRY_OK(inner_.write_with(work));
    if (loses) return fail(ErrorCode::unavailable, "database.lost");
    return {};
  }
  [[nodiscard]] std::string_view engine() const override { return inner_.engine(); }

  bool loses = false;

private:
  Database& inner_;
};

class RecentSessionsTest : public test::HomeTest {
protected:
  RecentSessionsTest() {
    SignedIn anna = person("Anna");
    token_ = anna.access_token;
    who_ = identity(anna);
  }
  /// Key of the refusal, or whose token it is.
  std::string whose(const std::string& token) {
    const auto found = sessions().authenticate(token);
    return found ? found->user_id : found.error().key;
  }
  Sessions& sessions() { return with_recent_; }
  /// Whether the database was asked.
  bool asks(const std::string& token) {
    Counter& asked = metrics_.counter("memoryverse_session_looks_total", "", {{"outcome", "asked"}});
    const auto before = asked.value();
    EXPECT_EQ(whose(token), who_.user_id);
    return asked.value() > before;
  }

  ToyVersion version_;
  ToyCache cache_;
  Metrics metrics_;
  RecentSessions recent_{version_, cache_, clock_, metrics_};
  // As the server is put together: commits tell.
  LosingDatabase losing_{*engine_};
  events::NotifyingDatabase telling_{losing_, bus_, [this](std::string_view type) {
                                       if (type == kSessionEnded || type == kAccountChanged) recent_.forget_all();
                                     }};
  Sessions with_recent_{telling_, clock_, SessionTimes{}, &recent_};
  std::string token_;
  Identity who_;
};

TEST_F(RecentSessionsTest, AsksTheDatabaseOnceInSomeSeconds) {
  EXPECT_TRUE(asks(token_));
  EXPECT_FALSE(asks(token_));
  clock_.advance(kRecentLasts - 1);
  EXPECT_FALSE(asks(token_));
  clock_.advance(1);
  EXPECT_TRUE(asks(token_));
  clock_.advance(-kHour);
  EXPECT_TRUE(asks(token_)) << "a clock that is set back makes nothing last";
}

TEST_F(RecentSessionsTest, KnowsAllOfAnIdentity) {
  const Identity asked = *sessions().authenticate(token_);
  const Identity kept = *sessions().authenticate(token_);
  EXPECT_EQ(kept.user_id, asked.user_id);
  EXPECT_EQ(kept.session_id, asked.session_id);
  EXPECT_EQ(kept.is_owner, asked.is_owner);
  EXPECT_TRUE(kept.is_owner);
  EXPECT_EQ(kept.locale, asked.locale);
}

TEST_F(RecentSessionsTest, RefusesAnEndedSessionAtOnce) {
  EXPECT_FALSE(asks(token_) && asks(token_));
  ASSERT_TRUE(sessions().end(who_.user_id, who_.session_id).has_value());
  EXPECT_EQ(whose(token_), "auth.token-invalid");
}

TEST_F(RecentSessionsTest, RefusesItAlsoWhereTheAnswerOfTheCommitWasLost) {
  EXPECT_FALSE(asks(token_) && asks(token_));
  losing_.loses = true;
  EXPECT_FALSE(sessions().end(who_.user_id, who_.session_id).has_value());
  losing_.loses = false;
  EXPECT_EQ(whose(token_), "auth.token-invalid");
}

TEST_F(RecentSessionsTest, RefusesWhatAProcessEndedThatDiedBeforeItTold) {
  EXPECT_FALSE(asks(token_) && asks(token_));
  // Straight on the engine: nobody hears of it.
  ASSERT_TRUE(engine_->execute_alone({"end", "DELETE FROM sessions"}, {}).has_value());
  EXPECT_EQ(whose(token_), who_.user_id);
  EXPECT_EQ(sessions().end(who_.user_id, who_.session_id).error().key, "session.not-found");
  EXPECT_EQ(whose(token_), "auth.token-invalid") << "whoever is told that it is over can count on it";
}

TEST_F(RecentSessionsTest, KnowsWhoHasNoLanguage) {
  recent_.keep(recent_.find("hash"), {.user_id = "u", .session_id = "s", .is_owner = false, .locale = ""},
               clock_.now() + kHour);
  const auto look = recent_.find("hash");
  ASSERT_TRUE(look.identity);
  EXPECT_EQ(look.identity->locale, "");
}

TEST_F(RecentSessionsTest, DoesNotKeepWhatEndedWhileItWasAsked) {
  const RecentSessions::Look look = recent_.find("hash");
  recent_.forget_all();
  recent_.keep(look, who_, clock_.now() + kHour);
  EXPECT_FALSE(recent_.find("hash").identity);
}

TEST_F(RecentSessionsTest, RefusesWhatRanOutThoughItIsKept) {
  clock_.advance(SessionTimes{}.access - 2'000);
  EXPECT_TRUE(asks(token_));
  clock_.advance(1'999);
  EXPECT_FALSE(asks(token_));
  clock_.advance(1);
  EXPECT_EQ(whose(token_), "auth.token-expired");
}

TEST_F(RecentSessionsTest, KeepsNothingOfAnUnknownToken) {
  const std::string forged = "mva_" + std::string(43, 'A');
  EXPECT_EQ(whose(forged), "auth.token-invalid");
  EXPECT_TRUE(cache_.kept.empty());
}

TEST_F(RecentSessionsTest, AsksEachTimeWhileTheVersionIsNotToBeHad) {
  EXPECT_TRUE(asks(token_));
  version_.away = true;
  EXPECT_TRUE(asks(token_));
  EXPECT_TRUE(asks(token_));
  version_.away = false;
  EXPECT_FALSE(asks(token_));
}

TEST_F(RecentSessionsTest, TakesNothingThatIsNoSession) {
  EXPECT_TRUE(asks(token_));
  for (auto& [place, value] : cache_.kept)
    value = std::make_shared<const std::string>("x");
  EXPECT_TRUE(asks(token_));
}

} // namespace
} // namespace mv::accounts
