// WebSocket through real sockets, spoken by libcurl.

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "backend/http/testing/toy_server.hpp"

namespace mv::http::testing {
namespace {

/// One client socket. It reads only when told to.
class Client {
public:
  explicit Client(const std::vector<std::string>& headers = {}, bool web = false) : curl_(curl_easy_init()) {
    const Ports& ports = ToyServer::get().ports();
    const std::string address =
        "ws://127.0.0.1:" + std::to_string(web ? *ports.web : *ports.realtime) + "/api/v1/events?since=5";
    for (const std::string& header : headers)
      headers_ = curl_slist_append(headers_, header.c_str());
    curl_easy_setopt(curl_, CURLOPT_URL, address.c_str());
    curl_easy_setopt(curl_, CURLOPT_CONNECT_ONLY, 2L);
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    connected = curl_easy_perform(curl_) == CURLE_OK;
  }
  ~Client() {
    curl_easy_cleanup(curl_);
    curl_slist_free_all(headers_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view text) {
    std::size_t sent = 0;
    EXPECT_EQ(curl_ws_send(curl_, text.data(), text.size(), &sent, 0, CURLWS_TEXT), CURLE_OK);
  }

  /// The next text message; `closed CODE` when the server closed, `gone` when the connection ended.
  std::string read() {
    std::string text;
    while (true) {
      char buffer[4096];
      std::size_t size = 0;
      const curl_ws_frame* frame = nullptr;
      const CURLcode code = curl_ws_recv(curl_, buffer, sizeof buffer, &size, &frame);
      if (code == CURLE_AGAIN) {
        wait();
        continue;
      }
      if (code != CURLE_OK) return "gone";
      if ((frame->flags & CURLWS_CLOSE) != 0) {
        const int status =
            size < 2 ? 0 : static_cast<unsigned char>(buffer[0]) * 256 + static_cast<unsigned char>(buffer[1]);
        return "closed " + std::to_string(status);
      }
      if ((frame->flags & (CURLWS_PING | CURLWS_PONG)) != 0) continue;
      text.append(buffer, size);
      if (frame->bytesleft == 0 && (frame->flags & CURLWS_CONT) == 0) return text;
    }
  }

  bool connected = false;

private:
  void wait() {
    curl_socket_t handle = CURL_SOCKET_BAD;
    curl_easy_getinfo(curl_, CURLINFO_ACTIVESOCKET, &handle);
    pollfd readable{.fd = handle, .events = POLLIN, .revents = 0};
    poll(&readable, 1, 20'000);
  }

  CURL* curl_;
  curl_slist* headers_ = nullptr;
};

TEST(Socket, TellsTheHandlerWhoOpensIt) {
  ToyServer::get();
  EXPECT_EQ(Client().read(), "hello nobody since=5");
  EXPECT_EQ(Client({std::string(kGoodToken)}).read(), "hello u1 since=5");
  EXPECT_EQ(Client({"Authorization: Bearer forged"}).read(), "hello nobody since=5");
  EXPECT_EQ(Client({std::string(kGoodToken)}, true).read(), "hello u1 since=5"); // on the web client's origin
}

TEST(Socket, CountsACookieOnlyFromAnOriginOfOurs) {
  const Ports& ports = ToyServer::get().ports();
  const std::string cookie = "Cookie: mv_access=good";
  const auto origin = [](std::uint16_t port) { return "Origin: http://127.0.0.1:" + std::to_string(port); };
  EXPECT_EQ(Client({cookie, origin(*ports.web)}).read(), "hello u1 since=5");
  EXPECT_EQ(Client({cookie, origin(*ports.realtime)}).read(), "hello u1 since=5");
  EXPECT_EQ(Client({cookie}).read(), "hello nobody since=5");
  EXPECT_EQ(Client({cookie, "Origin: https://evil.example"}).read(), "closed 1008");
  EXPECT_EQ(Client({cookie, "Origin: null"}).read(), "closed 1008");
}

TEST(Socket, EchoesInOrderAndOutlivesAThrow) {
  ToyServer::get();
  Client client;
  EXPECT_EQ(client.read(), "hello nobody since=5");
  client.send("throw");
  for (const std::string text : {"one", "two", "три"})
    client.send(text);
  EXPECT_EQ(client.read(), "one");
  EXPECT_EQ(client.read(), "two");
  EXPECT_EQ(client.read(), "три");
  client.send("bye");
  EXPECT_EQ(client.read(), "closed 1000");
}

TEST(Socket, RefusesAMessageThatIsTooLong) {
  ToyServer::get();
  Client client;
  client.read();
  client.send(std::string(1500, 'x'));
  EXPECT_EQ(client.read(), "closed 1009");
}

TEST(Socket, DropsASlowReaderInsteadOfWaiting) {
  ToyServer& server = ToyServer::get();
  const Counter& dropped = server.metrics().counter("memoryverse_websocket_dropped_total", "");
  for (const std::string_view flood : {"flood", "flood in bursts"}) {
    Client client;
    client.read();
    const int before = server.sockets_closed;
    const auto dropped_before = dropped.value();
    client.send(flood); // the handler sends until the server gives the reader up
    for (int now = before; now == before; now = server.sockets_closed)
      server.sockets_closed.wait(now);
    EXPECT_EQ(dropped.value(), dropped_before + 1) << flood;
    EXPECT_EQ(server.ask({.path = "/api/v1/open"}).status, 200);
  }
}

TEST(Socket, OpensNoneAtOtherAddresses) {
  EXPECT_EQ(ToyServer::get().ask({.path = "/api/v1/events"}).status, 404);
  const Answer answer =
      ToyServer::get().ask({.path = "/api/v1/open", .headers = {"Upgrade: websocket", "Connection: Upgrade"}});
  EXPECT_EQ(answer.status, 404) << answer.body;
}

} // namespace
} // namespace mv::http::testing
