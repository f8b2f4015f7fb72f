#include "core/accounts/sessions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <thread>

#include "core/accounts/home_fixture.hpp"

namespace mv::accounts {
namespace {

using test::kPassword;
using test::must;
using test::refusal;

class SessionsTest : public test::HomeTest {
protected:
  SignedIn anna_ = person("Anna");

  SignedIn log_in() {
    return must(accounts_->login({.email = "anna@example.org", .password = std::string(kPassword)}, device_));
  }
  std::int64_t count(std::string_view text) {
    return must(db_->read([&](Transaction& tx) { return tx.run(Query{"count", text}); })).front().integer(0);
  }
};

TEST_F(SessionsTest, KnowsWhoAnAccessTokenSpeaksForUntilItRunsOut) {
  const Identity who = must(sessions_->authenticate(anna_.access_token));
  EXPECT_EQ(who.user_id, anna_.user.id);
  EXPECT_TRUE(who.is_owner);
  EXPECT_EQ(who.locale, "en");
  clock_.advance(15 * kMinute - 1);
  EXPECT_TRUE(sessions_->authenticate(anna_.access_token));
  clock_.advance(1);
  EXPECT_EQ(refusal(sessions_->authenticate(anna_.access_token)), "auth.token-expired");
}

TEST_F(SessionsTest, RefusesForgedTokensAndThoseOfTheOtherKind) {
  for (const std::string& forged :
       {std::string(), std::string("mva_"), std::string(100'000, 'x'), anna_.access_token + "x",
        "mva_" + std::string(43, 'A'), anna_.refresh_token, "mva_" + anna_.refresh_token.substr(4)}) {
    EXPECT_EQ(refusal(sessions_->authenticate(forged)), "auth.token-invalid");
  }
  EXPECT_EQ(refusal(sessions_->refresh(anna_.access_token, device_)), "auth.token-invalid");
  EXPECT_EQ(refusal(sessions_->refresh("mvr_" + anna_.access_token.substr(4), device_)), "auth.token-invalid");
}

TEST_F(SessionsTest, KeepsNoTokenAsItIs) {
  const Rows rows =
      must(db_->read([](Transaction& tx) { return tx.run(Query{"tokens", "SELECT hash FROM session_tokens"}); }));
  ASSERT_EQ(rows.size(), 2U);
  for (const Row& row : rows) {
    EXPECT_EQ(row.text(0).size(), 64U);
    EXPECT_FALSE(anna_.access_token.contains(row.text(0)));
  }
}

TEST_F(SessionsTest, ExchangesARefreshTokenForANewPairAndLetsTheSessionLiveOn) {
  clock_.advance(59 * kDay);
  const SignedIn next = must(accounts_->refresh(anna_.refresh_token, device_));
  EXPECT_NE(next.access_token, anna_.access_token);
  EXPECT_EQ(next.user.id, anna_.user.id);
  clock_.advance(59 * kDay);
  EXPECT_TRUE(accounts_->refresh(next.refresh_token, device_));
}

TEST_F(SessionsTest, LetsAnUnusedSessionRunOut) {
  clock_.advance(60 * kDay);
  EXPECT_EQ(refusal(accounts_->refresh(anna_.refresh_token, device_)), "auth.token-expired");
}

TEST_F(SessionsTest, EndsTheSessionWhenARefreshTokenComesTwice) {
  const SignedIn other = log_in();
  const SignedIn next = must(accounts_->refresh(anna_.refresh_token, device_));
  EXPECT_EQ(refusal(accounts_->refresh(anna_.refresh_token, device_)), "auth.token-replayed");
  EXPECT_EQ(refusal(sessions_->authenticate(anna_.access_token)), "auth.token-invalid");
  EXPECT_EQ(refusal(sessions_->authenticate(next.access_token)), "auth.token-invalid");
  EXPECT_EQ(refusal(accounts_->refresh(next.refresh_token, device_)), "auth.token-invalid");
  EXPECT_TRUE(sessions_->authenticate(other.access_token)) << "the person's other devices stay";
  const auto ended = events_of(kSessionEnded);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].user_id, anna_.user.id);
}

TEST_F(SessionsTest, LetsOneOfTwoRefreshesAtOnceWinAndEndsTheSession) {
  std::barrier start(2);
  std::array<Result<IssuedTokens>, 2> results{fail(ErrorCode::internal, ""), fail(ErrorCode::internal, "")};
  {
    std::array<std::jthread, 2> threads;
    for (std::size_t index = 0; index < 2; ++index) {
      threads[index] = std::jthread([&, index] {
        start.arrive_and_wait();
        results[index] = sessions_->refresh(anna_.refresh_token, device_);
      });
    }
  }
  const bool first_won = results[0].has_value();
  EXPECT_NE(first_won, results[1].has_value());
  EXPECT_EQ(refusal(results[first_won ? 1 : 0]), "auth.token-replayed");
  EXPECT_EQ(refusal(sessions_->authenticate(results[first_won ? 0 : 1]->access_token)), "auth.token-invalid");
  EXPECT_EQ(count("SELECT count(*) FROM sessions"), 0);
}

TEST_F(SessionsTest, ListsDevicesAndEndsOnesOwnOnly) {
  clock_.advance(kMinute);
  device_.user_agent = std::string("Phone\n\x01") + "\xff";
  const SignedIn phone = log_in();
  const SignedIn boris = person("Boris");
  const auto list = must(sessions_->list(identity(anna_))).items;
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].user_agent, "Phone\xEF\xBF\xBD");
  EXPECT_EQ(list[0].address, "192.0.2.1");
  EXPECT_EQ(std::ranges::count(list, true, &SessionInfo::current), 1);

  const std::string phone_session = identity(phone).session_id;
  EXPECT_EQ(refusal(sessions_->end(boris.user.id, phone_session)), "session.not-found");
  must(sessions_->end(anna_.user.id, phone_session));
  EXPECT_EQ(refusal(sessions_->authenticate(phone.access_token)), "auth.token-invalid");
  EXPECT_FALSE(must(sessions_->is_alive(phone_session)));
  EXPECT_TRUE(sessions_->authenticate(anna_.access_token));
}

TEST_F(SessionsTest, SignsOutByTheRefreshTokenAlone) {
  must(sessions_->end_by_refresh_token("mvr_unknown"));
  must(sessions_->end_by_refresh_token(anna_.refresh_token));
  EXPECT_FALSE(sessions_->authenticate(anna_.access_token));
}

TEST_F(SessionsTest, NotesTheLastUseOnceAMinute) {
  const std::string_view query = "SELECT last_used_at FROM sessions";
  clock_.advance(kMinute - 1);
  must(sessions_->authenticate(anna_.access_token));
  EXPECT_EQ(count(query), test::kNow);
  clock_.advance(1);
  must(sessions_->authenticate(anna_.access_token));
  EXPECT_EQ(count(query), test::kNow + kMinute);
}

TEST_F(SessionsTest, MakesRoomByEndingTheLongestUnusedDevice) {
  const std::string first = identity(anna_).session_id;
  for (std::int64_t device = 0; device < kMaxSessions; ++device) {
    clock_.advance(1);
    log_in();
  }
  EXPECT_EQ(count("SELECT count(*) FROM sessions"), kMaxSessions);
  EXPECT_FALSE(must(sessions_->is_alive(first)));
}

TEST_F(SessionsTest, ForgetsWhatRanOut) {
  clock_.advance(kDay);
  must(sessions_->sweep());
  EXPECT_EQ(count("SELECT count(*) FROM session_tokens"), 1) << "the refresh token";
  const SignedIn kept = log_in();
  clock_.advance(59 * kDay);
  must(sessions_->sweep());
  EXPECT_EQ(count("SELECT count(*) FROM sessions"), 1);
  EXPECT_TRUE(accounts_->refresh(kept.refresh_token, device_));
}

} // namespace
} // namespace mv::accounts
