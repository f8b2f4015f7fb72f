#include "core/media/worker/metadata.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace mv::media {
namespace {

constexpr std::int64_t kNow = 1'795'500'000'000; // 2026-11-24

Metadata of(const std::string& name) {
  prepare_metadata();
  std::ifstream file(std::string(MEDIA_FIXTURES) + "/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  const std::string bytes = text.str();
  return read_metadata(std::as_bytes(std::span(bytes)), kNow);
}

TEST(ReadMetadata, ReadsWhatACameraAndAPersonWrote) {
  const Metadata data = of("metadata.jpg");
  ASSERT_TRUE(data.captured);
  EXPECT_EQ(data.captured->local, (WallTime{2019, 7, 14, 15, 30, 0, 57, Precision::second}));
  EXPECT_EQ(data.captured->offset_minutes, 180);
  EXPECT_EQ(data.captured->source, "Exif.Photo.DateTimeOriginal");
  EXPECT_FALSE(data.captured->weak);
  ASSERT_TRUE(data.place);
  EXPECT_NEAR(data.place->latitude, 59.9386, 1e-4);
  EXPECT_NEAR(data.place->longitude, 30.3141, 1e-4);
  EXPECT_EQ(data.place->altitude_m, 12);
  EXPECT_EQ(data.camera.make, "Canon");
  EXPECT_EQ(data.camera.model, "Canon EOS 6D");
  EXPECT_EQ(data.camera.lens, "EF24-105mm f/4L IS USM");
  EXPECT_EQ(data.camera.exposure, "1/250");
  EXPECT_NEAR(*data.camera.aperture, 5.6, 0.01);
  EXPECT_EQ(data.camera.iso, 1000);
  EXPECT_EQ(data.title, "Белые ночи");
  EXPECT_EQ(data.description, "Бабушка и Anna на набережной"); // and not the camera's own advertisement
  EXPECT_EQ(data.keywords, (std::vector<std::string>{"Бабушка", "Петербург", "summer"}));
  EXPECT_EQ(data.rating, 4);
}

TEST(ReadMetadata, FindsTheZoneByTheGpsClock) {
  const Metadata data = of("gps-clock.jpg");
  ASSERT_TRUE(data.captured);
  EXPECT_EQ(data.captured->offset_minutes, 180);
}

TEST(ReadMetadata, TakesZeroZeroForNoPlace) { EXPECT_FALSE(of("gps-clock.jpg").place); }

TEST(ReadMetadata, DoesNotFileAScanUnderTheDayOfScanning) { EXPECT_FALSE(of("scan.jpg").captured); }

TEST(ReadMetadata, PassesOverDatesThatAreNone) { EXPECT_FALSE(of("absurd-dates.jpg").captured); }

TEST(ReadMetadata, ReadsOldRussianText) { EXPECT_EQ(of("cp1251.jpg").description, "Дача 1975"); }

TEST(ReadMetadata, KnowsAPanorama) {
  EXPECT_TRUE(of("panorama.jpg").panorama);
  EXPECT_FALSE(of("scene.jpg").panorama);
}

TEST(ReadMetadata, HasNothingToSayOfNonsense) {
  for (const auto name : {"empty.jpg", "nonsense.jpg", "bomb.png", "truncated.png"}) {
    const Metadata data = of(name);
    EXPECT_FALSE(data.captured) << name;
    EXPECT_EQ(data.orientation, 1) << name;
  }
}

constexpr std::string_view kSidecar =
    "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='3' "
    "xmp:CreateDate='2000-09-27T14:35:33+02:00'/></rdf:RDF></x:xmpmeta>";

TEST(ReadSidecar, ReadsTheDateOfThePictureBesideIt) {
  prepare_metadata();
  const Metadata data = read_sidecar(std::as_bytes(std::span(kSidecar)), kNow);
  ASSERT_TRUE(data.captured);
  EXPECT_EQ(data.captured->local.year, 2000);
  EXPECT_EQ(data.captured->offset_minutes, 120);
  EXPECT_EQ(data.rating, 3);
}

TEST(ReadSidecar, ReadsUtf16AsSomeProgramsWriteIt) {
  prepare_metadata();
  std::string wide = "\xff\xfe";
  for (const char c : kSidecar) {
    wide += c;
    wide += '\0';
  }
  EXPECT_TRUE(read_sidecar(std::as_bytes(std::span(wide)), kNow).captured);
}

TEST(ReadSidecar, TakesWhatIsNoPacketForNothing) {
  prepare_metadata();
  for (const std::string_view text : {"", "\xff\xfe", "<x:xmpmeta", "no XML at all", "<a/>"}) {
    EXPECT_FALSE(read_sidecar(std::as_bytes(std::span(text)), kNow).captured) << text;
  }
}

} // namespace
} // namespace mv::media
