#pragma once

// Whether anything may have changed for somebody since: answered by the outbox, as whatever changes what people see
// says so there in its own transaction.

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/ports/database.hpp"

namespace mv::spaces {

/// The `space_id` of events that change what everybody sees, whatever their spaces. Nobody hears of them.
inline constexpr std::string_view kEveryone = "everyone";

/// Type of the event that a person is called otherwise now; to `kEveryone`, as whoever left a space is still named
/// beside what they brought there.
inline constexpr std::string_view kPersonRenamed = "user.renamed";

/// A short text for what `user_id` may see: memories, collections and favourites in their spaces, the names beside
/// them, and what their roles allow. It is the same again only as long as none of that has changed. One read.
[[nodiscard]] Result<std::string> view_version(Database& db, std::string_view user_id);

} // namespace mv::spaces
