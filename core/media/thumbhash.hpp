#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace mv::media {

/// The ThumbHash of a picture (Evan Wallace's published format, https://evanw.github.io/thumbhash/), as base64: some 25
/// bytes from which a client draws a blurred likeness and the shape before any thumbnail arrives.
/// `rgba` has 4 * width * height bytes, not premultiplied; both sides 1 to 100 pixels. Empty when that is not so.
[[nodiscard]] std::string thumbhash(std::size_t width, std::size_t height, std::span<const std::uint8_t> rgba);

} // namespace mv::media
