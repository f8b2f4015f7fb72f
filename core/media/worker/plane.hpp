#pragma once

// A picture as JPEG and lossy WebP hold it: brightness, and two differences of colour at half its size.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mv::media {

/// One channel, a byte a sample, rows without gaps from the top down.
struct Plane {
  Plane() = default;
  Plane(int its_width, int its_height)
      : width(its_width),
        height(its_height),
        samples(static_cast<std::size_t>(its_width) * static_cast<std::size_t>(its_height)) {}
  [[nodiscard]] std::uint8_t* row(int y) { return samples.data() + offset_of(y); }
  [[nodiscard]] const std::uint8_t* row(int y) const { return samples.data() + offset_of(y); }

  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> samples;

private:
  [[nodiscard]] std::size_t offset_of(int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
  }
};

/// Y'CbCr of ITU-R BT.601 in WebP's ranges: 16 to 235 for the brightness, 16 to 240 for the colours. A sample of `u`
/// and `v` stands for two by two of `y`, and for less at the right and lower edges where a side is odd.
struct PlanarPicture {
  Plane y;
  Plane u;
  Plane v;
  [[nodiscard]] int longest_side() const { return std::max(y.width, y.height); }
};

} // namespace mv::media
