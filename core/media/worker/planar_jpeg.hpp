#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "core/media/worker/plane.hpp"

namespace mv::media {

/// A JPEG as cameras write it, Y'CbCr of 8 bits, fitted into a square box and upright by its EXIF `orientation` (1 to
/// 8). It is decoded, scaled and turned as it is stored; that it never becomes RGB spares a fifth of a preview's time.
/// Colour profiles are not looked at.
///
/// Nothing for any other file, and none that libjpeg has a warning about: libvips is asked then, and alone says what is
/// wrong. Throws std::bad_alloc when memory runs out.
[[nodiscard]] std::optional<PlanarPicture> read_planar_jpeg(std::span<const std::byte> file, int box, int orientation);

} // namespace mv::media
