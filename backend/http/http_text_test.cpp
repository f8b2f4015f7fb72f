#include "backend/http/http_text.hpp"

#include <gtest/gtest.h>

namespace mv::http {
namespace {

TEST(HttpText, ChoosesTheLikedLanguage) {
  EXPECT_EQ(choose_locale(""), "en");
  EXPECT_EQ(choose_locale("ru"), "ru");
  EXPECT_EQ(choose_locale("en-GB,en;q=0.9,ru;q=0.8"), "en");
  EXPECT_EQ(choose_locale("de, ru;q=0.3, en;q=0.2"), "ru");
  EXPECT_EQ(choose_locale("ru;q=nonsense, en;q=0.1"), "en");
}

TEST(HttpText, ReadsParametersOfHeaders) {
  EXPECT_EQ(media_type("Multipart/Form-Data ; boundary=x"), "multipart/form-data");
  EXPECT_EQ(header_parameter(R"(form-data; name="a;b"; filename="c\"d")", "name"), "a;b");
  EXPECT_EQ(header_parameter(R"(form-data; name="a;b"; filename="c\"d")", "filename"), "c\"d");
  EXPECT_EQ(header_parameter(R"(form-data; filename*=utf-8''%D1%91.jpg)", "filename*"), "ё.jpg");
  EXPECT_EQ(header_parameter(R"(form-data; filename*=koi8-r''%D1)", "filename*"), std::nullopt);
  EXPECT_EQ(header_parameter("form-data; name", "name"), std::nullopt);
  EXPECT_EQ(header_parameter("form-data; name=\"open", "name"), "open");
}

TEST(HttpText, NeverLetsAFileNameBreakItsHeader) {
  EXPECT_EQ(content_disposition(true, ""), "attachment");
  EXPECT_EQ(content_disposition(false, "a.jpg"), "inline; filename=\"a.jpg\"");
  const std::string wild = content_disposition(true, "a\r\nX: y\"\\%.jpg");
  EXPECT_EQ(wild.find_first_of("\r\n"), std::string::npos);
}

TEST(HttpText, ComparesTagsWeakly) {
  EXPECT_TRUE(etag_listed("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(etag_listed("*", "\"b\""));
  EXPECT_FALSE(etag_listed("\"a\"", "\"b\""));
  EXPECT_FALSE(etag_listed("", "\"b\""));
}

TEST(HttpText, ReadsWhatAClientAccepts) {
  EXPECT_TRUE(accepts_encoding("gzip, BR", "br"));
  EXPECT_FALSE(accepts_encoding("gzip, br;q=0", "br"));
  EXPECT_FALSE(accepts_encoding("", "gzip"));
}

TEST(HttpText, GivesAnEmptyFileNoRange) {
  EXPECT_EQ(read_range("bytes=0-0", 0).kind, ByteRange::Kind::unsatisfiable);
  EXPECT_EQ(read_range("", 0).kind, ByteRange::Kind::whole);
}

} // namespace
} // namespace mv::http
