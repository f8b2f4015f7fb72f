#pragma once

// Takes out of a text what may be somebody's, before it leaves the house.

#include <string>
#include <string_view>

namespace mv::telemetry {

/// Keeps only what our own words and those of libraries are made of: words of lower-case ASCII letters, of capitals
/// alone (`UNIQUE`), or with a single capital at the very beginning of the text; joined by `_` or `-`. All else
/// becomes `…`: what is quoted (everything from the first to the last quote of a kind), numbers, names, addresses,
/// paths, ids, hashes, and every letter that is not ASCII. Hardly more than 200 characters.
[[nodiscard]] std::string scrub(std::string_view text);

} // namespace mv::telemetry
