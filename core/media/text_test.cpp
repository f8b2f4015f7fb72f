#include "core/media/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace mv::media {
namespace {

TEST(CleanText, KeepsGoodTextAsItIs) {
  EXPECT_EQ(clean_text("Бабушка и Anna, 1975 🌻", 100), "Бабушка и Anna, 1975 🌻");
}

TEST(CleanText, ReadsRussianOfOldPrograms) {
  EXPECT_EQ(clean_text("\xc4\xe0\xf7\xe0 1975", 100), "Дача 1975");
  EXPECT_EQ(clean_text("\xb8\xeb\xea\xe0", 100), "ёлка");
}

TEST(CleanText, ReadsWesternTextOfOldPrograms) {
  EXPECT_EQ(clean_text("Gr\xfc\xdf"
                       "e aus K\xf6ln \x80",
                       100),
            "Grüße aus Köln €");
  EXPECT_EQ(clean_text("Caf\xe9", 100), "Café");
}

TEST(CleanText, CutsAtTheFirstNulAndDropsControls) {
  EXPECT_EQ(clean_text(std::string_view("good\0evil", 9), 100), "good");
  EXPECT_EQ(clean_text("a\x01"
                       "b\x7f"
                       "c\xe2\x80\xae"
                       "d",
                       100),
            "abcd"); // the last one turns the direction of text
}

TEST(CleanText, KeepsLinesOnlyWhereTheyAreWanted) {
  EXPECT_EQ(clean_text(" one\r\ntwo\rthree \n ", 100, Lines::many), "one\ntwo\nthree");
  EXPECT_EQ(clean_text("one\r\ntwo", 100), "one two");
}

TEST(CleanText, CountsCharactersAndNotBytes) {
  EXPECT_EQ(clean_text("абвгд", 3), "абв");
  EXPECT_EQ(clean_text("абвгд", 0), "");
}

TEST(CleanText, ForgivesACharacterCutInHalfAtTheEnd) { EXPECT_EQ(clean_text("Берлин\xd0", 100), "Берлин"); }

TEST(FromUtf16, ReadsPairsAndReplacesHalves) {
  const std::array<unsigned char, 10> text = {0x14, 0x04, 0x3c, 0xd8, 0x3b, 0xdf, 0x3c, 0xd8, 0x41, 0x00};
  EXPECT_EQ(from_utf16le(text),
            "Д🌻\xef\xbf\xbd"
            "A");
}

} // namespace
} // namespace mv::media
