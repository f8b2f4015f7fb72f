#pragma once

// What people write, made comparable. All take and give UTF-8; bytes that are not UTF-8 come back unchanged.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mv {

/// Folded for comparison without case (Unicode case folding, composed): `Ёлка` and `ЁЛКА` agree.
[[nodiscard]] std::string fold_case(std::string_view text);

/// Without white space at both ends, and one blank for each run of it inside. Line ends are kept by `trim`.
[[nodiscard]] std::string squeeze(std::string_view text);

/// Without white space at both ends.
[[nodiscard]] std::string trim(std::string_view text);

/// Characters (code points), as limits count them.
[[nodiscard]] std::size_t length(std::string_view text);

/// Whether it holds control characters: none may stand in a line; line ends and tabs may stand in a `many_lines` text.
[[nodiscard]] bool has_control(std::string_view text, bool many_lines = false);

/// The one of `words` that `word` was most likely meant to be, by the letters to take out and to put in; "" where there
/// are none.
[[nodiscard]] std::string_view closest(std::string_view word, std::span<const std::string_view> words);

} // namespace mv
