#include "core/adapters/curl/public_address.hpp"

#include <gtest/gtest.h>

namespace mv::curl {
namespace {

TEST(PublicAddressTest, KnowsThePublicInternet) {
  for (const char* const host :
       {"93.184.215.14", "8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "192.167.1.1",
        "198.17.255.255", "223.255.255.255", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "[2a00:1450::1]", "example.org",
        "localhost.example.org"})
    EXPECT_TRUE(may_be_public(host)) << host;
}

TEST(PublicAddressTest, KnowsEveryRangeThatIsNot) {
  for (const char* const host : {"0.0.0.0",
                                 "10.0.0.1",
                                 "100.64.0.1",
                                 "127.0.0.1",
                                 "127.255.255.254",
                                 "169.254.169.254",
                                 "172.16.0.1",
                                 "172.31.255.255",
                                 "192.0.0.170",
                                 "192.0.2.1",
                                 "192.88.99.1",
                                 "192.168.1.1",
                                 "198.18.0.1",
                                 "198.19.255.255",
                                 "198.51.100.1",
                                 "203.0.113.9",
                                 "224.0.0.1",
                                 "240.0.0.1",
                                 "255.255.255.255",
                                 "::",
                                 "::1",
                                 "[::1]",
                                 "::ffff:10.0.0.1",
                                 "::ffff:8.8.8.8",
                                 "64:ff9b::a00:1",
                                 "64:ff9b:1::1",
                                 "100::1",
                                 "2001::1",
                                 "2001:db8::1",
                                 "2002:a00:1::",
                                 "3fff::1",
                                 "fc00::1",
                                 "fd00:ec2::254",
                                 "fe80::1",
                                 "fec0::1",
                                 "ff02::1",
                                 "localhost",
                                 "printer.localhost"})
    EXPECT_FALSE(may_be_public(host)) << host;
}

} // namespace
} // namespace mv::curl
