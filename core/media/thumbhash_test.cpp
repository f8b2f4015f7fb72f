#include "core/media/thumbhash.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mv::media {
namespace {

using Pixels = std::vector<std::uint8_t>;

// The expected hashes come from the reference implementation, given the same pixels. These have no symmetry: a term of
// exactly nothing lies on the border between two values, where the order of additions decides.

TEST(ThumbHash, AgreesWithTheReferenceOnAnOpaqueLandscape) {
  Pixels pixels;
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      for (const int value : {(x * x + 3 * y) % 256, y * 5, (x * y) % 256, 255})
        pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  EXPECT_EQ(thumbhash(64, 48, pixels), "HQgKLZZmZmZwd3d2h2iHd5qAevd3");
}

TEST(ThumbHash, AgreesWithTheReferenceOnATransparentPicture) {
  Pixels pixels;
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      for (const int value : {(x * x + 3 * y) % 256, y * 5, (x * y) % 256, (x * x * y) % 256})
        pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  EXPECT_EQ(thumbhash(64, 48, pixels), "HxiGFIoHd3dwd4d3lwmpd38nIwJnR4ZxBw==");
}

TEST(ThumbHash, AgreesWithTheReferenceOnAPortrait) {
  Pixels pixels;
  for (int y = 0; y < 90; ++y) {
    for (int x = 0; x < 30; ++x) {
      for (const int value : {(y * y + x) % 256, x * 8, (x * y) % 256, 255})
        pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  EXPECT_EQ(thumbhash(30, 90, pixels), "HPgJIhhgdmd3dYdmsJr5d2c=");
}

TEST(ThumbHash, HasNoHashForWhatIsNoPicture) {
  EXPECT_EQ(thumbhash(0, 4, {}), "");
  EXPECT_EQ(thumbhash(101, 1, Pixels(404)), "");
  EXPECT_EQ(thumbhash(2, 2, Pixels(15)), "");
}

TEST(ThumbHash, TakesOnePixel) { EXPECT_FALSE(thumbhash(1, 1, Pixels{10, 20, 30, 255}).empty()); }

} // namespace
} // namespace mv::media
