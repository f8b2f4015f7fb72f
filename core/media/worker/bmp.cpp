#include "core/media/worker/bmp.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>

namespace mv::media {
namespace {

constexpr std::size_t kFileHeader = 14;
constexpr std::uint32_t kOldHeader = 12;

std::uint32_t number(std::span<const std::byte> bytes, std::size_t offset, std::size_t length) {
  if (offset + length > bytes.size()) return 0;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < length; ++i)
    value |= std::to_integer<std::uint32_t>(bytes[offset + i]) << (8 * i);
  return value;
}

/// The part of `pixel` under `mask`, stretched to 8 bits.
std::uint8_t channel(std::uint32_t pixel, std::uint32_t mask) {
  if (mask == 0) return 0;
  const std::uint64_t top = mask >> std::countr_zero(mask);
  const std::uint64_t value = (pixel & mask) >> std::countr_zero(mask);
  return static_cast<std::uint8_t>(value * 255 / top);
}

} // namespace

std::optional<BmpHeader> read_bmp_header(std::span<const std::byte> file) {
  if (file.size() < kFileHeader + kOldHeader || number(file, 0, 2) != 0x4d42) return std::nullopt;
  BmpHeader header;
  header.pixels = number(file, 10, 4);
  const std::uint32_t size = number(file, 14, 4);
  std::uint32_t compression = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  if (size == kOldHeader) {
    width = number(file, 18, 2);
    height = number(file, 20, 2);
    header.bits = static_cast<int>(number(file, 24, 2));
    header.colour_size = 3;
  } else if (size >= 40) {
    width = static_cast<std::int32_t>(number(file, 18, 4));
    height = static_cast<std::int32_t>(number(file, 22, 4));
    header.bits = static_cast<int>(number(file, 28, 2));
    compression = number(file, 30, 4);
    header.colours = number(file, 46, 4);
  } else {
    return std::nullopt;
  }
  header.top_down = height < 0;
  height = std::abs(height);
  constexpr std::int64_t kMaxSide = 1'000'000;
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) return std::nullopt;
  header.width = static_cast<int>(width);
  header.height = static_cast<int>(height);

  constexpr std::uint32_t kPlain = 0;
  constexpr std::uint32_t kBitFields = 3;
  constexpr std::uint32_t kAlphaBitFields = 6;
  const bool fields = compression == kBitFields || compression == kAlphaBitFields;
  switch (header.bits) {
    case 1:
    case 4:
    case 8:
    case 24:
      if (compression != kPlain) return std::nullopt;
      break;
    case 16:
    case 32:
      if (compression != kPlain && !fields) return std::nullopt;
      break;
    default:
      return std::nullopt;
  }
  if (fields) {
    for (std::size_t i = 0; i < 3; ++i)
      header.masks[i] = number(file, 54 + 4 * i, 4);
  } else {
    constexpr std::uint32_t kShort[3] = {0x7c00, 0x03e0, 0x001f};
    constexpr std::uint32_t kLong[3] = {0x00ff0000, 0x0000ff00, 0x000000ff};
    std::copy_n(header.bits == 16 ? kShort : kLong, 3, header.masks);
  }
  header.palette = kFileHeader + size;
  const std::size_t most = header.bits <= 8 ? std::size_t{1} << header.bits : 0;
  header.colours = header.colours == 0 ? most : std::min(header.colours, most);
  header.stride = (static_cast<std::size_t>(width) * static_cast<std::size_t>(header.bits) + 31) / 32 * 4;
  return header;
}

std::vector<std::uint8_t> read_bmp_pixels(std::span<const std::byte> file, const BmpHeader& header, bool& whole) {
  const auto width = static_cast<std::size_t>(header.width);
  const auto height = static_cast<std::size_t>(header.height);
  const auto bits = static_cast<std::size_t>(header.bits);
  std::vector<std::uint8_t> pixels(width * height * 3);
  whole = true;
  for (std::size_t row = 0; row < height; ++row) {
    const std::size_t start = header.pixels + row * header.stride;
    if (start + header.stride > file.size()) {
      // Some programs leave the padding of the last row away.
      if (start + (width * bits + 7) / 8 > file.size()) {
        whole = false;
        break;
      }
    }
    std::uint8_t* to = &pixels[(header.top_down ? row : height - 1 - row) * width * 3];
    for (std::size_t x = 0; x < width; ++x, to += 3) {
      if (bits == 24) {
        for (std::size_t c = 0; c < 3; ++c)
          to[c] = std::to_integer<std::uint8_t>(file[start + 3 * x + 2 - c]);
      } else if (bits > 8) {
        const std::uint32_t pixel = number(file, start + x * bits / 8, bits / 8);
        for (std::size_t c = 0; c < 3; ++c)
          to[c] = channel(pixel, header.masks[c]);
      } else {
        const auto byte = std::to_integer<std::uint32_t>(file[start + x * bits / 8]);
        const std::size_t index = (byte >> (8 - bits - x * bits % 8)) & ((1U << bits) - 1);
        const std::size_t colour = header.palette + index * header.colour_size;
        if (index >= header.colours || colour + 3 > file.size()) continue;
        for (std::size_t c = 0; c < 3; ++c)
          to[c] = std::to_integer<std::uint8_t>(file[colour + 2 - c]);
      }
    }
  }
  return pixels;
}

} // namespace mv::media
