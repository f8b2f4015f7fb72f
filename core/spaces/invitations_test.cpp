#include "core/spaces/invitations.hpp"

#include <gtest/gtest.h>

#include <array>
#include <barrier>
#include <thread>

#include "core/accounts/home_fixture.hpp"

namespace mv::spaces {
namespace {

using test::must;
using test::refusal;

class InvitationsTest : public test::HomeTest {
protected:
  SignedIn anna_ = person("Anna"); // owns the installation
  SignedIn boris_ = person("Boris");
  SignedIn vera_ = person("Vera");
  Space space_ = must(spaces_->create(boris_.user.id, {.title = "Petrov"}));

  Result<Invitation> invite(const SignedIn& inviter, std::optional<std::string> role = std::nullopt) {
    return invitations_->create({.user_id = inviter.user.id, .is_owner = inviter.user.is_owner},
                                {.space_id = space_.id, .role = std::move(role), .note = "for grandmother"});
  }
};

TEST_F(InvitationsTest, ShowsTheLinkOnceAndKeepsOnlyItsHash) {
  const Invitation made = must(invite(boris_));
  ASSERT_TRUE(made.token);
  EXPECT_TRUE(made.token->starts_with("mvi_"));
  EXPECT_EQ(made.role, "contributor");
  EXPECT_EQ(made.space_title, "Petrov");
  EXPECT_EQ(made.note, "for grandmother");
  const auto list = must(invitations_->list(boris_.user.id)).items;
  ASSERT_EQ(list.size(), 1U);
  EXPECT_FALSE(list[0].token);
  const Rows rows =
      must(db_->read([](Transaction& tx) { return tx.run(Query{"tokens", "SELECT token_hash FROM invitations"}); }));
  EXPECT_EQ(rows.front().text(0).size(), 64U);
}

TEST_F(InvitationsTest, ShowsWhoHoldsTheLinkWhatItIsFor) {
  const Invitation made = must(invite(boris_, "viewer"));
  const InvitationPreview preview = must(invitations_->preview(*made.token));
  EXPECT_EQ(preview.inviter, "Boris");
  EXPECT_EQ(preview.space_title, "Petrov");
  EXPECT_EQ(preview.role, "viewer");
  EXPECT_EQ(refusal(invitations_->preview("mvi_guess")), "invitation.not-found");
  EXPECT_EQ(refusal(invitations_->preview("")), "invitation.not-found");
}

TEST_F(InvitationsTest, LetsOnePersonInOnce) {
  const Invitation made = must(invite(boris_, "editor"));
  EXPECT_EQ(must(invitations_->accept(vera_.user.id, *made.token)).role, Role::editor);
  EXPECT_EQ(refusal(invitations_->accept(anna_.user.id, *made.token)), "invitation.used");
  EXPECT_EQ(refusal(invitations_->preview(*made.token)), "invitation.used");
  EXPECT_TRUE(must(invitations_->list(boris_.user.id)).items[0].used_at);
}

TEST_F(InvitationsTest, LetsOneOfTwoWhoAcceptAtOnceIn) {
  const Invitation made = must(invite(boris_));
  const std::array people{anna_.user.id, vera_.user.id};
  std::barrier start(2);
  std::array<Result<Space>, 2> results{fail(ErrorCode::internal, ""), fail(ErrorCode::internal, "")};
  {
    std::array<std::jthread, 2> threads;
    for (std::size_t index = 0; index < 2; ++index) {
      threads[index] = std::jthread([&, index] {
        start.arrive_and_wait();
        results[index] = invitations_->accept(people[index], *made.token);
      });
    }
  }
  EXPECT_NE(results[0].has_value(), results[1].has_value());
  EXPECT_EQ(refusal(results[results[0] ? 1 : 0]), "invitation.used");
  EXPECT_EQ(must(spaces_->get(boris_.user.id, space_.id)).members, 2);
}

TEST_F(InvitationsTest, StaysGoodForSomebodyElseWhenAMemberTriesIt) {
  const Invitation made = must(invite(boris_));
  EXPECT_EQ(refusal(invitations_->accept(boris_.user.id, *made.token)), "space.already-member");
  EXPECT_TRUE(invitations_->accept(vera_.user.id, *made.token));
}

TEST_F(InvitationsTest, EndsAfterTwoWeeks) {
  const Invitation made = must(invite(boris_));
  clock_.advance(14 * kDay - 1);
  EXPECT_TRUE(invitations_->preview(*made.token));
  clock_.advance(1);
  EXPECT_EQ(refusal(invitations_->accept(vera_.user.id, *made.token)), "invitation.expired");
}

TEST_F(InvitationsTest, IsWorthWhatItsMakerMayDoToday) {
  join(boris_, space_.id, vera_, Role::editor);
  const Invitation made = must(invite(vera_, "editor"));
  must(spaces_->set_role(boris_.user.id, space_.id, vera_.user.id, Role::contributor));
  EXPECT_EQ(refusal(invitations_->accept(anna_.user.id, *made.token)), "invitation.withdrawn");
  must(spaces_->set_role(boris_.user.id, space_.id, vera_.user.id, Role::editor));
  EXPECT_TRUE(invitations_->preview(*made.token));
  must(spaces_->remove_member(boris_.user.id, space_.id, vera_.user.id));
  EXPECT_EQ(refusal(invitations_->preview(*made.token)), "invitation.withdrawn");
}

TEST_F(InvitationsTest, AreMadeByThoseWhoMay) {
  EXPECT_EQ(refusal(invite(vera_)), "space.not-found");
  EXPECT_EQ(refusal(invite(anna_)), "space.not-found") << "owning the installation opens no family";
  join(boris_, space_.id, vera_, Role::contributor);
  EXPECT_EQ(refusal(invite(vera_)), "invitation.not-allowed");
  EXPECT_EQ(refusal(invite(boris_, "owner")), "request.invalid-body");
  EXPECT_EQ(refusal(invite(boris_, "king")), "request.invalid-body");

  EXPECT_EQ(refusal(invitations_->create({.user_id = boris_.user.id}, {})), "invitation.not-allowed");
  const Invitation plain = must(invitations_->create({.user_id = anna_.user.id, .is_owner = true}, {}));
  EXPECT_FALSE(plain.role);
  EXPECT_EQ(refusal(invitations_->accept(vera_.user.id, *plain.token)), "invitation.no-space");
  EXPECT_EQ(refusal(invitations_->create({.user_id = anna_.user.id, .is_owner = true},
                                         {.space_id = {}, .role = "viewer", .note = std::string(201, 'x')})),
            "request.invalid-body");
}

TEST_F(InvitationsTest, AreWithdrawnByThoseWhoMay) {
  join(boris_, space_.id, vera_, Role::editor);
  const Invitation made = must(invite(vera_));
  const SignedIn dina = person("Dina");
  EXPECT_EQ(refusal(invitations_->revoke({.user_id = dina.user.id}, made.id)), "invitation.not-found");
  EXPECT_EQ(must(invitations_->list(boris_.user.id)).items.size(), 2U) << "the owner of the family sees it";
  EXPECT_TRUE(must(invitations_->list(dina.user.id)).items.empty());
  must(invitations_->revoke({.user_id = boris_.user.id}, made.id));
  EXPECT_EQ(refusal(invitations_->preview(*made.token)), "invitation.not-found");
  EXPECT_EQ(refusal(invitations_->revoke({.user_id = boris_.user.id}, made.id)), "invitation.not-found");
}

TEST_F(InvitationsTest, AreBoundedInNumber) {
  for (std::int64_t made = 0; made < kMaxOpenInvitations; ++made)
    must(invite(boris_));
  EXPECT_EQ(refusal(invite(boris_)), "invitation.too-many");
  clock_.advance(kInvitationLife);
  EXPECT_TRUE(invite(boris_));
}

TEST_F(InvitationsTest, AreForgottenAMonthAfterTheyEnded) {
  must(invite(boris_));
  clock_.advance(kInvitationLife + 31 * kDay);
  must(db_->transaction([&](Transaction& tx) { return sweep_invitations(tx, clock_.now()); }));
  EXPECT_TRUE(must(invitations_->list(boris_.user.id)).items.empty());
}

} // namespace
} // namespace mv::spaces
