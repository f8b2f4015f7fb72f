#pragma once

// Windows bitmaps, as old scanners wrote them; libvips reads these only through a library that we do not let near files
// from outside.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mv::media {

/// Where the parts of a bitmap lie.
struct BmpHeader {
  int width = 0;
  int height = 0;
  bool top_down = false;       ///< The first row is the uppermost one; else the lowest.
  int bits = 0;                ///< Of one pixel: 1, 4, 8, 16, 24 or 32.
  std::size_t palette = 0;     ///< Offset of the colours, for up to 8 bits.
  std::size_t colours = 0;     ///< How many of them.
  std::size_t colour_size = 4; ///< Bytes of each.
  std::size_t pixels = 0;      ///< Offset of the first row.
  std::size_t stride = 0;      ///< Bytes from row to row.
  std::uint32_t masks[3] = {}; ///< Of red, green and blue, for 16 and 32 bits.
};

/// Nothing when it is no bitmap, or one that is compressed.
[[nodiscard]] std::optional<BmpHeader> read_bmp_header(std::span<const std::byte> file);

/// 3 bytes RGB for each pixel, upright. `whole` turns false when rows are missing at the end; those stay black.
[[nodiscard]] std::vector<std::uint8_t> read_bmp_pixels(std::span<const std::byte> file, const BmpHeader& header,
                                                        bool& whole);

} // namespace mv::media
