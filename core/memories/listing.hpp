#pragma once

// What makes lists cheap: the index rows and the counts of each memory, kept with every write, and pages read from
// several scopes at once.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/paging.hpp"
#include "core/memories/record.hpp"
#include "core/ports/database.hpp"

namespace mv::memories {

/// Ids of one page, and the key of the next one when there is more.
struct IdPage {
  std::vector<std::string> ids;
  std::optional<paging::Key> next;
};

/// Brings index and counts from what they say of `before` to what is true of `after`; either may be absent. A memory
/// in the trash has no rows. `favourers` are the people whose favourite it is.
[[nodiscard]] Result<void> keep_listed(Transaction& tx, const MemoryRecord* before, const MemoryRecord* after,
                                       const std::vector<std::string>& favourers);

/// Adds or takes the one index row of somebody's favourite.
[[nodiscard]] Result<void> keep_favourite(Transaction& tx, const MemoryRecord& memory, const std::string& user_id,
                                          bool favourite);

/// Newest first below `after`, over all `scopes`; at most `limit`. Costs one index walk a scope, whatever they hold.
[[nodiscard]] Result<IdPage> list_ids(Transaction& tx, const std::vector<std::string>& scopes, const std::string& facet,
                                      const paging::Key& after, std::int64_t limit);

/// How tags are compared: lower case over Latin and Cyrillic, inner white space as one blank.
[[nodiscard]] std::string tag_key(const std::string& tag);

} // namespace mv::memories
