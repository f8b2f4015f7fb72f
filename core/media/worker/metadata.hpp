#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/media/decoded.hpp"

namespace mv::media {

/// Makes Exiv2 ready: once, before the first `read_metadata` and before the process is shut in.
void prepare_metadata();

/// EXIF, IPTC and XMP of a picture in memory, of whatever type Exiv2 knows. Never fails: what is damaged is absent.
/// `now_ms` (UTC milliseconds since the Unix epoch) decides which dates lie in the future.
[[nodiscard]] Metadata read_metadata(std::span<const std::byte> file, std::int64_t now_ms);

/// What an XMP sidecar says of the picture beside which it was made; UTF-8 or little-endian UTF-16. Never fails: what
/// is damaged, or larger than 4 MiB, is absent.
[[nodiscard]] Metadata read_sidecar(std::span<const std::byte> file, std::int64_t now_ms);

} // namespace mv::media
