// What goes without libvips has to look as if it had gone through it: each test makes a JPEG with sides and sampling of
// its own, and compares the two.

#include "core/media/worker/planar_jpeg.hpp"

#include <gtest/gtest.h>

#include <cstdio> // jpeglib.h wants it

#include <jpeglib.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <sstream>

#include "core/media/worker/picture.hpp"
#include "core/media/worker/planar_picture.hpp"
#include "core/media/worker/vips_image.hpp"

namespace mv::media {
namespace {

struct Sampling {
  const char* name;
  int across; ///< Samples of the brightness for one of the colours.
  int down;
};
constexpr Sampling kAll[] = {{"4:2:0", 2, 2}, {"4:2:2", 2, 1}, {"4:4:0", 1, 2}, {"4:4:4", 1, 1}, {"4:1:1", 4, 1}};
constexpr Sampling kUsual = kAll[0];

enum class Kind { baseline, progressive, in_many_scans, rgb };

/// Waves of brightness and colour, different in each direction: whoever mirrors, moves or stretches them shows it. The
/// colours change as fast as half the size allows, so that half a sample beside their place is far off.
std::vector<std::uint8_t> waves(int width, int height) {
  std::vector<std::uint8_t> rgb;
  const auto level = [](double turns) { return static_cast<std::uint8_t>(128 + 90 * std::sin(turns)); };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      rgb.push_back(level(x / 9.0));
      rgb.push_back(level(y / 11.0 + x / 60.0));
      rgb.push_back(level((x + 2 * y) / 17.0));
    }
  }
  return rgb;
}

/// A scan for each coefficient of each component: far more than any camera writes.
std::vector<jpeg_scan_info> many_scans() {
  std::vector<jpeg_scan_info> scans = {{3, {0, 1, 2}, 0, 0, 0, 0}};
  for (int component = 0; component < 3; ++component) {
    for (int coefficient = 1; coefficient < DCTSIZE2; ++coefficient)
      scans.push_back({1, {component}, coefficient, coefficient, 0, 0});
  }
  return scans;
}

std::string jpeg_of(int width, int height, Sampling sampling, Kind kind = Kind::baseline) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &bytes, &size);
  encoder.image_width = static_cast<JDIMENSION>(width);
  encoder.image_height = static_cast<JDIMENSION>(height);
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  if (kind == Kind::rgb) jpeg_set_colorspace(&encoder, JCS_RGB);
  jpeg_set_quality(&encoder, 95, TRUE);
  encoder.comp_info[0].h_samp_factor = sampling.across;
  encoder.comp_info[0].v_samp_factor = sampling.down;
  const auto scans = many_scans();
  if (kind == Kind::progressive) jpeg_simple_progression(&encoder);
  if (kind == Kind::in_many_scans) {
    encoder.scan_info = scans.data();
    encoder.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&encoder, TRUE);
  std::vector<std::uint8_t> rgb = waves(width, height);
  for (int y = 0; y < height; ++y) {
    JSAMPROW row = rgb.data() + std::size_t{3} * static_cast<std::size_t>(y * width);
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  std::string file(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return file;
}

std::string read_fixture(const std::string& name) {
  std::ifstream file(std::string(MEDIA_FIXTURES) + "/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<PlanarPicture> read(const std::string& file, int box, int orientation = 1) {
  return read_planar_jpeg(std::as_bytes(std::span(file)), box, orientation);
}

// At the highest quality, so that WebP adds nothing that one could see; it halves the colours of both.
constexpr int kBest = 100;

Image loaded_webp(const void* bytes, std::size_t size) {
  const Image image =
      made([&](VipsImage** out) { return vips_webpload_buffer(const_cast<void*>(bytes), size, out, nullptr); });
  return image ? Image(vips_image_copy_memory(image.get())) : Image();
}

/// The picture as a browser shows it, in RGB.
Image shown(const PlanarPicture& picture) {
  const std::string webp = to_webp(picture, kBest, 4);
  return loaded_webp(webp.data(), webp.size());
}

Image shown_by_libvips(const std::string& file, int box, int orientation) {
  const Image image = made(
      [&](VipsImage** out) { return vips_jpegload_buffer(const_cast<char*>(file.data()), file.size(), out, nullptr); });
  const Image small = made([&](VipsImage** out) {
    return vips_thumbnail_image(image.get(), out, box, "height", box, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE,
                                nullptr);
  });
  const Image tagged = made([&](VipsImage** out) { return vips_copy(small.get(), out, nullptr); });
  vips_image_set_int(tagged.get(), VIPS_META_ORIENTATION, orientation);
  const Image upright = made([&](VipsImage** out) { return vips_autorot(tagged.get(), out, nullptr); });
  void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_webpsave_buffer(upright.get(), &bytes, &size, "Q", kBest, nullptr) != 0) return Image();
  Image shown = loaded_webp(bytes, size);
  g_free(bytes);
  return shown;
}

// Both round and compress; half a sample beside its place makes more, as a test of its own shows.
constexpr double kAlike = 2.5;

/// The mean difference of their samples in levels of 255; 255 for pictures of different sizes.
double difference(const Image& one, const Image& other) {
  if (!one || !other || one.width() != other.width() || one.height() != other.height()) return 255;
  const Image apart = made([&](VipsImage** out) { return vips_subtract(one.get(), other.get(), out, nullptr); });
  const Image sizes = made([&](VipsImage** out) { return vips_abs(apart.get(), out, nullptr); });
  double mean = 255;
  return vips_avg(sizes.get(), &mean, nullptr) == 0 ? mean : 255;
}

double difference_from_libvips(const std::string& file, int box, int orientation = 1) {
  const auto picture = read(file, box, orientation);
  return picture ? difference(shown(*picture), shown_by_libvips(file, box, orientation)) : 255;
}

class PlanarJpegTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    const auto ready = prepare_pictures("planar_jpeg_test");
    ASSERT_TRUE(ready) << ready.error();
  }
};

TEST_F(PlanarJpegTest, LooksAsThroughLibvipsInEverySampling) {
  for (const Sampling sampling : kAll) {
    for (const auto& [width, height] : {std::pair{320, 240}, std::pair{321, 239}, std::pair{403, 150}}) {
      const std::string file = jpeg_of(width, height, sampling);
      for (const int box : {1000, 320, 211, 128})
        EXPECT_LT(difference_from_libvips(file, box), kAlike)
            << sampling.name << " " << width << "x" << height << " in " << box;
    }
  }
}

TEST_F(PlanarJpegTest, LooksAsThroughLibvipsInEveryOrientation) {
  for (const auto& [width, height] : {std::pair{320, 240}, std::pair{317, 241}}) {
    const std::string file = jpeg_of(width, height, kUsual);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      for (const int box : {1000, 211})
        EXPECT_LT(difference_from_libvips(file, box, orientation), kAlike)
            << orientation << " of " << width << " in " << box;
    }
  }
}

TEST_F(PlanarJpegTest, LooksAsThroughLibvipsWhenProgressive) {
  EXPECT_LT(difference_from_libvips(jpeg_of(321, 239, kUsual, Kind::progressive), 150), kAlike);
}

TEST_F(PlanarJpegTest, ShowsHalfASampleBesideItsPlace) {
  // That the tests above would see it.
  const std::string file = jpeg_of(320, 240, kUsual);
  auto picture = read(file, 1000);
  ASSERT_TRUE(picture);
  for (Plane* plane : {&picture->u, &picture->v}) {
    for (int y = 0; y < plane->height; ++y) {
      for (int x = 0; x + 1 < plane->width; ++x)
        plane->row(y)[x] = static_cast<std::uint8_t>((plane->row(y)[x] + plane->row(y)[x + 1]) / 2);
    }
  }
  EXPECT_GT(difference(shown(*picture), shown_by_libvips(file, 1000, 1)), 1.25 * kAlike);
}

TEST_F(PlanarJpegTest, FitsItAgainAsLibvipsDoes) {
  const std::string file = jpeg_of(643, 481, kUsual);
  const auto large = read(file, 401);
  ASSERT_TRUE(large);
  EXPECT_EQ(large->y.width, 401);
  EXPECT_EQ(large->y.height, 300);
  EXPECT_EQ(large->u.width, 201);
  const PlanarPicture small = fitted(*large, 200);
  EXPECT_LT(difference(shown(small), shown_by_libvips(file, 200, 1)), kAlike);
}

TEST_F(PlanarJpegTest, KeepsAPixelOfTheNarrowest) {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{3000, 1}, std::pair{1, 3000}, std::pair{9, 2}}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const auto picture = read(jpeg_of(width, height, kUsual), 100, orientation);
      ASSERT_TRUE(picture) << width << "x" << height;
      EXPECT_GE(std::min(picture->y.width, picture->y.height), 1);
      EXPECT_EQ(picture->longest_side(), std::min(100, std::max(width, height)));
      EXPECT_FALSE(to_webp(*picture, 80, 1).empty());
    }
  }
}

TEST_F(PlanarJpegTest, LeavesOtherColoursToLibvips) {
  for (const char* const name : {"grey.jpg", "cmyk.jpg", "scene.png", "nonsense.jpg", "empty.jpg"})
    EXPECT_FALSE(read(read_fixture(name), 100)) << name;
  EXPECT_FALSE(read(jpeg_of(64, 64, {"RGB", 1, 1}, Kind::rgb), 100));
}

TEST_F(PlanarJpegTest, RefusesEveryTruncation) {
  for (const Kind kind : {Kind::baseline, Kind::progressive}) {
    const std::string file = jpeg_of(160, 120, kUsual, kind);
    ASSERT_TRUE(read(file, 100));
    for (std::size_t length = 0; length < file.size() - 1; length += 97)
      EXPECT_FALSE(read(file.substr(0, length), 100)) << length << " of " << file.size();
  }
}

TEST_F(PlanarJpegTest, LeavesDamageToLibvips) {
  // A marker that does not belong there. libjpeg warns, goes on with grey, and comes to a whole picture.
  std::string file = jpeg_of(160, 120, kUsual);
  file.replace(file.size() / 2, 2, "\xff\xd0");
  EXPECT_FALSE(read(file, 100));
}

TEST_F(PlanarJpegTest, RefusesScansWithoutEnd) {
  EXPECT_FALSE(read(jpeg_of(64, 64, kUsual, Kind::in_many_scans), 100));
}

TEST_F(PlanarJpegTest, SurvivesDamageAnywhere) {
  const std::string file = jpeg_of(160, 120, kUsual);
  for (std::size_t at = 2; at < file.size(); at += 13) {
    for (const char damage : {'\x00', '\x7f', '\xff'}) {
      std::string damaged = file;
      damaged[at] = damage;
      const auto picture = read(damaged, 100);
      if (!picture) continue;
      EXPECT_EQ(picture->y.samples.size(), static_cast<std::size_t>(picture->y.width * picture->y.height));
    }
  }
}

} // namespace
} // namespace mv::media
