#include "core/spaces/policy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace mv::spaces {
namespace {

// One line an action: what a stranger, viewer, commenter, contributor, editor and owner may do.
struct Line {
  Action action;
  std::string_view name;
  std::array<bool, 6> allowed;
};

constexpr bool no = false;
constexpr bool yes = true;

constexpr std::array kTable{
    //                                                                       stranger viewer commenter contributor
    //                                                                       editor owner
    Line{Action::see_space, "see the space", {no, yes, yes, yes, yes, yes}},
    Line{Action::see_members, "see its members", {no, yes, yes, yes, yes, yes}},
    Line{Action::see_memories, "see its memories", {no, yes, yes, yes, yes, yes}},
    Line{Action::see_private_of_another, "see another's private memory", {no, no, no, no, no, no}},
    Line{Action::comment, "comment", {no, no, yes, yes, yes, yes}},
    Line{Action::add_memory, "add a memory", {no, no, no, yes, yes, yes}},
    Line{Action::edit_own_memory, "edit one's own memory", {no, no, no, yes, yes, yes}},
    Line{Action::edit_any_memory, "edit another's memory", {no, no, no, no, yes, yes}},
    Line{Action::trash_own_memory, "trash and restore one's own memory", {no, no, no, yes, yes, yes}},
    Line{Action::trash_any_memory, "trash and restore another's memory", {no, no, no, no, yes, yes}},
    Line{Action::purge_own_memory, "purge one's own memory", {no, no, no, yes, yes, yes}},
    Line{Action::purge_any_memory, "purge another's memory", {no, no, no, no, no, yes}},
    Line{Action::add_collection, "add a collection", {no, no, no, yes, yes, yes}},
    Line{Action::add_to_collection, "put memories into a collection", {no, no, no, yes, yes, yes}},
    Line{Action::edit_own_collection, "edit one's own collection", {no, no, no, yes, yes, yes}},
    Line{Action::edit_any_collection, "edit another's collection", {no, no, no, no, yes, yes}},
    Line{Action::invite, "invite", {no, no, no, no, yes, yes}},
    Line{Action::rename_space, "rename the space", {no, no, no, no, no, yes}},
    Line{Action::manage_members, "manage members", {no, no, no, no, no, yes}},
    Line{Action::delete_space, "delete the space", {no, no, no, no, no, yes}},
    Line{Action::manage_webhooks, "manage webhooks", {no, no, no, no, no, yes}},
    Line{Action::leave_space, "leave", {no, yes, yes, yes, yes, yes}},
};

constexpr std::array<std::optional<Role>, 6> kMemberships{std::nullopt,      Role::viewer, Role::commenter,
                                                          Role::contributor, Role::editor, Role::owner};
constexpr std::array<std::string_view, 6> kNames{"a stranger",    "a viewer",  "a commenter",
                                                 "a contributor", "an editor", "an owner"};

TEST(SpacePolicy, AnswersEachActionForEachRoleAndForStrangers) {
  for (const Line& line : kTable) {
    for (std::size_t who = 0; who < kMemberships.size(); ++who) {
      EXPECT_EQ(may(kMemberships[who], line.action), line.allowed[who]) << kNames[who] << ": " << line.name;
    }
  }
}

TEST(SpacePolicy, HasALineForEveryAction) {
  EXPECT_EQ(kTable.size(), static_cast<std::size_t>(Action::leave_space) + 1);
  for (std::size_t index = 0; index < kTable.size(); ++index) {
    EXPECT_EQ(static_cast<std::size_t>(kTable[index].action), index) << kTable[index].name;
  }
}

TEST(SpacePolicy, ShowsAPrivateMemoryToItsContributorOnly) {
  for (const std::optional<Role>& membership : kMemberships) {
    EXPECT_FALSE(can_see_memory(membership, /*own=*/false, /*is_private=*/true));
    EXPECT_FALSE(can_edit_memory(membership, false, true));
    EXPECT_FALSE(can_trash_memory(membership, false, true));
    EXPECT_FALSE(can_purge_memory(membership, false, true));
    EXPECT_EQ(can_see_memory(membership, true, true), membership.has_value());
    EXPECT_EQ(can_see_memory(membership, false, false), membership.has_value());
  }
}

TEST(SpacePolicy, SeparatesOnesOwnFromAnothers) {
  EXPECT_TRUE(can_edit_memory(Role::contributor, true, false));
  EXPECT_FALSE(can_edit_memory(Role::contributor, false, false));
  EXPECT_TRUE(can_edit_memory(Role::editor, false, false));
  EXPECT_TRUE(can_trash_memory(Role::contributor, true, true));
  EXPECT_FALSE(can_trash_memory(Role::contributor, false, false));
  EXPECT_FALSE(can_purge_memory(Role::editor, false, false));
  EXPECT_TRUE(can_purge_memory(Role::owner, false, false));
  EXPECT_FALSE(can_edit_memory(Role::viewer, true, false)) << "somebody who was made a viewer changes nothing more";
  EXPECT_TRUE(can_edit_collection(Role::contributor, true));
  EXPECT_FALSE(can_edit_collection(Role::contributor, false));
  EXPECT_FALSE(can_edit_collection(std::nullopt, true));
}

TEST(SpacePolicy, LetsNobodyInviteAboveThemselvesOrToOwnership) {
  for (const std::optional<Role>& membership : kMemberships)
    EXPECT_FALSE(can_invite_as(membership, Role::owner));
  EXPECT_TRUE(can_invite_as(Role::owner, Role::editor));
  EXPECT_TRUE(can_invite_as(Role::editor, Role::editor));
  EXPECT_TRUE(can_invite_as(Role::editor, Role::viewer));
  EXPECT_FALSE(can_invite_as(Role::contributor, Role::viewer));
  EXPECT_FALSE(can_invite_as(std::nullopt, Role::viewer));
}

} // namespace
} // namespace mv::spaces
