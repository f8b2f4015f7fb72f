#pragma once

// Text forms of bytes, and what of a text is sound. All are pure and safe from every thread.

#include <optional>
#include <string>
#include <string_view>

namespace mv {

[[nodiscard]] std::string hex_encode(std::string_view bytes);
/// Nothing unless all of it is pairs of hex digits, upper or lower case.
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);

/// With padding, as HTTP headers and JSON carry bytes.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

/// The URL-safe alphabet without padding, for tokens and cursors.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

/// Everything but RFC 3986's unreserved characters becomes `%XX`; a space is `%20`.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// Nothing when a `%` is not followed by two hex digits. `+` stays a plus.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// Well-formed UTF-8: no overlong forms, no surrogates, nothing over U+10FFFF. NUL counts as well-formed.
[[nodiscard]] bool is_utf8(std::string_view text);
/// The same text with each malformed byte replaced by U+FFFD, for logs and for what files claim of themselves.
[[nodiscard]] std::string repair_utf8(std::string_view text);
/// The number of code points of well-formed UTF-8.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
/// PostgreSQL takes no NUL in a text, and C interfaces end at it, so nothing that people send may have one.
[[nodiscard]] bool contains_nul(std::string_view text);

} // namespace mv
