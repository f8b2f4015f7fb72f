#include "core/spaces/service.hpp"

#include <gtest/gtest.h>

#include "core/accounts/home_fixture.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/events.hpp"

namespace mv::spaces {
namespace {

using test::must;
using test::refusal;

class SpaceServiceTest : public test::HomeTest {
protected:
  SignedIn anna_ = person("Anna");
  SignedIn boris_ = person("Boris");
  SignedIn vera_ = person("Vera");

  void add_memory(const std::string& space_id, const std::string& user_id, bool trashed = false) {
    must(db_->transaction([&](Transaction& tx) -> Result<void> {
      const std::optional<TimeMs> trashed_at = trashed ? std::optional(clock_.now()) : std::nullopt;
      TRY_OK(
          tx.run(Query{"add_memory",
                       "INSERT INTO memories (id, space_id, contributor_id, type, title, description, tags, date_edtf, "
                       "date_confidence, date_source, sort_key, place_name, privacy, version, created_at, updated_at, "
                       "trashed_at) VALUES (?1, ?2, ?3, 'story', 'T', '', '[]', '', 'certain', 'none', 0, '', 'space', "
                       "1, ?4, ?4, ?5)"},
                 "m1", space_id, user_id, clock_.now(), trashed_at));
      return {};
    }));
  }
};

TEST_F(SpaceServiceTest, ListsThePersonalSpaceFirstAndFamiliesWithOnesRole) {
  const Space space = family(anna_, boris_, Role::contributor);
  const auto list = must(spaces_->list(boris_.user.id)).items;
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].kind, "personal");
  EXPECT_EQ(list[1].id, space.id);
  EXPECT_EQ(list[1].kind, "family");
  EXPECT_EQ(list[1].role, Role::contributor);
  EXPECT_EQ(list[1].members, 2);
  EXPECT_EQ(must(spaces_->list(vera_.user.id)).items.size(), 1U);
}

TEST_F(SpaceServiceTest, CountsTheMemoriesThatTheAskerMaySee) {
  const Space space = family(anna_, boris_, Role::contributor);
  must(db_->transaction([&](Transaction& tx) -> Result<void> {
    const Query add{"add_count", "INSERT INTO timeline_counts (scope, bucket, count) VALUES (?1, ?2, ?3)"};
    TRY_OK(tx.run(add, space.id, "2019-07", 5));
    TRY_OK(tx.run(add, space.id, "undated", 2));
    TRY_OK(tx.run(add, space.id + ":" + boris_.user.id, "2019-07", 3));
    return {};
  }));
  EXPECT_EQ(must(spaces_->get(anna_.user.id, space.id)).memories, 7);
  EXPECT_EQ(must(spaces_->get(boris_.user.id, space.id)).memories, 10);
}

TEST_F(SpaceServiceTest, HidesASpaceFromStrangersWhateverTheyTry) {
  const Space space = family(anna_, boris_, Role::editor);
  const std::string& stranger = vera_.user.id;
  for (const std::string& id : {space.id, anna_.user.personal_space_id, std::string("no-such-space"), std::string()}) {
    EXPECT_EQ(refusal(spaces_->get(stranger, id)), "space.not-found");
    EXPECT_EQ(refusal(spaces_->members(stranger, id)), "space.not-found");
    EXPECT_EQ(refusal(spaces_->change(stranger, id, 1, {.title = "Mine"})), "space.not-found");
    EXPECT_EQ(refusal(spaces_->remove(stranger, id)), "space.not-found");
    EXPECT_EQ(refusal(spaces_->set_role(stranger, id, anna_.user.id, Role::viewer)), "space.not-found");
    EXPECT_EQ(refusal(spaces_->remove_member(stranger, id, anna_.user.id)), "space.not-found");
    EXPECT_EQ(refusal(spaces_->remove_member(stranger, id, stranger)), "space.not-found");
  }
}

TEST_F(SpaceServiceTest, TellsAMemberThatTheirRoleIsTooLow) {
  const Space space = family(anna_, boris_, Role::editor);
  EXPECT_EQ(refusal(spaces_->change(boris_.user.id, space.id, 1, {.title = "Mine"})), "space.not-allowed");
  EXPECT_EQ(refusal(spaces_->remove(boris_.user.id, space.id)), "space.not-allowed");
  EXPECT_EQ(refusal(spaces_->set_role(boris_.user.id, space.id, boris_.user.id, Role::owner)), "space.not-allowed");
  EXPECT_EQ(refusal(spaces_->remove_member(boris_.user.id, space.id, anna_.user.id)), "space.not-allowed");
}

TEST_F(SpaceServiceTest, RenamesOnlyFromThePresentVersion) {
  const Space space = family(anna_, boris_, Role::editor);
  const Space renamed = must(spaces_->change(anna_.user.id, space.id, space.version, {.title = "  Petrovs "}));
  EXPECT_EQ(renamed.title, "Petrovs");
  EXPECT_EQ(renamed.version, space.version + 1);
  const auto late = spaces_->change(anna_.user.id, space.id, space.version, {.title = "Too late"});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::precondition_failed);
  for (const std::string& bad : {std::string(), std::string("   "), std::string("two\nlines"), std::string(101, 'x')}) {
    EXPECT_EQ(refusal(spaces_->change(anna_.user.id, space.id, renamed.version, {.title = bad})),
              "request.invalid-body");
  }
}

TEST_F(SpaceServiceTest, RemovesAnEmptyFamilyAndTellsItsMembers) {
  const Space space = family(anna_, boris_, Role::viewer);
  must(spaces_->remove(anna_.user.id, space.id));
  EXPECT_EQ(refusal(spaces_->get(anna_.user.id, space.id)), "space.not-found");
  int told = 0;
  for (const events::Event& event : events_of(kMembersChanged))
    told += event.space_id.empty() ? 1 : 0;
  EXPECT_EQ(told, 2);
  EXPECT_EQ(refusal(spaces_->remove(anna_.user.id, anna_.user.personal_space_id)), "space.personal");
}

TEST_F(SpaceServiceTest, KeepsAFamilyThatHoldsMemories) {
  const Space space = family(anna_, boris_, Role::contributor);
  add_memory(space.id, boris_.user.id);
  EXPECT_EQ(refusal(spaces_->remove(anna_.user.id, space.id)), "space.not-empty");
  EXPECT_EQ(must(spaces_->get(anna_.user.id, space.id)).members, 2);
}

TEST_F(SpaceServiceTest, KeepsAFamilyWhoseTrashHoldsMemories) {
  const Space space = family(anna_, boris_, Role::contributor);
  add_memory(space.id, boris_.user.id, /*trashed=*/true);
  EXPECT_EQ(refusal(spaces_->remove(anna_.user.id, space.id)), "space.not-empty");
}

TEST_F(SpaceServiceTest, ChangesRolesAndTellsOfIt) {
  const Space space = family(anna_, boris_, Role::viewer);
  EXPECT_EQ(must(spaces_->set_role(anna_.user.id, space.id, boris_.user.id, Role::editor)).role, Role::editor);
  const auto members = must(spaces_->members(boris_.user.id, space.id)).items;
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[1].role, Role::editor);
  EXPECT_EQ(members[1].email, "Boris@example.org");
  const auto told = events_of(kMembersChanged);
  EXPECT_EQ(told.back().space_id, space.id);
  EXPECT_EQ(told.back().data,
            R"({"spaceId":")" + space.id + R"(","userId":")" + boris_.user.id + R"(","role":"editor"})");
  EXPECT_EQ(refusal(spaces_->set_role(anna_.user.id, space.id, vera_.user.id, Role::editor)), "member.not-found");
}

TEST_F(SpaceServiceTest, NeverLosesItsLastOwner) {
  const Space space = family(anna_, boris_, Role::editor);
  EXPECT_EQ(refusal(spaces_->set_role(anna_.user.id, space.id, anna_.user.id, Role::editor)), "space.last-owner");
  EXPECT_EQ(refusal(spaces_->remove_member(anna_.user.id, space.id, anna_.user.id)), "space.last-owner");
  must(spaces_->set_role(anna_.user.id, space.id, boris_.user.id, Role::owner));
  must(spaces_->remove_member(anna_.user.id, space.id, anna_.user.id));
  EXPECT_EQ(refusal(spaces_->get(anna_.user.id, space.id)), "space.not-found");
  EXPECT_EQ(refusal(spaces_->remove_member(boris_.user.id, space.id, boris_.user.id)), "space.last-owner");
}

TEST_F(SpaceServiceTest, KeepsWhatSomebodyBroughtWhenTheyLeave) {
  const Space space = family(anna_, boris_, Role::contributor);
  add_memory(space.id, boris_.user.id);
  must(spaces_->remove_member(boris_.user.id, space.id, boris_.user.id));
  const Rows rows = must(db_->read([&](Transaction& tx) {
    return tx.run(Query{"count_memories", "SELECT count(*) FROM memories WHERE space_id = ?1"}, space.id);
  }));
  EXPECT_EQ(rows.front().integer(0), 1);
  const auto told = events_of(kMembersChanged);
  EXPECT_EQ(told.back().user_id, boris_.user.id) << "who left hears of it, though no member any more";
}

TEST_F(SpaceServiceTest, KeepsAPersonalSpacePersonal) {
  const std::string& own = anna_.user.personal_space_id;
  EXPECT_EQ(refusal(spaces_->remove_member(anna_.user.id, own, anna_.user.id)), "space.personal");
  EXPECT_EQ(refusal(spaces_->set_role(anna_.user.id, own, anna_.user.id, Role::viewer)), "space.personal");
  EXPECT_EQ(refusal(invitations_->create({.user_id = anna_.user.id, .is_owner = true},
                                         {.space_id = own, .role = {}, .note = {}})),
            "space.personal");
}

TEST_F(SpaceServiceTest, BoundsTheFamiliesOfOnePerson) {
  for (std::int64_t made = 0; made < kMaxFamilySpaces; ++made)
    must(spaces_->create(anna_.user.id, {.title = "F"}));
  EXPECT_EQ(refusal(spaces_->create(anna_.user.id, {.title = "F"})), "space.too-many");
}

TEST_F(SpaceServiceTest, AnswersTheQuestionsThatOtherFeaturesAsk) {
  const Space space = family(anna_, boris_, Role::commenter);
  must(db_->read([&](Transaction& tx) -> Result<void> {
    TRY(const auto mine, spaces_of(tx, boris_.user.id));
    EXPECT_EQ(mine.size(), 2U);
    EXPECT_TRUE(mine[0].personal);
    EXPECT_EQ(mine[1].role, Role::commenter);
    TRY(const auto access, access_to(tx, space.id, boris_.user.id));
    EXPECT_TRUE(access && access->role == Role::commenter && !access->personal);
    TRY(const auto none, access_to(tx, space.id, vera_.user.id));
    EXPECT_FALSE(none);
    TRY(const std::string own, personal_space(tx, boris_.user.id));
    EXPECT_EQ(own, boris_.user.personal_space_id);
    TRY(const auto members, member_ids(tx, space.id));
    EXPECT_EQ(members.size(), 2U);
    return {};
  }));
}

} // namespace
} // namespace mv::spaces
