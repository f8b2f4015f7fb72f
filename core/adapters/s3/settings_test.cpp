#include "core/adapters/s3/settings.hpp"

#include <gtest/gtest.h>

namespace mv::s3 {
namespace {

std::string mistake(std::string_view url) {
  const auto read = read_url(url);
  return read ? "none" : read.error().cause;
}

TEST(S3SettingsTest, ReadsAnAddress) {
  const auto read = read_url("s3://family/photos/all?endpoint=http://127.0.0.1:7480&region=eu-north-1");
  ASSERT_TRUE(read) << read.error().cause;
  EXPECT_EQ(read->bucket, "family");
  EXPECT_EQ(read->prefix, "photos/all/");
  EXPECT_EQ(read->endpoint.scheme, "http");
  EXPECT_EQ(read->endpoint.host, "127.0.0.1:7480");
  EXPECT_EQ(read->public_endpoint.host, "127.0.0.1:7480");
  EXPECT_EQ(read->region, "eu-north-1");
  EXPECT_FALSE(read->virtual_host) << "stores of one's own have no name for each bucket";
}

TEST(S3SettingsTest, KnowsWhereAmazonIs) {
  const auto read = read_url("s3://family?region=eu-north-1");
  ASSERT_TRUE(read) << read.error().cause;
  EXPECT_EQ(read->endpoint.scheme + "://" + read->endpoint.host, "https://s3.eu-north-1.amazonaws.com");
  EXPECT_TRUE(read->virtual_host);
  EXPECT_EQ(read->prefix, "");
}

TEST(S3SettingsTest, TellsStyleAndPublicAddress) {
  const auto read =
      read_url("s3://family/?endpoint=http%3A%2F%2Frgw%3A7480&public=https://files.example&region=x&style=virtual");
  ASSERT_TRUE(read) << read.error().cause;
  EXPECT_TRUE(read->virtual_host);
  EXPECT_EQ(read->endpoint.host, "rgw:7480");
  EXPECT_EQ(read->public_endpoint.host, "files.example");
}

TEST(S3SettingsTest, NamesWhatIsWrong) {
  EXPECT_NE(mistake("s3://").find("bucket"), std::string::npos);
  EXPECT_NE(mistake("s3://Bad_Bucket?region=x").find("Bad_Bucket"), std::string::npos);
  EXPECT_NE(mistake("s3://family/../x?region=x").find("prefix"), std::string::npos);
  EXPECT_NE(mistake("s3://family").find("region"), std::string::npos);
  EXPECT_NE(mistake("s3://family?endpoint=ftp://x").find("endpoint"), std::string::npos);
  EXPECT_NE(mistake("s3://family?endpoint=http://a:b@x").find("endpoint"), std::string::npos);
  EXPECT_NE(mistake("s3://family?region=x&style=odd").find("style"), std::string::npos);
  EXPECT_NE(mistake("s3://family?region=x&colour=red").find("colour"), std::string::npos);
  EXPECT_NE(mistake("s3://family?region=").find("region"), std::string::npos);
  EXPECT_NE(mistake("s3://family?region=a%0Ab").find("region"), std::string::npos);
}

} // namespace
} // namespace mv::s3
