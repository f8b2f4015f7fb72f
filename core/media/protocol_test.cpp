#include "core/media/protocol.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mv::media {
namespace {

AnswerMessage honest_answer() {
  AnswerMessage answer;
  Decoded& decoded = answer.decoded;
  decoded.width = 4000;
  decoded.height = 3000;
  decoded.thumbhash = "HhgKLZpwdndwd3d3h2iHd6CRCveH";
  decoded.complete = true;
  decoded.derivatives = {{.size = 256, .width = 256, .height = 192, .path = {}}};
  answer.files = {"not really WebP"};
  Metadata& data = decoded.metadata;
  data.captured = CapturedAt{
      .local = {2019, 7, 14, 15, 30, 0, 57, Precision::second}, .offset_minutes = 180, .source = "Exif", .weak = false};
  data.place = GeoPoint{.latitude = 59.9, .longitude = 30.3, .altitude_m = 12.0};
  data.camera.make = "Canon";
  data.camera.aperture = 5.6;
  data.camera.iso = 1000;
  data.title = "Белые ночи";
  data.keywords = {"Бабушка", "summer"};
  data.rating = 4;
  data.orientation = 6;
  data.panorama = true;
  return answer;
}

TEST(Protocol, BringsAnAnswerAcross) {
  const auto received = decode_answer(encode(honest_answer()));
  ASSERT_TRUE(received);
  EXPECT_EQ(received->decoded.width, 4000);
  EXPECT_EQ(received->decoded.metadata.captured->local.millisecond, 57);
  EXPECT_EQ(received->decoded.metadata.captured->offset_minutes, 180);
  EXPECT_EQ(received->decoded.metadata.place->altitude_m, 12.0);
  EXPECT_EQ(received->decoded.metadata.camera.iso, 1000);
  EXPECT_EQ(received->decoded.metadata.keywords, (std::vector<std::string>{"Бабушка", "summer"}));
  EXPECT_TRUE(received->decoded.metadata.panorama);
  EXPECT_EQ(received->files, std::vector<std::string>{"not really WebP"});
}

TEST(Protocol, BringsAJobAcross) {
  const auto received = decode_job(encode(JobMessage{DecodeStep::full, "image/heic", true, 500}));
  ASSERT_TRUE(received);
  EXPECT_EQ(received->step, DecodeStep::full);
  EXPECT_EQ(received->mime_type, "image/heic");
  EXPECT_EQ(received->max_pixels, 500);
}

TEST(Protocol, RefusesEveryTruncation) {
  const std::string body = encode(honest_answer());
  for (std::size_t length = 0; length < body.size(); ++length) {
    EXPECT_FALSE(decode_answer(std::string_view(body).substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_answer(body + "x"));
}

TEST(Protocol, RefusesWhatAnHonestChildNeverSays) {
  const auto refuses = [](auto change) {
    AnswerMessage answer = honest_answer();
    change(answer);
    return !decode_answer(encode(answer));
  };
  EXPECT_TRUE(refuses([](AnswerMessage& a) { a.decoded.reason = "media.<script>"; }));
  EXPECT_TRUE(refuses([](AnswerMessage& a) { a.decoded.width = -1; }));
  EXPECT_TRUE(refuses([](AnswerMessage& a) { a.decoded.metadata.title = "\xff"; }));
  EXPECT_TRUE(refuses([](AnswerMessage& a) { a.decoded.metadata.title = std::string(5000, 'x'); }));
  EXPECT_TRUE(refuses([](AnswerMessage& a) { a.decoded.metadata.captured->local.month = 13; }));
  EXPECT_TRUE(
      refuses([](AnswerMessage& a) { a.decoded.metadata.place->latitude = std::numeric_limits<double>::quiet_NaN(); }));
  EXPECT_TRUE(refuses([](AnswerMessage& a) { a.decoded.derivatives[0].size = 255; }));
  EXPECT_TRUE(refuses([](AnswerMessage& a) { a.files.clear(); }));
}

} // namespace
} // namespace mv::media
