#pragma once

// Text from metadata: of unknown coding, with NUL bytes and control characters, of any length. Pure functions.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mv::media {

/// Whether line feeds survive.
enum class Lines { one, many };

/// Valid UTF-8, cut at the first NUL, without control characters, white space trimmed, at most `max_characters` code
/// points. Bytes that are not UTF-8 are read as CP1251 where they look like Cyrillic words, else as CP1252.
[[nodiscard]] std::string clean_text(std::string_view bytes, std::size_t max_characters, Lines lines = Lines::one);

/// UTF-16LE, as Windows writes into the XP tags, to UTF-8; lone surrogates become U+FFFD.
[[nodiscard]] std::string from_utf16le(std::span<const unsigned char> bytes);

} // namespace mv::media
