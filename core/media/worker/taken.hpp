#pragma once

#include <cstdint>
#include <optional>

#include "core/media/decoded.hpp"
#include "core/media/worker/tags.hpp"

namespace mv::media {

/// When the picture was taken. EXIF's original date comes first, then XMP's and IPTC's, then when it was digitised,
/// then GPS; implausible dates are passed over.
[[nodiscard]] std::optional<CapturedAt> taken_at(const Tags& tags, std::int64_t now_ms);

/// Where it was taken; nothing for 0/0, for what is out of range, and where the hemisphere is not said.
[[nodiscard]] std::optional<GeoPoint> taken_where(const Tags& tags);

} // namespace mv::media
