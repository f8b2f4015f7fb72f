#include "backend/http/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/encoding.hpp"

namespace mv::http {

namespace {

/// True for what a JSON string holds as it is: all of ASCII but controls, quote and backslash.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte)
    plain[byte] = byte != '"' && byte != '\\';
  return plain;
}();

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text)
    all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

} // namespace

void append_json(std::string& out, std::string_view text) {
  std::string repaired;
  if (!is_ascii(text) && !is_utf8(text)) {
    repaired = repair_utf8(text);
    text = repaired;
  }
  out += '"';
  std::size_t written = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (kPlain[byte] || byte >= 0x80) continue;
    out.append(text, written, at - written);
    append_escaped(out, text[at]);
    written = at + 1;
  }
  out.append(text, written);
  out += '"';
}

void append_json(std::string& out, std::int64_t number) {
  std::array<char, 24> text; // NOLINT(*-member-init): written by to_chars
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

void append_json(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 40> text; // NOLINT(*-member-init): written by to_chars
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

std::string camel_case(std::string_view snake_case) {
  std::string out;
  out.reserve(snake_case.size());
  bool upper = false;
  for (const char c : snake_case) {
    if (c == '_') {
      upper = true;
      continue;
    }
    out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return out;
}

void append_pointer(std::string& pointer, std::string_view part) {
  pointer += '/';
  for (const char c : part) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
}

} // namespace mv::http
