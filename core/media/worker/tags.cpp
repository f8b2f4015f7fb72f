#include "core/media/worker/tags.hpp"

#include <string_view>

namespace mv::media {

const Exiv2::Exifdatum* Tags::find_exif(const char* key) const {
  const auto found = exif.findKey(Exiv2::ExifKey(key));
  return found == exif.end() || found->count() == 0 ? nullptr : &*found;
}

const Exiv2::Xmpdatum* Tags::find_xmp(const char* key) const {
  const auto found = xmp.findKey(Exiv2::XmpKey(key));
  return found == xmp.end() || found->count() == 0 ? nullptr : &*found;
}

std::string Tags::text(const char* key) const {
  const std::string_view family = key;
  if (family.starts_with("Exif.")) {
    const auto* datum = find_exif(key);
    return datum ? datum->toString() : std::string();
  }
  if (family.starts_with("Xmp.")) {
    const auto* datum = find_xmp(key);
    return datum ? datum->toString(0) : std::string();
  }
  const auto found = iptc.findKey(Exiv2::IptcKey(key));
  return found == iptc.end() ? std::string() : found->toString();
}

std::vector<std::string> Tags::texts(const char* key) const {
  std::vector<std::string> items;
  if (std::string_view(key).starts_with("Xmp.")) {
    if (const auto* datum = find_xmp(key)) {
      for (std::size_t i = 0; i < datum->count(); ++i)
        items.push_back(datum->toString(i));
    }
    return items;
  }
  for (const auto& datum : iptc) {
    if (datum.key() == key) items.push_back(datum.toString());
  }
  return items;
}

std::optional<double> Tags::number(const char* exif_key, std::size_t index) const {
  const auto* datum = find_exif(exif_key);
  if (!datum || datum->count() <= index) return std::nullopt;
  const Exiv2::Rational value = datum->toRational(index);
  if (value.second == 0) return std::nullopt;
  // Unsigned rationals beyond 2^31 come as negative ones; no tag read here is negative.
  return static_cast<double>(static_cast<std::uint32_t>(value.first)) /
         static_cast<double>(static_cast<std::uint32_t>(value.second));
}

} // namespace mv::media
