#include "core/adapters/telemetry/scrub.hpp"

#include <algorithm>
#include <array>

namespace mv::telemetry {

namespace {

constexpr std::string_view kGap = "…";
constexpr std::size_t kLongest = 200;
constexpr std::size_t kLongestWord = 40;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_joint(char c) { return c == '_' || c == '-'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// One word of ours: `constraint`, `insert_memory`, `UNIQUE`; `Cannot` at the beginning.
bool is_ours(std::string_view word, bool first) {
  if (word.size() > kLongestWord) return false;
  if (std::ranges::all_of(word, [](char c) { return is_upper(c) || is_joint(c); })) return true;
  if (first && is_upper(word.front())) word.remove_prefix(1);
  return std::ranges::all_of(word, [](char c) { return is_lower(c) || is_joint(c); });
}

/// Replaces what stands between the first and the last `open` … `close`: a text that holds quotes of its own cannot end
/// its quotation early.
void cut_quoted(std::string& text, std::string_view open, std::string_view close) {
  const std::size_t from = text.find(open);
  if (from == std::string::npos) return;
  const std::size_t to = text.rfind(close);
  const std::size_t end = to == std::string::npos || to <= from ? text.size() : to + close.size();
  text.replace(from, end - from, " \x01 "); // stands for a gap, and is no word
}

} // namespace

std::string scrub(std::string_view given) {
  std::string text(given);
  using Pair = std::pair<std::string_view, std::string_view>;
  for (const auto& [open, close] : std::to_array<Pair>({{"\"", "\""}, {"`", "`"}, {"«", "»"}, {"“", "”"}, {"'", "'"}}))
    cut_quoted(text, open, close);

  std::string out;
  bool first = true;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end]))
      ++end;
    std::string_view word = std::string_view(text).substr(at, end - at);
    at = end;
    const bool colon = word.ends_with(':');
    while (!word.empty() && std::string_view(":;,.()").contains(word.back()))
      word.remove_suffix(1);
    while (word.starts_with('('))
      word.remove_prefix(1);
    if (word.empty()) continue;
    const bool ours = is_ours(word, first);
    first = false;
    if (!ours && out.ends_with(kGap)) continue; // one gap for several words tells least
    if (!out.empty()) out += ' ';
    out += ours ? word : kGap;
    if (ours && colon) out += ':';
    if (out.size() > kLongest) break;
  }
  return out;
}

} // namespace mv::telemetry
