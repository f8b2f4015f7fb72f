#include "core/media/worker/plane_scaler.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mv::media {
namespace {

template <typename Sample>
Plane plane_of(int width, int height, Sample sample) {
  Plane plane(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x)
      plane.row(y)[x] = static_cast<std::uint8_t>(sample(x, y));
  }
  return plane;
}

Plane scale(const Plane& plane, const Axis& across, const Axis& down, const Levels& levels = {}) {
  PlaneScaler scaler(across, down, levels);
  for (int y = 0; y < plane.height; ++y)
    scaler.add_row(plane.row(y));
  return scaler.take();
}

Axis whole(int in, int out) { return {.in = in, .out = out, .step = static_cast<double>(in) / out}; }

TEST(PlaneScaler, LeavesWhatKeepsItsSizeAsItIs) {
  const Plane noise = plane_of(37, 23, [](int x, int y) { return (x * 7919 + y * 104729) % 256; });
  const Plane result = scale(noise, whole(37, 37), whole(23, 23));
  EXPECT_EQ(result.width, 37);
  EXPECT_EQ(result.height, 23);
  EXPECT_EQ(result.samples, noise.samples);
}

TEST(PlaneScaler, KeepsAnEvenPlaneEvenAtEverySize) {
  for (const int in : {1, 2, 3, 16, 33, 500}) {
    for (const int out : {1, 2, 5, 16, 17, 64}) {
      const Plane result =
          scale(plane_of(in, in, [](int, int) { return 200; }), whole(in, out), whole(in, out), {.gain = 0.5});
      EXPECT_EQ(result.samples, std::vector<std::uint8_t>(static_cast<std::size_t>(out) * out, 100))
          << in << " to " << out;
    }
  }
}

TEST(PlaneScaler, KeepsBothSidesOfASlopeWhereTheyWere) {
  const Plane across = scale(plane_of(100, 100, [](int x, int) { return 2 * x; }), whole(100, 40), whole(100, 40));
  const Plane down = scale(plane_of(100, 100, [](int, int y) { return 2 * y; }), whole(100, 40), whole(100, 40));
  for (int i = 4; i < 36; ++i) {
    // The middle of a sample of the result lies at (i + 0.5) * 2.5 - 0.5 in the source.
    EXPECT_NEAR(across.row(20)[i], 2 * ((i + 0.5) * 2.5 - 0.5), 0.6) << i;
    EXPECT_EQ(down.row(i)[20], across.row(20)[i]) << i;
  }
}

TEST(PlaneScaler, BeginsWhereItIsTold) {
  const Plane slope = plane_of(100, 4, [](int x, int) { return 2 * x; });
  const Plane result = scale(slope, {.in = 100, .out = 51, .step = 2, .start = -1}, whole(4, 4));
  for (int i = 4; i < 47; ++i)
    EXPECT_NEAR(result.row(2)[i], 2 * ((i + 0.5) * 2 - 1.5), 0.6) << i;
}

TEST(PlaneScaler, KeepsWithinAByte) {
  // The kernel swings beyond both sides of an edge.
  const Plane edge = plane_of(64, 64, [](int x, int) { return x < 32 ? 0 : 255; });
  const Plane result = scale(edge, whole(64, 40), whole(64, 40));
  for (int x = 0; x < 18; ++x)
    EXPECT_LT(result.row(20)[x], 40) << x;
  for (int x = 22; x < 40; ++x)
    EXPECT_GT(result.row(20)[x], 215) << x;
  EXPECT_EQ(std::ranges::min(result.samples), 0);
  EXPECT_EQ(std::ranges::max(result.samples), 255);
}

TEST(PlaneScaler, AveragesWhatIsTooFineToBeSeen) {
  const Plane stripes = plane_of(600, 600, [](int x, int y) { return (x + y) % 2 == 0 ? 0 : 250; });
  const Plane result = scale(stripes, whole(600, 50), whole(600, 50));
  EXPECT_GE(std::ranges::min(result.samples), 115);
  EXPECT_LE(std::ranges::max(result.samples), 135);
}

} // namespace
} // namespace mv::media
