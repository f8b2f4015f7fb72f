#include "core/adapters/redis/address.hpp"

#include <gtest/gtest.h>

namespace mv::redis {
namespace {

TEST(RedisAddressTest, ReadsEveryPart) {
  const auto address = parse_address("rediss://anna:p%40ss%3A@redis.example:6380/3?ca=/etc/ca.pem");
  ASSERT_TRUE(address.has_value());
  EXPECT_TRUE(address->tls);
  EXPECT_EQ(address->host, "redis.example");
  EXPECT_EQ(address->port, 6380);
  EXPECT_EQ(address->user, "anna");
  EXPECT_EQ(address->password.reveal(), "p@ss:");
  EXPECT_EQ(address->database, 3);
  EXPECT_EQ(address->authorities, "/etc/ca.pem");
  EXPECT_EQ(address->shown(), "rediss://redis.example:6380/3");
}

TEST(RedisAddressTest, KnowsWhatIsLeftOut) {
  const auto address = parse_address("redis://redis");
  ASSERT_TRUE(address.has_value());
  EXPECT_FALSE(address->tls);
  EXPECT_EQ(address->port, 6379);
  EXPECT_EQ(address->database, 0);
  EXPECT_TRUE(address->password.empty());
  EXPECT_EQ(parse_address("redis://:secret@redis/")->password.reveal(), "secret");
  EXPECT_EQ(parse_address("redis://[::1]:7000")->host, "::1");
  EXPECT_EQ(parse_address("redis://[::1]:7000")->shown(), "redis://[::1]:7000/0");
}

TEST(RedisAddressTest, ReadsAUnixSocket) {
  const auto address = parse_address("unix:/run/redis.sock?db=2&user=anna&password=a%26b");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->socket, "/run/redis.sock");
  EXPECT_EQ(address->database, 2);
  EXPECT_EQ(address->user, "anna");
  EXPECT_EQ(address->password.reveal(), "a&b");
  EXPECT_EQ(address->shown(), "unix:/run/redis.sock?db=2");
}

TEST(RedisAddressTest, SaysWhatIsWrongAndNeverThePassword) {
  for (const std::string url :
       {"", "redis", "http://redis", "redis://", "redis://:secret@", "redis://redis:0", "redis://redis:65536",
        "redis://redis:port", "redis://redis/name", "redis://redis/-1", "redis://secret@redis",
        "redis://:secret%zz@redis", "redis://:secret%00@redis", "redis://[::1", "redis://redis?ca=/x",
        "rediss://redis?other=1", "unix:run/redis.sock", "unix:/run/redis.sock?password=secret&db=x",
        "redis://:secret@redis/0?password=secret"}) {
    const auto address = parse_address(url);
    ASSERT_FALSE(address.has_value()) << url;
    EXPECT_EQ(address.error().key, "redis.bad-url") << url;
    EXPECT_FALSE(address.error().cause.empty()) << url;
    EXPECT_FALSE(address.error().cause.contains("secret")) << url;
  }
  EXPECT_FALSE(parse_address(std::string_view("redis://re\0dis", 14)).has_value());
}

} // namespace
} // namespace mv::redis
