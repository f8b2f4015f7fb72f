#include "core/media/worker/planar_picture.hpp"

#include <webp/encode.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/media/worker/plane_scaler.hpp"

namespace mv::media {
namespace {

Plane scaled(const Plane& plane, Sides to, double step_across, double step_down) {
  PlaneScaler scaler({.in = plane.width, .out = to.width, .step = step_across},
                     {.in = plane.height, .out = to.height, .step = step_down});
  for (int y = 0; y < plane.height; ++y)
    scaler.add_row(plane.row(y));
  return scaler.take();
}

Plane turned(const Plane& plane, const Turn& turn) {
  Plane upright = turn.swap_sides ? Plane(plane.height, plane.width) : Plane(plane.width, plane.height);
  // How far apart in the source the neighbours of the result lie.
  const std::ptrdiff_t across = turn.mirror_across ? -1 : 1;
  const std::ptrdiff_t down = static_cast<std::ptrdiff_t>(plane.width) * (turn.mirror_down ? -1 : 1);
  const std::ptrdiff_t next_sample = turn.swap_sides ? down : across;
  const std::ptrdiff_t next_row = turn.swap_sides ? across : down;
  std::ptrdiff_t start = (turn.mirror_across ? plane.width - 1 : 0);
  if (turn.mirror_down) start += static_cast<std::ptrdiff_t>(plane.height - 1) * plane.width;
  for (int y = 0; y < upright.height; ++y) {
    std::uint8_t* const row = upright.row(y);
    const std::uint8_t* const from = plane.samples.data();
    for (int x = 0; x < upright.width; ++x)
      row[x] = from[start + y * next_row + x * next_sample];
  }
  return upright;
}

/// What the encoder has written so far.
class Written {
public:
  Written() { WebPMemoryWriterInit(&writer_); }
  ~Written() { WebPMemoryWriterClear(&writer_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  [[nodiscard]] WebPMemoryWriter* writer() { return &writer_; }
  [[nodiscard]] std::string bytes() const { return {reinterpret_cast<const char*>(writer_.mem), writer_.size}; }

private:
  WebPMemoryWriter writer_{};
};

} // namespace

Sides sides_within(int width, int height, int box) {
  const double shrink = std::max(1.0, static_cast<double>(std::max(width, height)) / box);
  const auto side = [shrink](int length) { return std::max(1, static_cast<int>(std::lround(length / shrink))); };
  return {.width = side(width), .height = side(height)};
}

PlanarPicture fitted(const PlanarPicture& picture, int box) {
  const Sides to = sides_within(picture.y.width, picture.y.height, box);
  const double across = static_cast<double>(picture.y.width) / to.width;
  const double down = static_cast<double>(picture.y.height) / to.height;
  const Sides half = {.width = (to.width + 1) / 2, .height = (to.height + 1) / 2};
  return {.y = scaled(picture.y, to, across, down),
          .u = scaled(picture.u, half, across, down),
          .v = scaled(picture.v, half, across, down)};
}

Turn turn_of(int orientation) {
  switch (orientation) {
    case 2:
      return {.mirror_across = true};
    case 3:
      return {.mirror_across = true, .mirror_down = true};
    case 4:
      return {.mirror_down = true};
    case 5:
      return {.swap_sides = true};
    case 6:
      return {.mirror_down = true, .swap_sides = true};
    case 7:
      return {.mirror_across = true, .mirror_down = true, .swap_sides = true};
    case 8:
      return {.mirror_across = true, .swap_sides = true};
    default:
      return {};
  }
}

PlanarPicture turned(PlanarPicture picture, const Turn& turn) {
  if (!turn.mirror_across && !turn.mirror_down && !turn.swap_sides) return picture;
  return {.y = turned(picture.y, turn), .u = turned(picture.u, turn), .v = turned(picture.v, turn)};
}

std::string to_webp(const PlanarPicture& picture, int quality, int effort) {
  WebPConfig config;
  WebPPicture source;
  if (WebPConfigInit(&config) == 0 || WebPPictureInit(&source) == 0) return {};
  config.quality = static_cast<float>(quality);
  config.method = effort;
  source.use_argb = 0;
  source.width = picture.y.width;
  source.height = picture.y.height;
  // The encoder reads these only; what it does not own it does not free.
  source.y = const_cast<std::uint8_t*>(picture.y.samples.data());
  source.u = const_cast<std::uint8_t*>(picture.u.samples.data());
  source.v = const_cast<std::uint8_t*>(picture.v.samples.data());
  source.y_stride = picture.y.width;
  source.uv_stride = picture.u.width;
  Written written;
  source.writer = WebPMemoryWrite;
  source.custom_ptr = written.writer();
  const bool done = WebPEncode(&config, &source) != 0;
  WebPPictureFree(&source);
  return done ? written.bytes() : std::string();
}

} // namespace mv::media
