#include "core/media/worker/profile.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mv::media {
namespace {

std::uint32_t number_at(std::string_view bytes, std::size_t offset) {
  if (offset + 4 > bytes.size()) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = (value << 8) | static_cast<std::uint8_t>(bytes[offset + i]);
  return value;
}

/// The profile's name as its description tag has it: plain text in version 2, UTF-16 in version 4 (ICC.1:2022, 9.2.41).
std::string description_of(std::string_view profile) {
  constexpr std::size_t kHeader = 128;
  const std::uint32_t tags = number_at(profile, kHeader);
  for (std::uint32_t i = 0; i < tags && i < 100; ++i) {
    const std::size_t entry = kHeader + 4 + 12 * static_cast<std::size_t>(i);
    if (entry + 12 > profile.size() || profile.substr(entry, 4) != "desc") continue;
    const std::size_t offset = number_at(profile, entry + 4);
    if (offset + 28 > profile.size()) return {};
    const std::string_view tag = profile.substr(offset);
    if (tag.starts_with("desc")) return std::string(tag.substr(12, number_at(tag, 8)));
    if (!tag.starts_with("mluc")) return {};
    std::string text; // of the first language; a name of ASCII letters, so every second byte is enough
    const std::size_t start = number_at(tag, 24);
    for (std::size_t at = start; at + 1 < tag.size() && at < start + number_at(tag, 20); at += 2)
      text += tag[at + 1];
    return text;
  }
  return {};
}

} // namespace

Colours colours_of(VipsImage* image) {
  if (vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK) return Colours::managed;
  if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0) return Colours::plain;
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_image_get_blob(image, VIPS_META_ICC_NAME, &bytes, &size) != 0) return Colours::plain;
  const std::string name = description_of({static_cast<const char*>(bytes), size});
  // `c2` and `uRGB` are sRGB in few bytes, as social networks embed it.
  const bool srgb = name.starts_with("sRGB") || name.starts_with("c2") || name.starts_with("uRGB");
  return srgb && image->Bands >= 3 ? Colours::plain : Colours::managed;
}

Image without_profile(VipsImage* image) {
  Image copy = made([&](VipsImage** out) { return vips_copy(image, out, nullptr); });
  if (copy) vips_image_remove(copy.get(), VIPS_META_ICC_NAME);
  return copy;
}

} // namespace mv::media
