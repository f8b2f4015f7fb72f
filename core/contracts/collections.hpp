#pragma once

#include "core/contracts/common.hpp"

namespace mv {

/// A node of the tree of a space.
struct Collection {
  std::string id;
  std::string space_id;
  std::optional<std::string> parent_id;
  std::string title;
  std::string description;
  std::int64_t position = 0;                  ///< Among its siblings, from 0.
  std::optional<std::string> cover_memory_id; ///< Chosen by somebody, else the first one.
  std::optional<std::string> cover_media_id;  ///< First medium of the cover, for its preview.
  std::optional<std::string> cover_thumbhash;
  std::int64_t memories = 0; ///< In this one alone, that the asker may see.
  std::int64_t version = 1;
  std::string created_at;
  std::string updated_at;
  bool can_edit = false;
};

struct CollectionQuery {
  std::optional<std::string> space_id; ///< All spaces of the asker when absent.
};

struct CollectionDraft {
  std::optional<std::string> space_id; ///< The parent's, else the personal space.
  std::optional<std::string> parent_id;
  std::string title;       ///< 1 to 200 characters.
  std::string description; ///< Up to 5,000 characters.
};

/// Absent members stay as they are; needs `If-Match`.
struct CollectionPatch {
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::string> parent_id;       ///< "" moves it to the top.
  std::optional<std::int64_t> position;       ///< Among its new siblings.
  std::optional<std::string> cover_memory_id; ///< "" lets the first one be the cover.
};

/// A new order: these memories, all of which it holds, stand together in this order before `before_id`, or at the end.
struct CollectionOrder {
  std::vector<std::string> memory_ids; ///< 1 to 1,000.
  std::optional<std::string> before_id;
};

} // namespace mv
