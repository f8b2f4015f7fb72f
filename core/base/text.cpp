#include "core/base/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace mv {

namespace {

bool is_space(utf8proc_int32_t point) {
  return point == ' ' || (point >= '\t' && point <= '\r') || utf8proc_category(point) == UTF8PROC_CATEGORY_ZS ||
         point == 0x2028 || point == 0x2029;
}

/// Calls `visit(code point, its bytes)` for each character; a byte that is not UTF-8 counts as a character of its own.
template <typename Visit>
void each_character(std::string_view text, Visit visit) {
  while (!text.empty()) {
    utf8proc_int32_t point = -1;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const auto read = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &point);
    const std::size_t size = read > 0 ? static_cast<std::size_t>(read) : 1;
    visit(point, text.substr(0, size));
    text.remove_prefix(size);
  }
}

} // namespace

std::string fold_case(std::string_view text) {
  utf8proc_uint8_t* folded = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &folded, static_cast<utf8proc_option_t>(UTF8PROC_CASEFOLD | UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(folded, &std::free);
  if (size < 0) return std::string(text);
  return {reinterpret_cast<const char*>(folded), static_cast<std::size_t>(size)};
}

std::string squeeze(std::string_view text) {
  std::string out;
  bool gap = false;
  each_character(text, [&](utf8proc_int32_t point, std::string_view bytes) {
    if (is_space(point)) {
      gap = !out.empty();
      return;
    }
    if (gap) out += ' ';
    gap = false;
    out += bytes;
  });
  return out;
}

std::string trim(std::string_view text) {
  std::size_t first = text.size();
  std::size_t last = 0;
  std::size_t at = 0;
  each_character(text, [&](utf8proc_int32_t point, std::string_view bytes) {
    if (!is_space(point)) {
      if (first == text.size()) first = at;
      last = at + bytes.size();
    }
    at += bytes.size();
  });
  return first < last ? std::string(text.substr(first, last - first)) : std::string();
}

std::size_t length(std::string_view text) {
  std::size_t characters = 0;
  each_character(text, [&](utf8proc_int32_t, std::string_view) { ++characters; });
  return characters;
}

bool has_control(std::string_view text, bool many_lines) {
  bool found = false;
  each_character(text, [&](utf8proc_int32_t point, std::string_view) {
    const bool line_character = point == '\n' || point == '\t' || point == '\r';
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) found = found || !(many_lines && line_character);
  });
  return found;
}

std::string_view closest(std::string_view word, std::span<const std::string_view> words) {
  // The letters to take out and to put in; `row[i]` counts them from those of `word` so far to the first `i` of the
  // candidate. To change a letter is both, so that a name that lacks a part is nearer than another short one.
  const auto distance = [word](std::string_view candidate) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t at = 0; at < word.size(); ++at) {
      std::size_t diagonal = std::exchange(row[0], at + 1);
      for (std::size_t i = 1; i < row.size(); ++i) {
        const std::size_t changed = diagonal + (word[at] == candidate[i - 1] ? 0 : 2);
        diagonal = std::exchange(row[i], std::min({changed, row[i] + 1, row[i - 1] + 1}));
      }
    }
    return row.back();
  };
  const auto nearest = std::ranges::min_element(words, {}, distance);
  return nearest == words.end() ? std::string_view() : *nearest;
}

} // namespace mv
