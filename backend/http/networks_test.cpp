#include "backend/http/networks.hpp"

#include <gtest/gtest.h>

namespace mv::http {
namespace {

Networks of(std::initializer_list<std::string_view> texts) {
  Networks networks;
  for (const std::string_view text : texts)
    EXPECT_TRUE(networks.add(text)) << text;
  return networks;
}

TEST(NetworksTest, HoldsSingleAddressesAndWholeNetworks) {
  const Networks networks = of({"127.0.0.1", "172.16.0.0/12", "fd00::/8", "::1"});
  for (const auto* inside : {"127.0.0.1", "172.16.0.1", "172.31.255.255", "fdab::7", "::1", "::ffff:172.20.1.2"})
    EXPECT_TRUE(networks.contains(inside)) << inside;
  for (const auto* outside :
       {"127.0.0.2", "172.15.255.255", "172.32.0.0", "fe80::1", "::2", "", "unknown", "172.16.0.1:80"})
    EXPECT_FALSE(networks.contains(outside)) << outside;
}

TEST(NetworksTest, TakesANetworkOfEverybodyOnlyOfItsOwnKind) {
  EXPECT_TRUE(of({"0.0.0.0/0"}).contains("8.8.8.8"));
  EXPECT_FALSE(of({"0.0.0.0/0"}).contains("2001:db8::1"));
}

TEST(NetworksTest, RefusesWhatIsNoNetwork) {
  Networks networks;
  for (const auto* text :
       {"", "gateway", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::/129", "1.2.3.4/8x"})
    EXPECT_FALSE(networks.add(text)) << text;
}

} // namespace
} // namespace mv::http
