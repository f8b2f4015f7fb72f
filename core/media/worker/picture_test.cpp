#include "core/media/worker/picture.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "core/media/worker/metadata.hpp"
#include "core/media/worker/vips_image.hpp"

namespace mv::media {
namespace {

constexpr std::int64_t kMaxPixels = 500'000'000;
constexpr std::int64_t kNow = 1'795'500'000'000;

std::string read_fixture(const std::string& name) {
  std::ifstream file(std::string(MEDIA_FIXTURES) + "/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Picture make(const std::string& bytes, std::string_view mime_type, DecodeStep step = DecodeStep::quick) {
  const auto file = std::as_bytes(std::span(bytes));
  return make_previews({.file = file,
                        .mime_type = mime_type,
                        .step = step,
                        .max_pixels = kMaxPixels,
                        .orientation = read_metadata(file, kNow).orientation});
}

/// The colour at a place of a WebP, as a word where it is one of the fixtures' four.
std::string colour_at(const std::string& webp, double across, double down) {
  const Image image = made(
      [&](VipsImage** out) { return vips_webpload_buffer(const_cast<char*>(webp.data()), webp.size(), out, nullptr); });
  if (!image) return "unreadable";
  double* values = nullptr;
  int bands = 0;
  const int x = static_cast<int>(across * image.width());
  const int y = static_cast<int>(down * image.height());
  if (vips_getpoint(image.get(), &values, &bands, x, y, nullptr) != 0) return "unreadable";
  const double r = values[0];
  const double g = bands >= 3 ? values[1] : r;
  const double b = bands >= 3 ? values[2] : r;
  g_free(values);
  if (r > 150 && g > 150 && b < 110) return "yellow";
  if (r > 150 && g < 110 && b < 110) return "red";
  if (g > 100 && r < 110 && b < 110) return "green";
  if (b > 110 && r < 110 && g < 110) return "blue";
  return "other";
}

std::string corners_of(const Picture& picture) {
  if (picture.files.empty()) return "none: " + picture.cause;
  const std::string& webp = picture.files.back();
  return colour_at(webp, 0.25, 0.25) + " " + colour_at(webp, 0.75, 0.25) + " " + colour_at(webp, 0.25, 0.75) + " " +
         colour_at(webp, 0.75, 0.75);
}

constexpr auto kUpright = "red green blue yellow";

class PictureTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    const auto ready = prepare_pictures("picture_test");
    ASSERT_TRUE(ready) << ready.error();
    prepare_metadata();
  }
};

TEST_F(PictureTest, TurnsAllEightOrientationsUpright) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Picture picture = make(read_fixture("orientation-" + std::to_string(orientation) + ".jpg"), "image/jpeg");
    EXPECT_EQ(corners_of(picture), kUpright) << orientation;
    EXPECT_EQ(picture.width, 64) << orientation;
    EXPECT_EQ(picture.height, 48) << orientation;
  }
}

TEST_F(PictureTest, TurnsTheLargeSizesUprightAsWell) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const Picture picture =
        make(read_fixture("orientation-" + std::to_string(orientation) + ".jpg"), "image/jpeg", DecodeStep::full);
    EXPECT_EQ(picture.reason, "") << picture.cause;
    ASSERT_EQ(picture.files.size(), 2U) << orientation;
    EXPECT_EQ(corners_of(picture), kUpright) << orientation;
    EXPECT_EQ(picture.derivatives[1].width, 64) << orientation;
    EXPECT_EQ(picture.derivatives[1].height, 48) << orientation;
  }
}

TEST_F(PictureTest, SaysOfDamageTheSameAtBothSteps) {
  const std::string whole = read_fixture("scene.jpg");
  for (std::size_t at = 2; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const Picture quick = make(damaged, "image/jpeg");
    const Picture full = make(damaged, "image/jpeg", DecodeStep::full);
    EXPECT_EQ(full.reason, quick.reason) << at << ": " << quick.cause << " / " << full.cause;
    EXPECT_EQ(full.width, quick.width) << at;
    EXPECT_EQ(full.files.empty(), quick.files.empty()) << at;
  }
}

TEST_F(PictureTest, BringsWideColoursToThoseOfTheWebAtBothSteps) {
  const std::string scene = read_fixture("scene.jpg");
  const Image plain = made([&](VipsImage** out) {
    return vips_jpegload_buffer(const_cast<char*>(scene.data()), scene.size(), out, nullptr);
  });
  void* bytes = nullptr;
  std::size_t length = 0;
  // The same numbers, but they mean the larger space of phones now.
  ASSERT_EQ(vips_jpegsave_buffer(plain.get(), &bytes, &length, "profile", "p3", "Q", 95, nullptr), 0)
      << take_vips_error();
  const std::string wide(static_cast<char*>(bytes), length);
  g_free(bytes);
  EXPECT_EQ(make(wide, "image/jpeg", DecodeStep::full).files[1], make(wide, "image/jpeg").files[1]);
}

TEST_F(PictureTest, ReadsEveryFormat) {
  const std::vector<std::pair<std::string, std::string>> formats = {
      {"scene.jpg", "image/jpeg"},   {"scene.png", "image/png"}, {"scene.webp", "image/webp"},
      {"scene.tif", "image/tiff"},   {"scene.jxl", "image/jxl"}, {"scene.heic", "image/heic"},
      {"scene.avif", "image/avif"},  {"deep.png", "image/png"},  {"cmyk.jpg", "image/jpeg"},
      {"animated.gif", "image/gif"}, {"scene.bmp", "image/bmp"}};
  for (const auto& [name, mime_type] : formats) {
    const Picture picture = make(read_fixture(name), mime_type);
    EXPECT_EQ(picture.reason, "") << name << ": " << picture.cause;
    EXPECT_EQ(corners_of(picture), kUpright) << name;
    EXPECT_EQ(picture.width, 64) << name;
    EXPECT_EQ(picture.height, 48) << name; // of one frame, not of the strip
    EXPECT_FALSE(picture.thumbhash.empty()) << name;
    EXPECT_TRUE(picture.complete) << name;
  }
}

TEST_F(PictureTest, TurnsAHeicByExifOnlyWhereTheContainerDoesNot) {
  const Picture picture = make(read_fixture("exif-turned.heic"), "image/heic");
  EXPECT_EQ(corners_of(picture), kUpright);
  EXPECT_EQ(picture.width, 64);
}

TEST_F(PictureTest, KeepsTransparency) {
  const Picture picture = make(read_fixture("alpha.png"), "image/png");
  ASSERT_FALSE(picture.files.empty());
  const std::string& webp = picture.files.back();
  const Image image = made(
      [&](VipsImage** out) { return vips_webpload_buffer(const_cast<char*>(webp.data()), webp.size(), out, nullptr); });
  EXPECT_TRUE(vips_image_hasalpha(image.get()));
}

TEST_F(PictureTest, LeavesNoMetadataInPreviews) {
  const Picture picture = make(read_fixture("metadata.jpg"), "image/jpeg");
  for (const std::string& webp : picture.files) {
    EXPECT_EQ(webp.find("EXIF"), std::string::npos);
    EXPECT_EQ(webp.find("Canon"), std::string::npos);
    EXPECT_EQ(webp.find("ICCP"), std::string::npos);
  }
}

TEST_F(PictureTest, RefusesByTheHeaderWhatIsTooBig) {
  const Picture picture = make(read_fixture("bomb.png"), "image/png");
  EXPECT_EQ(picture.reason, "media.too-big");
  EXPECT_TRUE(picture.files.empty());
}

TEST_F(PictureTest, SurvivesEveryTruncation) {
  for (const std::string name :
       {"scene.jpg", "scene.png", "scene.webp", "scene.tif", "scene.jxl", "scene.heic", "scene.avif", "animated.gif"}) {
    const std::string whole = read_fixture(name);
    std::string mime_type = "image/" + name.substr(name.find('.') + 1);
    if (mime_type == "image/jpg") mime_type = "image/jpeg";
    if (mime_type == "image/tif") mime_type = "image/tiff";
    for (std::size_t length = 1; length < whole.size(); length += whole.size() / 16) {
      const Picture picture = make(whole.substr(0, length), mime_type);
      // The first of three frames may be whole.
      if (length < whole.size() / 2 && mime_type != "image/gif") {
        EXPECT_NE(picture.reason, "") << name << " cut to " << length;
      }
    }
  }
}

} // namespace
} // namespace mv::media
