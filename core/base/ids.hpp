#pragma once

// Ids of everything that is stored: UUIDv7 (RFC 9562), which sort by the time they were made.

#include <string>
#include <string_view>

namespace mv {

/// A new id: 36 lower-case characters. Each id of a process is greater than every one made before it, also when the
/// clock steps back or several are made in one millisecond. Safe from every thread.
[[nodiscard]] std::string new_id();

/// True for a UUID of any version in lower-case text, as `new_id` writes it.
[[nodiscard]] bool is_id(std::string_view text);

} // namespace mv
