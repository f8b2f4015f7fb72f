#include "core/media/worker/picture.hpp"

#include <libheif/heif.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "core/media/thumbhash.hpp"
#include "core/media/worker/bmp.hpp"
#include "core/media/worker/heif.hpp"
#include "core/media/worker/planar_jpeg.hpp"
#include "core/media/worker/planar_picture.hpp"
#include "core/media/worker/profile.hpp"
#include "core/media/worker/vips_image.hpp"

namespace mv::media {
namespace {

constexpr int kSmall = 256;
constexpr int kMedium = 1080;
constexpr int kLarge = 2048;

// WebP at 80 shows no artefacts in faces at these sizes. Effort 1 of 6: the next step costs a fifth more of the
// encoding for 3 % fewer bytes, and 4 doubles it for 8 % (measured on 12-megapixel photos).
constexpr int kQuality = 80;
constexpr int kEffort = 1;

/// Up to here all sizes of a JPEG are made at once: decoding all of it is as fast as an eighth of a large one.
constexpr std::int64_t kSmallPicture = 1'000'000;
/// Formats whose decoder holds the whole picture in memory, instead of a few lines of it, get a lower limit.
constexpr std::int64_t kMaxWholePixels = 256'000'000;

/// How to open the bytes.
struct Opening {
  int shrink = 1;                ///< JPEG: decode only every n-th pixel, 1, 2, 4 or 8.
  bool header_only = false;      ///< Only the size is wanted.
  bool embedded_preview = false; ///< HEIC: the small picture stored beside the large one.
  VipsFailOn fail_on = VIPS_FAIL_ON_TRUNCATED;
};

bool is_heif(std::string_view mime_type) {
  return mime_type == "image/heic" || mime_type == "image/heif" || mime_type == "image/avif";
}

/// A bitmap's header as an image without pixels yet, or all of it.
Image open_bmp(const PictureJob& job, VipsFailOn fail_on, bool header_only) {
  const auto header = read_bmp_header(job.file);
  if (!header) {
    vips_error("bmp", "not a bitmap that is read here");
    return Image();
  }
  if (header_only)
    return made([&](VipsImage** out) { return vips_black(out, header->width, header->height, "bands", 3, nullptr); });
  bool whole = true;
  const std::vector<std::uint8_t> pixels = read_bmp_pixels(job.file, *header, whole);
  if (!whole && fail_on != VIPS_FAIL_ON_NONE) {
    vips_error("bmp", "the file ends too early");
    return Image();
  }
  const Image image(vips_image_new_from_memory_copy(pixels.data(), pixels.size(), header->width, header->height, 3,
                                                    VIPS_FORMAT_UCHAR));
  return image ? made([&](VipsImage** out) {
    return vips_copy(image.get(), out, "interpretation", VIPS_INTERPRETATION_sRGB, nullptr);
  })
               : Image();
}

/// Lazy: reads the header only. The loader follows from the type, so no other code ever sees the bytes.
Image open_picture(const PictureJob& job, const Opening& how) {
  void* const bytes = const_cast<std::byte*>(job.file.data()); // libvips reads only, but says so nowhere
  const std::size_t size = job.file.size();
  const std::string_view type = job.mime_type;
  if (type == "image/bmp") return open_bmp(job, how.fail_on, how.header_only);
  return made([&](VipsImage** out) -> int {
    const auto access = VIPS_ACCESS_SEQUENTIAL;
    if (type == "image/jpeg") {
      return vips_jpegload_buffer(bytes, size, out, "shrink", how.shrink, "access", access, "fail_on", how.fail_on,
                                  nullptr);
    }
    if (type == "image/png")
      return vips_pngload_buffer(bytes, size, out, "access", access, "fail_on", how.fail_on, nullptr);
    if (type == "image/webp")
      return vips_webpload_buffer(bytes, size, out, "access", access, "fail_on", how.fail_on, nullptr);
    if (type == "image/gif")
      return vips_gifload_buffer(bytes, size, out, "access", access, "fail_on", how.fail_on, nullptr);
    if (type == "image/tiff")
      return vips_tiffload_buffer(bytes, size, out, "access", access, "fail_on", how.fail_on, nullptr);
    if (type == "image/jxl")
      return vips_jxlload_buffer(bytes, size, out, "access", access, "fail_on", how.fail_on, nullptr);
    if (is_heif(type)) {
      return vips_heifload_buffer(bytes, size, out, "thumbnail", how.embedded_preview ? TRUE : FALSE, "access", access,
                                  "fail_on", how.fail_on, nullptr);
    }
    vips_error("picture", "no loader for this type");
    return -1;
  });
}

int orientation_left(const PictureJob& job) {
  if (job.mime_type == "image/jxl") return 1; // its decoder obeys the orientation of the codestream
  if (is_heif(job.mime_type) && job.orientation != 1 && container_turns(job.file)) return 1;
  return job.orientation;
}

Image turned(const Image& image, int orientation) {
  const auto flip = [](const Image& in, VipsDirection direction) {
    return made([&](VipsImage** out) { return vips_flip(in.get(), out, direction, nullptr); });
  };
  const auto rotate = [](const Image& in, VipsAngle angle) {
    return made([&](VipsImage** out) { return vips_rot(in.get(), out, angle, nullptr); });
  };
  switch (orientation) {
    case 2:
      return flip(image, VIPS_DIRECTION_HORIZONTAL);
    case 3:
      return rotate(image, VIPS_ANGLE_D180);
    case 4:
      return flip(image, VIPS_DIRECTION_VERTICAL);
    case 6:
      return rotate(image, VIPS_ANGLE_D90);
    case 8:
      return rotate(image, VIPS_ANGLE_D270);
    case 5:
    case 7: {
      const Image straight = rotate(image, VIPS_ANGLE_D90);
      return straight ? flip(straight, orientation == 5 ? VIPS_DIRECTION_HORIZONTAL : VIPS_DIRECTION_VERTICAL)
                      : Image();
    }
    default:
      return made([&](VipsImage** out) { return vips_copy(image.get(), out, nullptr); });
  }
}

/// Fits `image` into a square box, in sRGB with 8 bits, and holds the pixels in memory. Never enlarges.
Image fitted(const Image& image, int box, Colours colours) {
  const Image small = made([&](VipsImage** out) -> int {
    if (colours == Colours::managed) {
      return vips_thumbnail_image(image.get(), out, box, "height", box, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE,
                                  "export_profile", "srgb", "intent", VIPS_INTENT_RELATIVE, nullptr);
    }
    return vips_thumbnail_image(image.get(), out, box, "height", box, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE,
                                nullptr);
  });
  if (!small) return Image();
  const Image srgb =
      made([&](VipsImage** out) { return vips_colourspace(small.get(), out, VIPS_INTERPRETATION_sRGB, nullptr); });
  if (!srgb) return Image();
  const Image bytes = made([&](VipsImage** out) { return vips_cast(srgb.get(), out, VIPS_FORMAT_UCHAR, nullptr); });
  if (!bytes) return Image();
  return Image(vips_image_copy_memory(bytes.get()));
}

std::string hash_of(const Image& image) {
  const Image tiny = fitted(image, 100, Colours::plain);
  if (!tiny) return {};
  const Image rgba = vips_image_hasalpha(tiny.get())
                         ? made([&](VipsImage** out) { return vips_copy(tiny.get(), out, nullptr); })
                         : made([&](VipsImage** out) { return vips_addalpha(tiny.get(), out, nullptr); });
  if (!rgba) return {};
  std::size_t size = 0;
  void* const pixels = vips_image_write_to_memory(rgba.get(), &size);
  if (pixels == nullptr) return {};
  const std::string hash = thumbhash(static_cast<std::size_t>(rgba.width()), static_cast<std::size_t>(rgba.height()),
                                     std::span(static_cast<const std::uint8_t*>(pixels), size));
  g_free(pixels);
  return hash;
}

bool add_preview(Picture& picture, const Image& image, int size) {
  void* bytes = nullptr;
  std::size_t length = 0;
  if (vips_webpsave_buffer(image.get(), &bytes, &length, "Q", kQuality, "effort", kEffort, "keep",
                           VIPS_FOREIGN_KEEP_NONE, nullptr) != 0) {
    return false;
  }
  picture.files.emplace_back(static_cast<const char*>(bytes), length);
  g_free(bytes);
  picture.derivatives.push_back({.size = size, .width = image.width(), .height = image.height(), .path = {}});
  return true;
}

/// The sizes, from the largest down, each made of the one before. `source` is not turned yet.
bool make_sizes(Picture& picture, const Image& source, std::span<const int> sizes, int orientation, bool with_hash) {
  const Colours colours = colours_of(source.get());
  Image current = fitted(source, sizes.front(), colours);
  if (!current && colours == Colours::managed) return false; // asked again without the profile
  if (current) current = turned(current, orientation);
  if (current) current = Image(vips_image_copy_memory(current.get()));
  if (!current) return false;
  for (const int size : sizes) {
    if (size < std::max(current.width(), current.height())) current = fitted(current, size, Colours::plain);
    if (!current || !add_preview(picture, current, size)) return false;
  }
  if (with_hash) picture.thumbhash = hash_of(current);
  return true;
}

/// The same for a JPEG in sRGB, a fifth cheaper; libvips has to be asked where it does not go.
bool make_planar_sizes(Picture& picture, const PictureJob& job, std::span<const int> sizes, int orientation) {
  std::optional<PlanarPicture> current = read_planar_jpeg(job.file, sizes.front(), orientation);
  if (!current) return false;
  for (const int size : sizes) {
    if (size < current->longest_side()) current = fitted(*current, size);
    std::string file = to_webp(*current, kQuality, kEffort);
    if (file.empty()) return false;
    picture.files.push_back(std::move(file));
    picture.derivatives.push_back({.size = size, .width = current->y.width, .height = current->y.height, .path = {}});
  }
  return true;
}

void forget_sizes(Picture& picture) {
  picture.derivatives.clear();
  picture.files.clear();
}

/// One attempt; empties what an earlier one left.
bool attempt(Picture& picture, const PictureJob& job, Opening how, std::span<const int> sizes, int orientation) {
  forget_sizes(picture);
  const bool quick = job.step == DecodeStep::quick;
  const Image source = open_picture(job, how);
  if (!source) return false;
  const Colours colours = colours_of(source.get());
  // An eighth of the pixels is soon scaled as it is, and a thumbhash wants RGB.
  if (!quick && job.mime_type == "image/jpeg" && colours == Colours::plain && how.fail_on != VIPS_FAIL_ON_NONE) {
    if (make_planar_sizes(picture, job, sizes, orientation)) return true;
    forget_sizes(picture);
  }
  if (make_sizes(picture, source, sizes, orientation, quick)) return true;
  if (colours != Colours::managed) return false;
  // A damaged colour profile must not cost the picture.
  forget_sizes(picture);
  const Image again = open_picture(job, how);
  const Image bare = again ? without_profile(again.get()) : Image();
  return bare && make_sizes(picture, bare, sizes, orientation, quick);
}

/// The preview that a phone stored in a HEIC, if it is large enough and shows the same cut.
bool has_good_preview(const PictureJob& job, int width, int height) {
  if (!is_heif(job.mime_type)) return false;
  const Image preview = open_picture(job, {.embedded_preview = true});
  if (!preview) {
    vips_error_clear();
    return false;
  }
  const bool smaller = preview.width() < width && std::max(preview.width(), preview.height()) >= kSmall;
  const double aspect = static_cast<double>(width) / height;
  const double its_aspect = static_cast<double>(preview.width()) / preview.height();
  return smaller && std::abs(its_aspect / aspect - 1) < 0.02;
}

bool is_out_of_memory(std::string_view cause) {
  return cause.find("out of memory") != std::string_view::npos ||
         cause.find("Out of memory") != std::string_view::npos ||
         cause.find("nsufficient memory") != std::string_view::npos ||
         cause.find("emory allocation") != std::string_view::npos ||
         cause.find("ecurity limit") != std::string_view::npos ||
         cause.find("oo many pixels") != std::string_view::npos ||
         cause.find("exceeds the maximum image size") != std::string_view::npos;
}

/// Whether the decoder of this file needs all its pixels at once.
bool needs_whole(const PictureJob& job, const Image& header) {
  if (job.mime_type == "image/gif" || job.mime_type == "image/webp" || job.mime_type == "image/jxl" ||
      is_heif(job.mime_type)) {
    return true;
  }
  return vips_image_get_typeof(header.get(), "interlaced") != 0; // also progressive JPEG
}

Picture refused(Picture picture, std::string_view reason, std::string cause) {
  picture.reason = is_out_of_memory(cause) ? "media.too-big" : reason;
  picture.cause = std::move(cause);
  picture.complete = true;
  return picture;
}

} // namespace

std::expected<void, std::string> prepare_pictures(const char* program) {
  if (vips_init(program) != 0) return std::unexpected(take_vips_error());
  vips_concurrency_set(1); // pictures run side by side in processes of their own
  vips_cache_set_max(0);   // no picture is asked for twice
  vips_cache_set_max_mem(0);
  vips_cache_set_max_files(0);
  const heif_error error = heif_init(nullptr);
  if (error.code != heif_error_Ok) return std::unexpected(std::string(error.message));
  return {};
}

Picture make_previews(const PictureJob& job) {
  Picture picture;
  Opening how;
  std::int64_t pixels = 0;
  {
    how.header_only = true;
    Image header = open_picture(job, how);
    if (!header) {
      how.fail_on = VIPS_FAIL_ON_NONE;
      vips_error_clear();
      header = open_picture(job, how);
    }
    how.header_only = false;
    if (!header) return refused(std::move(picture), "media.damaged", take_vips_error());
    picture.width = header.width();
    picture.height = header.height();
    pixels = static_cast<std::int64_t>(picture.width) * picture.height;
    const std::int64_t limit = needs_whole(job, header) ? std::min(job.max_pixels, kMaxWholePixels) : job.max_pixels;
    if (pixels > limit) return refused(std::move(picture), "media.too-big", "too many pixels");
  }
  const int orientation = orientation_left(job);

  // What is made now, and how little decoding it takes.
  constexpr std::array<int, 3> kAll = {kLarge, kMedium, kSmall};
  std::span<const int> sizes = kAll;
  if (job.step == DecodeStep::full) {
    sizes = sizes.first(2);
    picture.complete = true;
  } else if (job.mime_type == "image/jpeg" && pixels > kSmallPicture) {
    sizes = sizes.last(1);
    // Smaller by whole steps, but leave a quarter more than wanted for the last, finer scaling.
    const int longest = std::max(picture.width, picture.height);
    while (how.shrink < 8 && longest / (how.shrink * 2) >= kSmall * 5 / 4)
      how.shrink *= 2;
  } else if (has_good_preview(job, picture.width, picture.height)) {
    sizes = sizes.last(1);
    how.embedded_preview = true;
  } else {
    picture.complete = true;
  }

  bool whole = how.fail_on != VIPS_FAIL_ON_NONE;
  bool done = attempt(picture, job, how, sizes, orientation);
  if (!done && how.embedded_preview) {
    how.embedded_preview = false;
    sizes = kAll;
    picture.complete = true;
    vips_error_clear();
    done = attempt(picture, job, how, sizes, orientation);
  }
  std::string cause = take_vips_error();
  if (!done && whole) {
    // Half a photo of a wedding is worth more than none: show what is left, and still say that it is damaged.
    whole = false;
    how.fail_on = VIPS_FAIL_ON_NONE;
    done = attempt(picture, job, how, sizes, orientation);
    vips_error_clear();
  }
  if (!done) {
    forget_sizes(picture);
    picture.thumbhash.clear();
  }
  if (orientation >= 5) std::swap(picture.width, picture.height);
  if (!done || !whole) return refused(std::move(picture), "media.damaged", std::move(cause));
  return picture;
}

} // namespace mv::media
