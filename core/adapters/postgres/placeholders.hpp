#pragma once

// From our placeholders to PostgreSQL's, typed by what is bound. Inside this folder only.

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/database.hpp"

namespace mv::postgres {

/// What is bound to a placeholder. PostgreSQL finds out the type of an untyped one by its place, and gets it wrong
/// where the place says little (`?1 + 0`); of NULL alone it is left to find out.
enum class Kind : char { unknown, integer, real, text };

[[nodiscard]] std::vector<Kind> kinds_of(const std::vector<Value>& values);

/// Whether what was prepared for `prepared` can take values of `given`; NULL goes anywhere.
[[nodiscard]] bool fits(const std::vector<Kind>& prepared, const std::vector<Kind>& given);

/// `?2` and `$2` become `$2::bigint` and the like. Text in quotes and comments is left alone. `internal` when the
/// highest number is not the number of kinds.
[[nodiscard]] Result<std::string> write_placeholders(std::string_view sql, const std::vector<Kind>& kinds);

} // namespace mv::postgres
