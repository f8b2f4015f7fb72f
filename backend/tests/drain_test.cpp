// A server that is told to end: who is connected is served, who comes is refused, and nobody is left without a word in
// between. The time for it is long here, so that a test that passes did not just wait for its end.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <format>
#include <memory>
#include <thread>
#include <vector>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

/// A connection that stays open between requests, as a proxy keeps it.
class Line {
public:
  explicit Line(const TestServer& server) : handle_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string url = server.api();
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    open_ = ::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Line() { ::close(handle_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  [[nodiscard]] bool open() const { return open_; }
  void send(const std::string& method, const std::string& path, const std::string& token = {}, const Json& body = {}) {
    std::string text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
    const std::string content = body.is_null() ? "" : body.dump();
    text += std::format("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", content.size(), content);
    ASSERT_EQ(::send(handle_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// Status 0 where the connection ended instead.
  Reply receive() {
    std::string text;
    std::size_t head = std::string::npos;
    while (head == std::string::npos && more(text))
      head = text.find("\r\n\r\n");
    Reply reply;
    if (head == std::string::npos) return reply;
    reply.status = std::stol(text.substr(text.find(' ')));
    reply.headers["connection"] = value_of(text.substr(0, head), "\r\nconnection: ");
    const std::size_t length = std::stoul(value_of(text.substr(0, head), "\r\ncontent-length: "));
    while (text.size() < head + 4 + length && more(text)) {
    }
    reply.body = text.substr(head + 4);
    return reply;
  }
  Reply ask(const std::string& method, const std::string& path, const std::string& token = {}, const Json& body = {}) {
    send(method, path, token, body);
    return receive();
  }
  /// Waits until the server has closed it; false when something comes instead.
  bool ends() {
    std::string text;
    return !more(text);
  }

private:
  bool more(std::string& text) const {
    char piece[4096];
    const ssize_t got = ::recv(handle_, piece, sizeof piece, 0);
    if (got > 0) text.append(piece, static_cast<std::size_t>(got));
    return got > 0;
  }
  static std::string value_of(const std::string& head, const std::string& name) {
    const auto lower = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    const auto at = std::ranges::search(head, name, lower).end();
    return {at, std::find(at, head.end(), '\r')};
  }

  int handle_;
  bool open_ = false;
};

ServerOptions options(const std::string& proxies, const std::string& seconds = "600") {
  return {.variables = {{"MEMORYVERSE_TRUSTED_PROXIES", proxies}, {"MEMORYVERSE_DRAIN_SECONDS", seconds}}};
}

/// Lines that a request has gone over.
std::vector<std::unique_ptr<Line>> kept_lines(const TestServer& server, std::size_t count) {
  std::vector<std::unique_ptr<Line>> lines;
  while (lines.size() < count) {
    lines.push_back(std::make_unique<Line>(server));
    EXPECT_EQ(lines.back()->ask("GET", "/health/ready").status, 200);
  }
  return lines;
}

void stop_and_see_it_refuse(TestServer& server) {
  server.ask_to_stop();
  EXPECT_TRUE(eventually([&] { return !Line(server).open(); }));
}

TEST(DrainTest, ServesWhoIsStillConnectedAndGoesWhenNobodyIs) {
  TestServer server(options("127.0.0.1"));
  Client me = server.client();
  me.register_as("Vera");
  const auto lines = kept_lines(server, 3);
  stop_and_see_it_refuse(server);

  const Reply ready = lines[0]->ask("GET", "/health/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.json()["status"], "stopping") << ready.body;
  const Reply written = lines[1]->ask("POST", "/api/v1/memories", me.token, {{"title", "at the last moment"}});
  EXPECT_EQ(written.status, 201) << written.body;
  for (const auto& [line, reply] : {std::pair(lines[0].get(), ready), std::pair(lines[1].get(), written)}) {
    EXPECT_EQ(reply.headers.at("connection"), "close");
    EXPECT_TRUE(line->ends());
  }
  // The client of the harness keeps a connection too: it asks by it once more.
  EXPECT_EQ(me.get("/api/v1/memories?limit=1").json()["items"][0]["title"], "at the last moment");
  EXPECT_EQ(lines[2]->ask("GET", "/health/live").status, 200);
  EXPECT_EQ(server.wait(), 0) << server.log();
}

TEST(DrainTest, WaitsForNobodyWhereNoProxyStandsBetween) {
  TestServer server(options("192.0.2.1"));
  const auto lines = kept_lines(server, 2);
  EXPECT_EQ(server.stop(), 0) << server.log();
  for (const auto& line : lines)
    EXPECT_TRUE(line->ends());
}

TEST(DrainTest, EndsTheWaitAtASecondSignal) {
  TestServer server(options("127.0.0.1"));
  const auto lines = kept_lines(server, 1);
  stop_and_see_it_refuse(server);
  EXPECT_EQ(server.stop(), 0) << server.log();
  EXPECT_TRUE(lines[0]->ends());
}

TEST(DrainTest, FinishesWhatRunsAndRefusesTheRestWhenTheTimeIsOver) {
  TestServer server(options("127.0.0.1", "0"));
  Client me = server.client();
  me.register_as("Vera");
  auto lines = kept_lines(server, 50);
  // Somebody else writes, so that a request has to wait.
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((server.data() / "memoryverse.sqlite").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  Line writer(server);
  writer.send("POST", "/api/v1/memories", me.token, {{"title", "begun before"}});
  const std::string busy = "\nmemoryverse_http_pool_busy 1\n";
  EXPECT_TRUE(eventually([&] { return me.get("/metrics").body.contains(busy); }));
  stop_and_see_it_refuse(server);

  // Between the door and the end of the time lies a moment.
  EXPECT_TRUE(eventually([&] {
    const Reply reply = lines.back()->ask("GET", "/health/live");
    lines.pop_back();
    return reply.status == 503 && reply.problem() == "request.stopping" && reply.headers.at("connection") == "close";
  }));
  sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(database);
  EXPECT_EQ(writer.receive().status, 201);
  EXPECT_EQ(server.wait(), 0) << server.log();
}

TEST(DrainTest, LeavesNobodyAtTheDoor) {
  for (int round = 0; round < 3; ++round) {
    TestServer server(options("127.0.0.1"));
    Client me = server.client();
    me.register_as("Vera");
    std::atomic<int> served = 0;
    std::vector<std::jthread> people;
    for (int person = 0; person < 8; ++person) {
      // Each request by a connection of its own, until there is none to be had.
      people.emplace_back([&] {
        for (;;) {
          Line line(server);
          if (!line.open()) return;
          const Reply reply = line.ask("POST", "/api/v1/memories", me.token, {{"title", "knocks"}});
          EXPECT_EQ(reply.status, 201) << reply.body;
          ++served;
        }
      });
    }
    EXPECT_TRUE(eventually([&] { return served > 50; }));
    server.ask_to_stop();
    people.clear();
    EXPECT_EQ(me.get("/api/v1/memories?limit=1").status, 200); // by the last connection
    EXPECT_EQ(server.wait(), 0) << server.log();
  }
}

} // namespace
} // namespace mv::test
