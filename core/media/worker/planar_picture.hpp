#pragma once

#include <string>

#include "core/media/worker/plane.hpp"

namespace mv::media {

/// The sides of a picture of that size within a square box. Never enlarges.
struct Sides {
  int width = 0;
  int height = 0;
};
[[nodiscard]] Sides sides_within(int width, int height, int box);

/// Fits the picture into a square box. Never enlarges.
[[nodiscard]] PlanarPicture fitted(const PlanarPicture& picture, int box);

/// What an EXIF orientation (1 to 8) does to a picture on the way to the upright one: mirrors its sides, then swaps
/// them.
struct Turn {
  bool mirror_across = false;
  bool mirror_down = false;
  bool swap_sides = false;
};
[[nodiscard]] Turn turn_of(int orientation);

/// The picture upright. Where a mirrored side is odd, its colours have to begin half a sample earlier already.
[[nodiscard]] PlanarPicture turned(PlanarPicture picture, const Turn& turn);

/// A lossy WebP without metadata: `quality` 0 to 100, `effort` 0 to 6. Empty when memory runs out.
[[nodiscard]] std::string to_webp(const PlanarPicture& picture, int quality, int effort);

} // namespace mv::media
