#include "core/accounts/service.hpp"

#include <gtest/gtest.h>

#include <array>
#include <barrier>
#include <thread>

#include "core/accounts/home_fixture.hpp"
#include "core/accounts/rules.hpp"

namespace mv::accounts {
namespace {

using test::kPassword;
using test::must;
using test::refusal;

class AccountServiceTest : public test::HomeTest {
protected:
  using HomeTest::HomeTest;

  static RegisterRequest request(const std::string& name) {
    return {.email = name + "@example.org",
            .password = std::string(kPassword),
            .name = name,
            .invitation = std::nullopt,
            .locale = std::nullopt};
  }
  Result<SignedIn> sign_up(const RegisterRequest& wanted) { return accounts_->register_account(wanted, device_, "en"); }
  Result<SignedIn> log_in(const std::string& email, std::string_view password = kPassword) {
    return accounts_->login({.email = email, .password = std::string(password)}, device_);
  }
};

class LimitedAccountsTest : public AccountServiceTest {
protected:
  LimitedAccountsTest() : AccountServiceTest(AccountLimits{}) {}
};

TEST_F(AccountServiceTest, MakesTheFirstAccountTheOwnerWithASpaceOfTheirOwn) {
  EXPECT_FALSE(must(settings_->status()).initialised);
  const SignedIn anna = must(sign_up(request("Anna")));
  EXPECT_TRUE(anna.user.is_owner);
  EXPECT_EQ(anna.user.email, "Anna@example.org");
  EXPECT_EQ(anna.user.locale, "en");
  EXPECT_TRUE(anna.access_token.starts_with("mva_"));
  EXPECT_TRUE(anna.refresh_token.starts_with("mvr_"));
  const auto spaces = must(spaces_->list(anna.user.id)).items;
  ASSERT_EQ(spaces.size(), 1U);
  EXPECT_EQ(spaces[0].kind, "personal");
  EXPECT_EQ(spaces[0].id, anna.user.personal_space_id);
  EXPECT_EQ(spaces[0].role, Role::owner);
  EXPECT_TRUE(must(settings_->status()).initialised);
  EXPECT_EQ(must(settings_->status()).registration, "invitation");
}

TEST_F(AccountServiceTest, RefusesOthersUntilTheOwnerOpensRegistration) {
  must(sign_up(request("Anna")));
  EXPECT_EQ(refusal(sign_up(request("Boris"))), "auth.registration-closed");
  must(settings_->change({.open_registration = true}));
  const SignedIn boris = must(sign_up(request("Boris")));
  EXPECT_FALSE(boris.user.is_owner);
}

TEST_F(AccountServiceTest, LetsOneOfTwoFirstRegistrationsOwnTheInstallation) {
  std::barrier start(2);
  std::array<Result<SignedIn>, 2> results{fail(ErrorCode::internal, ""), fail(ErrorCode::internal, "")};
  {
    std::array<std::jthread, 2> threads;
    for (std::size_t index = 0; index < 2; ++index) {
      threads[index] = std::jthread([&, index] {
        start.arrive_and_wait();
        results[index] = sign_up(request("Person" + std::to_string(index)));
      });
    }
  }
  const bool first_won = results[0].has_value();
  EXPECT_NE(first_won, results[1].has_value());
  EXPECT_TRUE(results[first_won ? 0 : 1]->user.is_owner);
  EXPECT_EQ(refusal(results[first_won ? 1 : 0]), "auth.registration-closed");
}

TEST_F(AccountServiceTest, TellsATakenAddressOnlyToWhoMayRegister) {
  must(sign_up(request("Anna")));
  RegisterRequest again = request("Other");
  again.email = "  ANNA@Example.ORG ";
  EXPECT_EQ(refusal(sign_up(again)), "auth.registration-closed");
  must(settings_->change({.open_registration = true}));
  EXPECT_EQ(refusal(sign_up(again)), "account.email-taken");
}

TEST_F(AccountServiceTest, NamesEveryFieldThatDoesNotFit) {
  const auto refused = sign_up(
      {.email = "not an address", .password = "short", .name = "  ", .invitation = std::nullopt, .locale = "xx"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unprocessable);
  ASSERT_EQ(refused.error().fields.size(), 4U);
  EXPECT_EQ(refused.error().fields[0].pointer, "/email");
  EXPECT_EQ(refused.error().fields[1].pointer, "/password");
  EXPECT_EQ(refused.error().fields[2].pointer, "/name");
  EXPECT_EQ(refused.error().fields[3].pointer, "/locale");
  EXPECT_FALSE(must(settings_->status()).initialised);
}

TEST_F(AccountServiceTest, RegistersByAnInvitationOnceAndJoinsItsFamily) {
  const SignedIn anna = must(sign_up(request("Anna")));
  const Space space = must(spaces_->create(anna.user.id, {.title = "Petrov"}));
  const Invitation link = must(
      invitations_->create({.user_id = anna.user.id}, {.space_id = space.id, .role = "editor", .note = "for Boris"}));
  RegisterRequest boris = request("Boris");
  boris.invitation = link.token;
  const SignedIn joined = must(sign_up(boris));
  EXPECT_EQ(must(spaces_->get(joined.user.id, space.id)).role, Role::editor);

  RegisterRequest vera = request("Vera");
  vera.invitation = link.token;
  EXPECT_EQ(refusal(sign_up(vera)), "invitation.used");
  vera.invitation = "mvi_unknown";
  EXPECT_EQ(refusal(sign_up(vera)), "invitation.not-found");
}

TEST_F(AccountServiceTest, LeavesTheInvitationWholeWhenTheAddressIsTaken) {
  const SignedIn anna = must(sign_up(request("Anna")));
  const Invitation link = must(invitations_->create({.user_id = anna.user.id, .is_owner = true}, {}));
  RegisterRequest taken = request("Anna");
  taken.invitation = link.token;
  EXPECT_EQ(refusal(sign_up(taken)), "account.email-taken");
  RegisterRequest boris = request("Boris");
  boris.invitation = link.token;
  EXPECT_TRUE(sign_up(boris));
}

TEST_F(AccountServiceTest, SignsInWithoutCaseAndAnswersTheSameForWrongAndUnknown) {
  must(sign_up(request("Anna")));
  EXPECT_TRUE(log_in("anna@EXAMPLE.org"));
  const auto wrong = log_in("anna@example.org", "wrong password");
  const auto unknown = log_in("nobody@example.org");
  ASSERT_FALSE(wrong);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(wrong.error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(wrong.error().key, "auth.bad-credentials");
  EXPECT_EQ(unknown.error().key, wrong.error().key);
  EXPECT_EQ(unknown.error().code, wrong.error().code);
  EXPECT_EQ(refusal(log_in(std::string(100'000, 'a'), std::string("a\0b", 3))), "auth.bad-credentials");
}

TEST_F(AccountServiceTest, HashesAgainAtSignInWhenTheCostHasChanged) {
  must(sign_up(request("Anna")));
  const auto dearer = must(PasswordHasher::open({.passes = 2, .memory_bytes = 16384, .at_once = 1}));
  AccountService later(*db_, limiter_, *dearer, *sessions_, clock_, test::no_limits());
  must(later.login({.email = "Anna@example.org", .password = std::string(kPassword)}, device_));
  const auto hash =
      must(db_->read([](Transaction& tx) { return tx.run(Query{"read_hash", "SELECT password_hash FROM users"}); }));
  EXPECT_FALSE(dearer->is_outdated(hash.front().text(0)));
  EXPECT_TRUE(passwords_->is_outdated(hash.front().text(0)));
  EXPECT_TRUE(log_in("Anna@example.org")) << "the old cost still reads it";
}

TEST_F(AccountServiceTest, ChangesTheProfileAndTheAddressOnlyWithThePassword) {
  const SignedIn anna = person("Anna");
  person("Boris");
  User user = must(accounts_->change_profile(
      anna.user.id, {.name = " Anna P. ", .email = {}, .password = {}, .locale = "ru", .theme = "dark"}));
  EXPECT_EQ(user.name, "Anna P.");
  EXPECT_EQ(user.locale, "ru");
  EXPECT_EQ(user.theme, "dark");

  ProfilePatch patch{.name = {}, .email = "a@example.org", .password = {}, .locale = {}, .theme = {}};
  EXPECT_EQ(refusal(accounts_->change_profile(anna.user.id, patch)), "request.invalid-body");
  patch.password = "wrong password";
  EXPECT_EQ(refusal(accounts_->change_profile(anna.user.id, patch)), "auth.wrong-password");
  patch.password = std::string(kPassword);
  EXPECT_EQ(must(accounts_->change_profile(anna.user.id, patch)).email, "a@example.org");
  patch.email = "BORIS@example.org";
  EXPECT_EQ(refusal(accounts_->change_profile(anna.user.id, patch)), "account.email-taken");
  EXPECT_TRUE(log_in("a@example.org"));
  EXPECT_FALSE(log_in("anna@example.org"));
}

TEST_F(AccountServiceTest, ChangesThePasswordAndEndsTheOtherSessions) {
  const SignedIn here = person("Anna");
  const SignedIn elsewhere = must(log_in("Anna@example.org"));
  EXPECT_EQ(refusal(accounts_->change_password(identity(here), {"wrong password", "a new password"})),
            "auth.wrong-password");
  EXPECT_EQ(refusal(accounts_->change_password(identity(here), {std::string(kPassword), "short"})),
            "request.invalid-body");
  must(accounts_->change_password(identity(here), {std::string(kPassword), "a new password"}));
  EXPECT_TRUE(sessions_->authenticate(here.access_token));
  EXPECT_EQ(refusal(sessions_->authenticate(elsewhere.access_token)), "auth.token-invalid");
  EXPECT_EQ(refusal(accounts_->refresh(elsewhere.refresh_token, device_)), "auth.token-invalid");
  EXPECT_FALSE(log_in("Anna@example.org"));
  EXPECT_TRUE(log_in("Anna@example.org", "a new password"));
}

TEST_F(LimitedAccountsTest, LimitsSignInsOfOneAccountWhoeverAsks) {
  person("Anna");
  for (int attempt = 0; attempt < 10; ++attempt) {
    device_.address = "192.0.2." + std::to_string(attempt);
    EXPECT_EQ(refusal(log_in("anna@example.org", "wrong password")), "auth.bad-credentials");
  }
  device_.address = "192.0.2.200";
  const auto limited = log_in("ANNA@example.org");
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().code, ErrorCode::too_many);
  EXPECT_GT(limited.error().retry_after_s, 0);
  EXPECT_EQ(refusal(log_in("boris@example.org")), "auth.bad-credentials") << "others are not held up";
  clock_.advance(kMinute);
  EXPECT_TRUE(log_in("anna@example.org"));
}

TEST_F(LimitedAccountsTest, LimitsSignInsAndRegistrationsFromOneAddress) {
  for (int attempt = 0; attempt < 30; ++attempt) {
    EXPECT_EQ(refusal(log_in("person" + std::to_string(attempt) + "@example.org")), "auth.bad-credentials");
  }
  EXPECT_EQ(refusal(log_in("one-more@example.org")), "rate.limited");

  for (int attempt = 0; attempt < 10; ++attempt)
    person("Person" + std::to_string(attempt));
  EXPECT_EQ(refusal(sign_up(request("Onemore"))), "rate.limited");
}

TEST(AccountRules, TakesSaneAddressesOnly) {
  for (const std::string_view good : {"a@b", "anna.petrova+photos@example.org", "анна@пример.рф"}) {
    EXPECT_FALSE(email_fault(good)) << good;
  }
  for (const std::string_view bad : {"", "anna", "@example.org", "anna@", "a@b@c", "an na@example.org", "a@.org",
                                     "a@b.", "a@b..c", "<a@b>", "a@b\r\nc", "a@\xff\xfe"}) {
    EXPECT_TRUE(email_fault(bad)) << bad;
  }
  EXPECT_TRUE(email_fault(std::string(250, 'a') + "@b.cd"));
}

TEST(AccountRules, CountsCharactersOfPasswordsNotBytes) {
  EXPECT_FALSE(password_fault("восемь88"));
  EXPECT_TRUE(password_fault("семь777"));
  EXPECT_FALSE(password_fault(std::string(256, 'x')));
  EXPECT_TRUE(password_fault(std::string(257, 'x')));
  EXPECT_TRUE(password_fault(std::string("with\0nul and more", 17)));
}

} // namespace
} // namespace mv::accounts
