#include <gtest/gtest.h>

#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"

namespace mv::rabbitmq {
namespace {

TEST(BrokerAddressTest, ReadsUrls) {
  const auto plain = parse_address("amqp://anna:p%40ss@broker.lan:5673/home");
  ASSERT_TRUE(plain.has_value());
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->host, "broker.lan");
  EXPECT_EQ(plain->port, 5673);
  EXPECT_EQ(plain->user, "anna");
  EXPECT_EQ(plain->password.reveal(), "p@ss");
  EXPECT_EQ(plain->virtual_host, "home");
  EXPECT_EQ(plain->shown(), "amqp://anna@broker.lan:5673/home");
  const auto tls = parse_address("amqps://broker.lan?ca=/etc/my%20ca.pem");
  ASSERT_TRUE(tls.has_value());
  EXPECT_TRUE(tls->tls);
  EXPECT_EQ(tls->port, 5671);
  EXPECT_EQ(tls->ca_file, "/etc/my ca.pem");
  EXPECT_EQ(tls->virtual_host, "/");
  EXPECT_EQ(tls->shown(), "amqps://guest@broker.lan:5671");
}

TEST(BrokerAddressTest, RefusesOthersWithoutShowingThePassword) {
  for (const std::string url : {"", "redis://x", "amqp://user:hunter2@host:port", "amqp://user:hunter2@",
                                "amqp://h?ca=/x", "amqps://user:hunter2@h?verify=no", "amqps://h?ca="}) {
    const auto address = parse_address(url);
    ASSERT_FALSE(address.has_value()) << url;
    EXPECT_EQ(address.error().key, "config.invalid");
    EXPECT_FALSE(address.error().cause.contains("hunter2")) << url;
  }
}

} // namespace
} // namespace mv::rabbitmq
