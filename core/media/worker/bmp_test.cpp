#include "core/media/worker/bmp.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mv::media {
namespace {

using std::string_literals::operator""s;

std::string little(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

/// A bitmap of `width` times `height` pixels with `extra` (colours or masks) between the header and the rows.
std::string bitmap(std::int32_t width, std::int32_t height, std::uint32_t bits, std::uint32_t compression,
                   const std::string& extra, const std::string& rows) {
  const auto start = static_cast<std::uint32_t>(54 + extra.size());
  return "BM" + little(0, 8) + little(start, 4) + little(40, 4) + little(static_cast<std::uint32_t>(width), 4) +
         little(static_cast<std::uint32_t>(height), 4) + little(1, 2) + little(bits, 2) + little(compression, 4) +
         std::string(20, '\0') + extra + rows;
}

std::vector<std::uint8_t> pixels_of(const std::string& bytes, bool& whole) {
  const auto file = std::as_bytes(std::span(bytes));
  const auto header = read_bmp_header(file);
  if (!header) return {};
  return read_bmp_pixels(file, *header, whole);
}

using Pixels = std::vector<std::uint8_t>;

TEST(Bmp, ReadsRowsFromBelowAndFromAbove) {
  bool whole = false;
  const std::string rows = "\1\2\3\0"s + "\4\5\6\0"s;
  EXPECT_EQ(pixels_of(bitmap(1, 2, 24, 0, "", rows), whole), (Pixels{6, 5, 4, 3, 2, 1}));
  EXPECT_TRUE(whole);
  EXPECT_EQ(pixels_of(bitmap(1, -2, 24, 0, "", rows), whole), (Pixels{3, 2, 1, 6, 5, 4}));
}

TEST(Bmp, ReadsPalettes) {
  bool whole = false;
  const std::string palette = "\x0a\x14\x1e\0\x28\x32\x3c\0"s;
  EXPECT_EQ(pixels_of(bitmap(3, 1, 1, 0, palette, "\x40\0\0\0"s), whole), (Pixels{30, 20, 10, 60, 50, 40, 30, 20, 10}));
  EXPECT_EQ(pixels_of(bitmap(2, 1, 4, 0, palette + std::string(56, '\0'), "\x10\0\0\0"s), whole),
            (Pixels{60, 50, 40, 30, 20, 10}));
}

TEST(Bmp, ReadsSixteenBitsWithMasks) {
  bool whole = false;
  const std::string masks = little(0xf800, 4) + little(0x07e0, 4) + little(0x001f, 4);
  EXPECT_EQ(pixels_of(bitmap(1, 1, 16, 3, masks, "\x00\xf8\0\0"s), whole), (Pixels{255, 0, 0}));
}

TEST(Bmp, KeepsWhatIsThereOfACutFile) {
  bool whole = true;
  EXPECT_EQ(pixels_of(bitmap(1, -2, 24, 0, "", "\1\2\3\0"s), whole), (Pixels{3, 2, 1, 0, 0, 0}));
  EXPECT_FALSE(whole);
}

TEST(Bmp, RefusesWhatItDoesNotRead) {
  bool whole = false;
  EXPECT_TRUE(pixels_of(bitmap(1, 1, 8, 1, "", "\1\1\0\1"s), whole).empty()); // run-length coded
  EXPECT_TRUE(pixels_of(bitmap(0, 1, 24, 0, "", ""), whole).empty());
  EXPECT_TRUE(pixels_of(bitmap(INT32_MIN, 1, 24, 0, "", ""), whole).empty());
  EXPECT_TRUE(pixels_of(bitmap(1, 1, 7, 0, "", ""), whole).empty());
  EXPECT_TRUE(pixels_of("BM", whole).empty());
}

} // namespace
} // namespace mv::media
