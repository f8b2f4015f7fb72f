#include "core/adapters/redis/pool.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "core/adapters/redis/fixture.hpp"

namespace mv::redis {
namespace {

/// What somebody reads who set a URL that does not work.
std::string refusal_of(const std::string& url) {
  Metrics metrics;
  auto address = parse_address(url);
  if (!address) return address.error().cause;
  const auto pool = Pool::open(*std::move(address), metrics, patient());
  if (pool) return "";
  EXPECT_EQ(pool.error().code, ErrorCode::invalid);
  EXPECT_EQ(pool.error().key, kRefused);
  return pool.error().cause;
}

TEST(RedisPoolTest, RunsCommandsAndScripts) {
  FreshRedis redis;
  Pool& pool = redis.pool();
  ASSERT_TRUE(pool.run({"SET", "a", std::string_view("x\0y", 3)}).has_value());
  EXPECT_EQ(pool.run({"GET", "a"})->text, std::string_view("x\0y", 3));
  EXPECT_EQ(pool.run({"GET", "none"})->kind, Reply::Kind::nil);
  const Script script("return {KEYS[1], ARGV[1], 7}");
  for (int time = 0; time < 2; ++time) { // whole, then by its hash
    const auto reply =
        pool.run(script, std::array<std::string_view, 1>{"key"}, std::array<std::string_view, 1>{"word"});
    ASSERT_TRUE(reply.has_value());
    ASSERT_EQ(reply->items.size(), 3U);
    EXPECT_EQ(reply->items[0].text, "key");
    EXPECT_EQ(reply->items[1].text, "word");
    EXPECT_EQ(reply->items[2].integer, 7);
  }
  ASSERT_TRUE(pool.run({"SCRIPT", "FLUSH"}).has_value());
  EXPECT_TRUE(pool.run(script, {}, {}).has_value()) << "a Redis that was started anew has forgotten it";
}

TEST(RedisPoolTest, TellsWhatRedisSaidAndGoesOn) {
  FreshRedis redis;
  const auto wrong = redis.pool().run({"INCR"});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().key, kError);
  EXPECT_TRUE(wrong.error().cause.contains("wrong number of arguments"));
  EXPECT_TRUE(redis.pool().ping().has_value());
}

TEST(RedisPoolTest, ServesManyThreadsWithFewConnections) {
  Metrics metrics;
  PoolOptions options = patient();
  options.connections = 2;
  const auto pool = open_pool(shared_server().url() + "/7", metrics, options);
  ASSERT_TRUE(pool->run({"DEL", "count"}).has_value());
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 100; ++i)
          failed += pool->run({"INCR", "count"}) ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(pool->run({"GET", "count"})->text, "600");
  EXPECT_LE(metrics.gauge("memoryverse_redis_connections", "", {{"state", "idle"}}).value(), 2);
  EXPECT_EQ(metrics.gauge("memoryverse_redis_connections", "", {{"state", "used"}}).value(), 0);
}

TEST(RedisPoolTest, SpeaksOverAUnixSocket) {
  Metrics metrics;
  const auto pool = open_pool("unix:" + shared_server().socket() + "?db=3", metrics, patient());
  EXPECT_TRUE(pool->ping().has_value());
  EXPECT_EQ(pool->prefix(), "mv:3:");
}

TEST(RedisPoolTest, SignsInAsAUserOrByThePasswordAlone) {
  test::RedisServer server({.arguments = {"--requirepass", "open sesame", "--user", "anna", "on", ">se:cr@t", "~mv:*",
                                          "&mv:*", "+@all", "-@dangerous", "--user", "boris", "off", "nopass"}});
  const std::string at = "127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(refusal_of("redis://:open%20sesame@" + at), "");
  EXPECT_EQ(refusal_of("redis://anna:se%3Acr%40t@" + at), "");
  EXPECT_EQ(refusal_of("unix:" + server.socket() + "?password=open%20sesame"), "");
  for (const std::string& url : {"redis://" + at, "redis://:wrong-word@" + at, "redis://anna:wrong-word@" + at,
                                 "redis://nobody:wrong-word@" + at, "redis://boris:wrong-word@" + at}) {
    const std::string why = refusal_of(url);
    EXPECT_TRUE(why.contains(at)) << url << ": " << why;
    EXPECT_FALSE(why.contains("wrong-word")) << why;
  }
}

TEST(RedisPoolTest, RefusesADatabaseThatIsNotThere) {
  EXPECT_TRUE(refusal_of(shared_server().url() + "/9999").contains("DB index"));
}

TEST(RedisPoolTest, SpeaksTlsToWhomItTrusts) {
  test::RedisServer server({.tls = true});
  EXPECT_EQ(refusal_of(server.url()), "");
  const std::string trusted = "?ca=" + (server.folder() / "certificate.pem").string();
  EXPECT_TRUE(refusal_of("rediss://localhost:" + std::to_string(server.port())).contains("not trusted"))
      << "the system's authorities do not know it";
  EXPECT_TRUE(refusal_of("rediss://127.0.0.1:" + std::to_string(server.port()) + trusted).contains("not trusted"))
      << "the certificate is for another name";
  EXPECT_TRUE(refusal_of(server.url() + "x").contains("no certificates can be read"));
}

TEST(RedisPoolTest, KnowsWhatIsNotRedis) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const std::jthread web([listener] {
    const int accepted = ::accept(listener, nullptr, nullptr);
    constexpr std::string_view kAnswer = "HTTP/1.1 400 Bad Request\r\n\r\n";
    EXPECT_GT(::write(accepted, kAnswer.data(), kAnswer.size()), 0);
    std::array<char, 1024> rest{};
    while (::read(accepted, rest.data(), rest.size()) > 0) {
    }
    ::close(accepted);
  });
  EXPECT_TRUE(refusal_of("redis://127.0.0.1:" + std::to_string(ntohs(address.sin_port))).contains("not Redis"));
  ::close(listener);
}

} // namespace
} // namespace mv::redis
