#pragma once

// What only libheif tells of a HEIC, HEIF or AVIF file.

#include <cstddef>
#include <span>
#include <vector>

namespace mv::media {

/// Whether the container turns or mirrors its picture: then the decoder has done it, and EXIF only repeats it. A few
/// programs write the EXIF orientation alone, and only their pictures still need it. True when it cannot be told.
[[nodiscard]] bool container_turns(std::span<const std::byte> file);

/// The EXIF block from its TIFF header on; empty when there is none or this is no such file. For layouts that Exiv2
/// passes over.
[[nodiscard]] std::vector<unsigned char> heif_exif(std::span<const std::byte> file);

} // namespace mv::media
