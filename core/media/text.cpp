#include "core/media/text.hpp"

#include <array>
#include <cstdint>

#include "core/base/encoding.hpp"

namespace mv::media {
namespace {

constexpr char32_t kReplacement = 0xfffd;

void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

/// One code point from the front of `bytes`, removed from there; kReplacement and one byte where it is malformed.
char32_t take(std::string_view& bytes, bool& good) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = at(0);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  good = lead < 0x80 || (lead >= 0xc2 && lead <= 0xf4 && bytes.size() >= length);
  char32_t c = length == 1 ? lead : static_cast<char32_t>(lead & (0xff >> (length + 1)));
  for (std::size_t i = 1; good && i < length; ++i) {
    good = (at(i) & 0xc0) == 0x80;
    c = (c << 6) | (at(i) & 0x3f);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  good = good && c >= kSmallest[length] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
  bytes.remove_prefix(good ? length : 1);
  return good ? c : kReplacement;
}

/// CP1252 above 0x7f where it differs from Latin-1.
constexpr std::array<char16_t, 32> kWestern = {0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                               0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
                                               0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                               0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178};

/// CP1251 from 0x80 to 0xbf; from 0xc0 on its letters follow each other as Unicode's do.
constexpr std::array<char16_t, 64> kCyrillic = {
    0x0402, 0x0403, 0x201a, 0x0453, 0x201e, 0x2026, 0x2020, 0x2021, 0x20ac, 0x2030, 0x0409, 0x2039, 0x040a,
    0x040c, 0x040b, 0x040f, 0x0452, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0xfffd, 0x2122,
    0x0459, 0x203a, 0x045a, 0x045c, 0x045b, 0x045f, 0x00a0, 0x040e, 0x045e, 0x0408, 0x00a4, 0x0490, 0x00a6,
    0x00a7, 0x0401, 0x00a9, 0x0404, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x0407, 0x00b0, 0x00b1, 0x0406, 0x0456,
    0x0491, 0x00b5, 0x00b6, 0x00b7, 0x0451, 0x2116, 0x0454, 0x00bb, 0x0458, 0x0405, 0x0455, 0x0457};

/// Cyrillic words are high bytes side by side; in western text the accented letters stand alone among plain ones.
bool looks_cyrillic(std::string_view bytes) {
  std::size_t high = 0;
  std::size_t paired = 0;
  bool before = false;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool letter = byte >= 0xc0 || byte == 0xa8 || byte == 0xb8;
    high += letter ? 1 : 0;
    paired += letter && before ? 1 : 0;
    before = letter;
  }
  return paired * 2 >= high && paired > 0;
}

std::string to_utf8(std::string_view bytes) {
  const bool cyrillic = looks_cyrillic(bytes);
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x80) {
      out += c;
    } else if (cyrillic) {
      append(out, byte >= 0xc0 ? static_cast<char32_t>(0x410 + byte - 0xc0) : kCyrillic[byte - 0x80U]);
    } else {
      append(out, byte < 0xa0 ? kWestern[byte - 0x80U] : byte);
    }
  }
  return out;
}

/// Controls, and the marks that turn the direction of what is written after them: neither is text.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0xfeff || c == 0xfffe || c == 0xffff;
}

} // namespace

std::string clean_text(std::string_view bytes, std::size_t max_characters, Lines lines) {
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) bytes = bytes.substr(0, nul);
  // No more is ever kept than this, so a tag of megabytes costs little.
  std::string guessed;
  if (!is_utf8(bytes)) {
    // A valid beginning that was cut inside its last character is UTF-8 all the same.
    std::string_view beginning = bytes;
    for (int i = 0; i < 3 && !beginning.empty() && !is_utf8(beginning); ++i)
      beginning.remove_suffix(1);
    const bool cut = is_utf8(beginning) && !beginning.empty() && beginning.size() + 3 >= bytes.size() &&
                     static_cast<std::uint8_t>(beginning.back()) >= 0x80;
    guessed = cut ? std::string(beginning) : to_utf8(bytes);
    bytes = guessed;
  }

  std::string out;
  std::size_t count = 0;
  std::size_t kept_until = 0; // white space at the end is dropped by cutting back to here
  bool good = true;
  while (!bytes.empty() && count < max_characters) {
    char32_t c = take(bytes, good);
    if (c == '\r') {
      if (!bytes.empty() && bytes.front() == '\n') continue;
      c = '\n';
    }
    if (c == '\t' || (c == '\n' && lines == Lines::one)) c = ' ';
    if (c != '\n' && is_control(c)) continue;
    const bool space = c == ' ' || c == '\n' || c == 0xa0;
    if (space && out.empty()) continue;
    append(out, c);
    ++count;
    if (!space) kept_until = out.size();
  }
  out.resize(kept_until);
  return out;
}

std::string from_utf16le(std::span<const unsigned char> bytes) {
  std::string out;
  const auto unit = [&](std::size_t i) { return static_cast<char32_t>(bytes[i] | (bytes[i + 1] << 8)); };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit(i);
    if (c == 0) break;
    if (c >= 0xd800 && c <= 0xdbff && i + 3 < bytes.size() && unit(i + 2) >= 0xdc00 && unit(i + 2) <= 0xdfff) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit(i + 2) - 0xdc00);
      i += 2;
    } else if (c >= 0xd800 && c <= 0xdfff) {
      c = kReplacement;
    }
    append(out, c);
  }
  return out;
}

} // namespace mv::media
