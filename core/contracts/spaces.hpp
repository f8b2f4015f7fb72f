#pragma once

#include "core/contracts/common.hpp"

namespace mv {

/// What somebody may do in a space; each role holds all that follow it.
/// owner: members, title, deletion · editor: change every memory and collection · contributor: add, and change one's
/// own · commenter: comment · viewer: see.
enum class Role { owner, editor, contributor, commenter, viewer };

/// A person's own space, or a family's.
struct Space {
  std::string id;
  std::string kind; ///< `personal` or `family`.
  std::string title;
  Role role = Role::viewer; ///< The asker's.
  std::int64_t members = 0;
  std::int64_t memories = 0; ///< Kept ones, without the trash, that the asker may see.
  std::int64_t version = 0;
  std::string created_at;
};

struct SpaceDraft {
  std::string title; ///< 1 to 100 characters.
};

struct SpacePatch {
  std::optional<std::string> title;
};

struct Member {
  std::string user_id;
  std::string name;
  std::string email;
  Role role = Role::viewer;
  std::string joined_at;
};

struct MemberPatch {
  Role role = Role::viewer;
};

} // namespace mv
