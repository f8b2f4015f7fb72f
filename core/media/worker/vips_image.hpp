#pragma once

#include <vips/vips.h>

#include <string>
#include <utility>

namespace mv::media {

/// A libvips image that is let go of by itself. Empty after a failure; the reason lies in libvips' error buffer.
class Image {
public:
  Image() = default;
  explicit Image(VipsImage* taken) : image_(taken) {}
  ~Image() {
    if (image_ != nullptr) g_object_unref(image_);
  }
  Image(Image&& other) noexcept : image_(std::exchange(other.image_, nullptr)) {}
  Image& operator=(Image&& other) noexcept {
    std::swap(image_, other.image_);
    return *this;
  }
  explicit operator bool() const { return image_ != nullptr; }
  [[nodiscard]] VipsImage* get() const { return image_; }
  [[nodiscard]] int width() const { return vips_image_get_width(image_); }
  [[nodiscard]] int height() const { return vips_image_get_height(image_); }

private:
  VipsImage* image_ = nullptr;
};

/// `made([&](VipsImage** out) { return vips_copy(in, out, nullptr); })`
template <typename Operation>
Image made(Operation operation) {
  VipsImage* out = nullptr;
  if (operation(&out) != 0) return Image();
  return Image(out);
}

/// What libvips said last, taken out of its buffer.
inline std::string take_vips_error() {
  std::string text = vips_error_buffer();
  vips_error_clear();
  return text;
}

} // namespace mv::media
