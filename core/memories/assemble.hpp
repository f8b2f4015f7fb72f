#pragma once

// Records made into what the API says.

#include <string>
#include <vector>

#include "core/contracts/memories.hpp"
#include "core/memories/access.hpp"
#include "core/memories/record.hpp"
#include "core/spaces/access.hpp"

namespace mv::memories {

/// Days that a memory stays in the trash.
inline constexpr TimeMs kTrashTime = 30 * kDay;

/// In the order of `records`. `user_id` is who asks; `access` their spaces, for what they may change.
[[nodiscard]] std::vector<Memory> assemble(std::vector<MemoryRecord> records, const std::string& user_id,
                                           const std::vector<spaces::SpaceAccess>& access);

/// One memory whose access was checked.
[[nodiscard]] Memory assemble(MemoryAccess access);

/// Names of types as stored and sent.
[[nodiscard]] std::string_view type_name(MemoryType type);
[[nodiscard]] std::optional<MemoryType> type_from(std::string_view name);

} // namespace mv::memories
