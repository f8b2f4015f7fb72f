#include "core/adapters/s3/xml.hpp"

#include <gtest/gtest.h>

#include "core/adapters/s3/objects.hpp"

namespace mv::s3 {
namespace {

TEST(XmlTest, GivesTextsByTheirPlaces) {
  const std::string xml = R"(<?xml version="1.0"?><R xmlns="urn:x"><A><K>a &amp; b</K></A><A><K>c</K></A></R>)";
  EXPECT_EQ(xml_text(xml, "R/A/K"), "a & b");
  EXPECT_EQ(xml_text(xml, "R/B"), "");
  int ends = 0;
  EXPECT_TRUE(read_xml(xml, [&](std::string_view place, const std::string&) { ends += place == "R/A" ? 1 : 0; }));
  EXPECT_EQ(ends, 2);
}

TEST(XmlTest, RefusesWhatIsNoXmlOrWouldGrow) {
  EXPECT_FALSE(read_xml("not found", [](auto, const auto&) {}));
  EXPECT_FALSE(read_xml("<a><b></a>", [](auto, const auto&) {}));
  EXPECT_FALSE(read_xml(R"(<!DOCTYPE a [<!ENTITY x "xxxx">]><a>&x;</a>)", [](auto, const auto&) {}));
  std::string deep;
  for (int i = 0; i < 5000; ++i)
    deep += "<a>";
  EXPECT_FALSE(read_xml(deep, [](auto, const auto&) {}));
}

TEST(XmlTest, EscapesAndReadsTimes) {
  EXPECT_EQ(xml_escape(R"("<a&b>")"), "&quot;&lt;a&amp;b&gt;&quot;");
  EXPECT_EQ(read_time("2026-11-24T04:05:06.789Z"), 1'795'493'106'789);
  EXPECT_EQ(read_time("2026-11-24T04:05:06Z"), 1'795'493'106'000);
  EXPECT_EQ(read_time("yesterday"), 0);
  EXPECT_EQ(read_time("2026-02-31T04:05:06Z"), 0);
}

} // namespace
} // namespace mv::s3
