#include "core/adapters/s3/sign.hpp"

#include <gtest/gtest.h>

namespace mv::s3 {
namespace {

// The example of "Authenticating Requests: Using Query Parameters" in Amazon's reference of S3.
TEST(SignTest, GivesTheSignatureOfThePublishedExample) {
  const Secret secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  const std::string url = presigned_url({.method = "GET",
                                         .scheme = "https",
                                         .host = "examplebucket.s3.amazonaws.com",
                                         .path = "/test.txt",
                                         .region = "us-east-1",
                                         .access_key_id = "AKIAIOSFODNN7EXAMPLE",
                                         .secret_access_key = secret,
                                         .now = 1'369'353'600'000,
                                         .lasts = kDay});
  EXPECT_EQ(url,
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SignTest, EncodesPathsAndQueries) {
  EXPECT_EQ(encode_path("/bucket/a b/ж~_-."), "/bucket/a%20b/%D0%B6~_-.");
  EXPECT_EQ(encode_query({{"b", "1"}, {"a", "x/y"}, {"a", "é"}, {"uploads", ""}}), "a=%C3%A9&a=x%2Fy&b=1&uploads=");
  EXPECT_EQ(amz_date(1'795'493'106'789), "20261124T040506Z");
}

} // namespace
} // namespace mv::s3
