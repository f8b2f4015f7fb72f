#pragma once

// Reading of single tags out of Exiv2's containers, with everything absent that is not sensible.

#include <cstddef>
#include <exiv2/exiv2.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mv::media {

/// What Exiv2 read of one file; a part that was damaged is empty.
struct Tags {
  Exiv2::ExifData exif;
  Exiv2::IptcData iptc;
  Exiv2::XmpData xmp;

  [[nodiscard]] const Exiv2::Exifdatum* find_exif(const char* key) const;
  [[nodiscard]] const Exiv2::Xmpdatum* find_xmp(const char* key) const;

  /// The raw text of `Exif.…`, `Iptc.…` or `Xmp.…`, neither cleaned nor converted; "" where there is none. Of a text in
  /// several languages, the default one.
  [[nodiscard]] std::string text(const char* key) const;
  /// All items of an array, or all tags of that name.
  [[nodiscard]] std::vector<std::string> texts(const char* key) const;
  /// A finite number; nothing for 0/0 and its kin.
  [[nodiscard]] std::optional<double> number(const char* exif_key, std::size_t index = 0) const;
};

} // namespace mv::media
