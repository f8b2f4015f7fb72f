#pragma once

// Previews of one picture in memory, by libvips, or by libjpeg and libwebp where they do (planar_jpeg.hpp). The only
// header of ours that its users need; the libraries stay behind it.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/media/decoded.hpp"
#include "core/media/media_process.hpp"

namespace mv::media {

/// What to make of which bytes.
struct PictureJob {
  std::span<const std::byte> file;
  std::string_view mime_type; ///< Decides the loader: no other one ever sees the bytes.
  DecodeStep step = DecodeStep::quick;
  std::int64_t max_pixels = 0;
  int orientation = 1; ///< As recorded in the metadata; passed over where the container has turned the picture itself.
};

struct Picture {
  std::string reason; ///< As in Decoded.
  std::string cause;
  int width = 0; ///< As displayed; 0 when not even the header could be read.
  int height = 0;
  std::string thumbhash; ///< Of `quick` only.
  std::vector<Derivative> derivatives;
  std::vector<std::string> files; ///< WebP, one for each derivative.
  bool complete = false;
};

/// Starts libvips and loads the plug-ins of its decoders. Once, on the main thread, before the process is shut in.
[[nodiscard]] std::expected<void, std::string> prepare_pictures(const char* program);

/// Decodes once and makes every size that the step wants from it. Throws std::bad_alloc when memory runs out.
[[nodiscard]] Picture make_previews(const PictureJob& job);

} // namespace mv::media
