#include "core/base/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace mv {
namespace {

TEST(TextTest, FoldsLatinAndCyrillicAlike) {
  EXPECT_EQ(fold_case("ЁЛКА"), fold_case("ёлка"));
  EXPECT_EQ(fold_case("STRASSE"), fold_case("straße"));
  // A composed letter and a letter with a combining mark are the same to a reader.
  EXPECT_EQ(fold_case("й"), fold_case("и\u0306"));
}

TEST(TextTest, SqueezesEveryKindOfWhiteSpace) {
  EXPECT_EQ(squeeze("  \u00a0на\t\n море \u2003"), "на море");
  EXPECT_EQ(squeeze(" \t "), "");
}

TEST(TextTest, TrimsOnlyTheEnds) { EXPECT_EQ(trim("\n первая\n\nвторая \u00a0"), "первая\n\nвторая"); }

TEST(TextTest, CountsCharactersNotBytes) {
  EXPECT_EQ(length("дача"), 4U);
  EXPECT_EQ(length("\xff\xfe"), 2U);
}

TEST(TextTest, FindsControlCharacters) {
  EXPECT_TRUE(has_control("a\x01"));
  EXPECT_TRUE(has_control("две\nстроки"));
  EXPECT_FALSE(has_control("две\nстроки", true));
  EXPECT_TRUE(has_control(std::string_view("a\0b", 3), true));
  EXPECT_TRUE(has_control("\u0085"));
}

TEST(TextTest, FindsWhatAMisspeltWordMeant) {
  constexpr std::array<std::string_view, 4> kWords{"list_index", "list_trash", "insert_event", "lists"};
  EXPECT_EQ(closest("list_indx", kWords), "list_index");
  EXPECT_EQ(closest("insertevent", kWords), "insert_event");
  EXPECT_EQ(closest("list", kWords), "lists");
  EXPECT_EQ(closest("", kWords), "lists") << "the shortest";
  constexpr std::array<std::string_view, 3> kPorts{"MV_LOG", "MV_API_PORT", "MV_REALTIME_PORT"};
  EXPECT_EQ(closest("MV_PORT", kPorts), "MV_API_PORT");
  EXPECT_EQ(closest("list_indx", {}), "");
}

} // namespace
} // namespace mv
