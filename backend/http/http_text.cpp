#include "backend/http/http_text.hpp"

#include <algorithm>
#include <charconv>
#include <format>

#include "core/base/encoding.hpp"

namespace mv::http {

namespace {

/// `;q=0.5` of a list's item; 1 without one, 0 for what is malformed.
double quality(std::string_view item) {
  const auto text = header_parameter(item, "q");
  if (!text) return 1;
  double value = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
  return problem == std::errc() && end == text->data() + text->size() ? value : 0;
}

std::string_view before_semicolon(std::string_view item) { return trim_blanks(item.substr(0, item.find(';'))); }

bool read_number(std::string_view text, std::int64_t& out) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  return problem == std::errc() && end == text.data() + text.size() && !text.starts_with('-');
}

/// Reads one value at the start of `rest`, quoted or not, and takes it away.
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const std::string_view token = rest.substr(0, rest.find(';'));
    rest.remove_prefix(token.size());
    return std::string(trim_blanks(token));
  }
  std::size_t at = 1;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    // Browsers write `%22` for a quote and send a backslash as it is; only an escaped quote or backslash is an escape.
    if (rest[at] == '\\' && at + 1 < rest.size() && (rest[at + 1] == '"' || rest[at + 1] == '\\')) ++at;
    value += rest[at];
  }
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return value;
}

} // namespace

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trim_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view item = trim_blanks(text.substr(0, end));
    if (!item.empty()) items.push_back(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

std::string media_type(std::string_view content_type) { return to_lower(before_semicolon(content_type)); }

std::optional<std::string> header_parameter(std::string_view header, std::string_view name) {
  std::string_view rest = header.substr(std::min(header.find(';'), header.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t equals = rest.find_first_of("=;");
    if (equals == std::string_view::npos) break;
    const std::string found = to_lower(trim_blanks(rest.substr(0, equals)));
    if (rest[equals] == ';') {
      rest.remove_prefix(equals);
      continue;
    }
    rest.remove_prefix(equals + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    std::string value = take_value(rest);
    if (found == name) {
      if (!name.ends_with('*')) return value;
      const std::size_t language = value.find('\'');
      const std::size_t text = language == std::string::npos ? language : value.find('\'', language + 1);
      if (text == std::string::npos || to_lower(value.substr(0, language)) != "utf-8") return std::nullopt;
      return percent_decode(std::string_view(value).substr(text + 1));
    }
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  }
  return std::nullopt;
}

std::string content_disposition(bool attachment, std::string_view file_name) {
  std::string out = attachment ? "attachment" : "inline";
  if (file_name.empty()) return out;
  std::string plain;
  bool same = true;
  for (const char c : file_name) {
    const bool fits = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%';
    // One sign for each character, not for each of its bytes.
    if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) plain += fits ? c : '_';
    same = same && fits;
  }
  out += "; filename=\"" + plain + '"';
  if (!same) out += "; filename*=UTF-8''" + percent_encode(repair_utf8(file_name));
  return out;
}

std::string choose_locale(std::string_view accept_language) {
  double russian = 0;
  double english = 0;
  for (const std::string_view item : split_list(accept_language)) {
    const std::string language = to_lower(before_semicolon(item));
    const double wanted = quality(item);
    if (language == "ru" || language.starts_with("ru-"))
      russian = std::max(russian, wanted);
    else if (language == "en" || language.starts_with("en-"))
      english = std::max(english, wanted);
  }
  return russian > english ? "ru" : "en";
}

bool etag_listed(std::string_view header, std::string_view etag) {
  const auto strong = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  return std::ranges::any_of(split_list(header),
                             [&](std::string_view item) { return item == "*" || strong(item) == strong(etag); });
}

ByteRange read_range(std::string_view header, std::int64_t size) {
  const ByteRange whole{.kind = ByteRange::Kind::whole, .first = 0, .length = size};
  const ByteRange nothing{.kind = ByteRange::Kind::unsatisfiable, .first = 0, .length = 0};
  if (!to_lower(header.substr(0, 6)).starts_with("bytes=")) return whole;
  const std::string_view range = trim_blanks(header.substr(6));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.contains(',')) return whole;
  std::int64_t first = 0;
  std::int64_t last = size - 1;
  if (dash == 0) { // `-500`: the last 500 bytes
    std::int64_t suffix = 0;
    if (!read_number(range.substr(1), suffix)) return whole;
    if (suffix == 0 || size == 0) return nothing;
    first = std::max<std::int64_t>(0, size - suffix);
  } else {
    if (!read_number(range.substr(0, dash), first)) return whole;
    if (dash + 1 < range.size()) {
      if (!read_number(range.substr(dash + 1), last) || last < first) return whole;
    }
    if (first >= size) return nothing;
    last = std::min(last, size - 1);
  }
  return {.kind = ByteRange::Kind::part, .first = first, .length = last - first + 1};
}

bool accepts_encoding(std::string_view accept_encoding, std::string_view coding) {
  for (const std::string_view item : split_list(accept_encoding)) {
    if (to_lower(before_semicolon(item)) == coding) return quality(item) > 0;
  }
  return false;
}

} // namespace mv::http
