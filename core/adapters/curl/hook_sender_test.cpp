#include "core/adapters/curl/hook_sender.hpp"

#include <gtest/gtest.h>

#include "core/adapters/curl/testing/hook_receiver.hpp"

namespace mv::curl {
namespace {

using test::HookReceiver;
using test::HookReply;
using test::ReceivedHook;

CurlHookSender lenient(std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
  return CurlHookSender({.private_hosts = {"127.0.0.1", "[::1]", "Hub.Home"}, .timeout = timeout});
}

TEST(CurlHookSenderTest, PostsTheBodyWithItsHeaders) {
  HookReceiver receiver([](const ReceivedHook&) { return HookReply{.status = 200, .body = "thanks"}; });
  const HookAnswer answer =
      lenient().post({.url = receiver.url("/a?b=c"), .headers = {{"MemoryVerse-Event", "ping"}}, .body = R"({"x":1})"});
  EXPECT_EQ(answer.reason, "") << answer.detail;
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.text, "thanks");
  EXPECT_GE(answer.duration, 0);
  const auto hooks = receiver.wait_for(1);
  ASSERT_EQ(hooks.size(), 1U);
  EXPECT_EQ(hooks[0].path, "/a?b=c");
  EXPECT_EQ(hooks[0].body, R"({"x":1})");
  EXPECT_EQ(hooks[0].headers.at("memoryverse-event"), "ping");
  EXPECT_EQ(hooks[0].headers.at("content-type"), "application/json");
}

TEST(CurlHookSenderTest, ReachesNothingPrivateUnlessTheOperatorNamedIt) {
  HookReceiver receiver;
  CurlHookSender strict({});
  const HookAnswer answer = strict.post({.url = receiver.url(), .headers = {}, .body = "{}"});
  EXPECT_EQ(answer.reason, "webhook.private-address");
  // A name that resolves to this machine is seen when the socket is made. Its TLS never begins.
  CurlHookSender named({});
  const std::string by_name = "https://localhost.localdomain:" + std::to_string(receiver.port()) + "/";
  EXPECT_NE(named.post({.url = by_name, .headers = {}, .body = "{}"}).reason, "");
  EXPECT_TRUE(receiver.received().empty());
}

TEST(CurlHookSenderTest, FollowsNoRedirect) {
  HookReceiver inner;
  HookReceiver outer(
      [&](const ReceivedHook&) { return HookReply{.status = 302, .headers = {"Location: " + inner.url("/secret")}}; });
  const HookAnswer answer = lenient().post({.url = outer.url(), .headers = {}, .body = "{}"});
  EXPECT_EQ(answer.reason, "webhook.redirected");
  EXPECT_EQ(answer.status, 302);
  EXPECT_TRUE(inner.received().empty());
}

TEST(CurlHookSenderTest, SaysWhatTheReceiverAnsweredAndKeepsItShort) {
  HookReceiver receiver([](const ReceivedHook&) {
    return HookReply{.status = 500, .body = std::string("\xff\0", 2) + std::string(200'000, 'x')};
  });
  const HookAnswer answer = lenient().post({.url = receiver.url(), .headers = {}, .body = "{}"});
  EXPECT_EQ(answer.reason, "webhook.refused");
  EXPECT_EQ(answer.status, 500);
  EXPECT_LE(answer.text.size(), 503U);
  EXPECT_TRUE(answer.text.starts_with("\xef\xbf\xbdx")) << "no broken UTF-8 and no NUL";
}

TEST(CurlHookSenderTest, GivesUpOnWhoDoesNotAnswer) {
  HookReceiver receiver([](const ReceivedHook&) { return HookReply{.hang = true}; });
  const HookAnswer answer =
      lenient(std::chrono::milliseconds(200)).post({.url = receiver.url(), .headers = {}, .body = "{}"});
  EXPECT_EQ(answer.reason, "webhook.timeout");
  EXPECT_FALSE(answer.status);
  std::uint16_t port = 0;
  {
    HookReceiver gone;
    port = gone.port();
  }
  const std::string closed = "http://127.0.0.1:" + std::to_string(port) + "/";
  EXPECT_EQ(lenient().post({.url = closed, .headers = {}, .body = "{}"}).reason, "webhook.unreachable");
}

TEST(CurlHookSenderTest, SeesWhatIsWrongWithAnAddress) {
  const CurlHookSender sender = lenient();
  for (const char* const fine : {"https://example.org/hook", "https://example.org:8443/?a=b", "http://127.0.0.1:1/",
                                 "http://hub.home/x", "http://[::1]:8080/", "https://93.184.215.14/"})
    EXPECT_FALSE(sender.fault_of(fine)) << fine;
  const std::vector<std::pair<std::string, std::string>> faults{
      {"", "not-a-web-address"},
      {"example.org", "not-a-web-address"},
      {"ftp://example.org/", "not-a-web-address"},
      {"file:///etc/passwd", "not-a-web-address"},
      {"gopher://example.org/", "not-a-web-address"},
      {"https://", "not-a-web-address"},
      {"https://exa mple.org/", "not-a-web-address"},
      {"https://example.org/\r\nX: y", "not-a-web-address"},
      {"https://пример.рф/", "not-a-web-address"},
      {"https://example.org/" + std::string(3000, 'x'), "too-long"},
      {"http://example.org/", "needs-https"},
      {"https://me:pass@example.org/", "has-password"},
      {"https://me@127.0.0.1/", "has-password"},
      {"https://10.0.0.1/", "private-address"},
      {"https://169.254.169.254/latest/meta-data", "private-address"},
      {"https://0xa.1/", "private-address"},
      {"https://167772161/", "private-address"},
      {"https://localhost/", "private-address"},
      {"https://[::ffff:127.0.0.1]/", "private-address"}};
  for (const auto& [url, fault] : faults)
    EXPECT_EQ(sender.fault_of(url).value_or(""), fault) << url;
  EXPECT_EQ(CurlHookSender({}).fault_of("https://127.0.0.1/").value_or(""), "private-address");
}

} // namespace
} // namespace mv::curl
