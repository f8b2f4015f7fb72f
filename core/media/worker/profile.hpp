#pragma once

#include "core/media/worker/vips_image.hpp"

namespace mv::media {

/// How a picture's colours become sRGB.
enum class Colours {
  plain,   ///< They are sRGB (or grey) already, or nothing says what they are.
  managed, ///< Through the embedded profile; for CMYK through a common one where none is embedded.
};

/// Most photos embed sRGB itself; converting those would cost a third of the time for nothing.
[[nodiscard]] Colours colours_of(VipsImage* image);

/// The same picture with its colour profile forgotten; empty on failure.
[[nodiscard]] Image without_profile(VipsImage* image);

} // namespace mv::media
