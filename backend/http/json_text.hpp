#pragma once

// JSON as text: the small writers that codecs, problems and the API's description share. They append, so that one
// string grows and nothing is copied.

#include <cstdint>
#include <string>
#include <string_view>

namespace mv::http {

/// `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD, so that a reply is always JSON.
void append_json(std::string& out, std::string_view text);
void append_json(std::string& out, std::int64_t number);
/// The shortest text that reads back the same; null for what JSON cannot say (NaN, infinity).
void append_json(std::string& out, double number);

[[nodiscard]] std::string json_string(std::string_view text);

/// `taken_at_ms` as `takenAtMs`.
[[nodiscard]] std::string camel_case(std::string_view snake_case);

/// One part of a JSON pointer (RFC 6901), with its slash.
void append_pointer(std::string& pointer, std::string_view part);

} // namespace mv::http
