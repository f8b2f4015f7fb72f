#include "core/base/encoding.hpp"

#include <gtest/gtest.h>

namespace mv {
namespace {

using namespace std::string_view_literals;

TEST(EncodingTest, GoesThereAndBack) {
  for (std::size_t size = 0; size < 70; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<char>(i * 37));
    EXPECT_EQ(hex_decode(hex_encode(bytes)), bytes);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
    EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
  }
}

TEST(EncodingTest, WritesTheKnownForms) {
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
  EXPECT_EQ(hex_encode("\x01\xab"sv), "01ab");
  EXPECT_EQ(percent_encode("a b/ж"), "a%20b%2F%D0%B6");
}

TEST(EncodingTest, RefusesMalformedText) {
  EXPECT_FALSE(hex_decode("abc"));
  EXPECT_FALSE(hex_decode("zz"));
  EXPECT_FALSE(base64_decode("Zm8"));
  EXPECT_FALSE(base64_decode("Zm8=x"));
  EXPECT_FALSE(base64_decode("Zm 8="));
  EXPECT_FALSE(base64url_decode("a+b/"));
  EXPECT_FALSE(percent_decode("%"));
  EXPECT_FALSE(percent_decode("a%2"));
  EXPECT_FALSE(percent_decode("%zz"));
  EXPECT_EQ(percent_decode("%41"), "A");
}

TEST(EncodingTest, TellsWellFormedUtf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Бабушка 😀 é"));
  EXPECT_TRUE(is_utf8("a\0b"sv));
  EXPECT_FALSE(is_utf8("\x80"));
  EXPECT_FALSE(is_utf8("\xc0\xaf"));         // overlong
  EXPECT_FALSE(is_utf8("\xe0\x80\xaf"));     // overlong
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));     // surrogate
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80")); // over U+10FFFF
  EXPECT_FALSE(is_utf8("\xd0"));             // cut short
  EXPECT_FALSE(is_utf8("\xf0\x9f\x98"));
}

TEST(EncodingTest, RepairsWhatIsNot) {
  EXPECT_EQ(repair_utf8("a\xff"
                        "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(repair_utf8("ж"), "ж");
  EXPECT_TRUE(is_utf8(repair_utf8("\xf0\x9f\x98")));
}

TEST(EncodingTest, CountsCodePointsAndFindsNul) {
  EXPECT_EQ(utf8_length("жук"), 3U);
  EXPECT_TRUE(contains_nul("a\0"sv));
  EXPECT_FALSE(contains_nul("a"));
}

} // namespace
} // namespace mv
