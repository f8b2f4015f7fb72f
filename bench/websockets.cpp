// Many listeners of one server, on one thread: bench/websockets drives it.
//
//   memoryverse-websockets PORT TYPE EVENTS  <<< lines of "KIND COUNT TOKEN"
//
// KIND is `idle` (reads whatever comes), `counts` (waits for EVENTS messages of TYPE) or `stuck` (reads nothing after
// it has joined). It opens COUNT connections for each line, says `connected`, and waits for a line `go`. From then on
// it measures until each counting one has its messages or 60 seconds are over, and prints what it saw.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <print>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

constexpr int kAtOnce = 200; // handshakes under way

enum class Kind { idle, counts, stuck };

struct Connection {
  int descriptor = -1;
  Kind kind = Kind::idle;
  std::string token;
  std::string in{};
  bool upgraded = false;
  bool joined = false;
  bool lost = false;
  int seen = 0;
};

/// Milliseconds since midnight of `"at":"2026-09-21T14:13:20.000Z"`.
int at_of(std::string_view message) {
  const auto begin = message.find("\"at\":\"");
  if (begin == std::string_view::npos || begin + 30 > message.size()) return -1;
  const std::string_view time = message.substr(begin + 17, 12);
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (const char digit : time.substr(from, count))
      value = value * 10 + (digit - '0');
    return value;
  };
  return ((number(0, 2) * 60 + number(3, 2)) * 60 + number(6, 2)) * 1000 + number(9, 3);
}

int now_of_day() {
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  return static_cast<int>(since.count() % 86'400'000);
}

class Load {
public:
  Load(std::uint16_t port, std::string type, int events)
      : port_(port), wanted_("\"type\":\"" + std::move(type) + '"'), events_(events) {}

  void add(Kind kind, const std::string& token) {
    connections_.push_back(std::make_unique<Connection>(Connection{.kind = kind, .token = token}));
  }

  /// False when somebody could not join within a minute.
  bool connect_all() {
    const auto until = Steady::now() + std::chrono::seconds(60);
    std::size_t next = 0;
    while (joined_ + lost_ < connections_.size() && Steady::now() < until) {
      while (next < connections_.size() && next < joined_ + lost_ + kAtOnce)
        open(*connections_[next++]);
      turn(100);
    }
    return joined_ == connections_.size();
  }

  void measure() {
    const auto began = Steady::now();
    const auto counting = static_cast<std::size_t>(
        std::ranges::count_if(connections_, [](const auto& one) { return one->kind == Kind::counts; }));
    while (complete_ < counting && Steady::now() - began < std::chrono::seconds(60))
      turn(1000);
    const double took = std::chrono::duration<double>(Steady::now() - began).count();
    std::ranges::sort(delays_);
    const auto at = [&](double share) {
      return delays_.empty() ? 0 : delays_[static_cast<std::size_t>(share * static_cast<double>(delays_.size() - 1))];
    };
    std::println("{} of {} listeners have all {} events after {:.2f} s: {} messages, {:.0f} a second", complete_,
                 counting, events_, took, delays_.size(), static_cast<double>(delays_.size()) / took);
    std::println("from the event to the listener: p50 {} ms, p99 {} ms, longest {} ms", at(0.5), at(0.99), at(1));
    std::println("connections lost: {}", lost_);
  }

private:
  void open(Connection& connection) {
    connection.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection.kind == Kind::stuck) {
      const int small = 4096; // so that what it does not read soon waits in the server
      ::setsockopt(connection.descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string request =
        "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " +
        connection.token + "\r\n\r\n";
    if (::connect(connection.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::send(connection.descriptor, request.data(), request.size(), MSG_NOSIGNAL) < 0) {
      lose(connection);
      return;
    }
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, connection.descriptor, &event);
  }

  void turn(int wait_ms) {
    std::array<epoll_event, 512> ready{};
    const int count = ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), wait_ms);
    for (int i = 0; i < count; ++i)
      read(*static_cast<Connection*>(ready[static_cast<std::size_t>(i)].data.ptr));
  }

  void read(Connection& connection) {
    const ssize_t count = ::recv(connection.descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return lose(connection);
    connection.in.append(buffer_.data(), static_cast<std::size_t>(count));
    if (!connection.upgraded) {
      const auto end = connection.in.find("\r\n\r\n");
      if (end == std::string::npos) return;
      if (!connection.in.starts_with("HTTP/1.1 101")) return lose(connection);
      connection.upgraded = true;
      connection.in.erase(0, end + 4);
    }
    std::size_t used = 0;
    while (const std::size_t size = take_frame(connection, std::string_view(connection.in).substr(used)))
      used += size;
    connection.in.erase(0, used);
  }

  /// Bytes of the frame that `text` begins with; 0 when it is not whole.
  std::size_t take_frame(Connection& connection, std::string_view text) {
    const auto byte = [&](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
    if (text.size() < 2) return 0;
    std::size_t size = byte(1) & 0x7FU;
    std::size_t header = 2;
    if (size >= 126) {
      header = size == 126 ? 4 : 10;
      if (text.size() < header) return 0;
      size = 0;
      for (std::size_t i = 2; i < header; ++i)
        size = size << 8U | byte(i);
    }
    if (text.size() < header + size) return 0;
    const std::string_view body = text.substr(header, size);
    switch (byte(0) & 0x0FU) {
      case 1:
        heard(connection, body);
        break;
      case 8:
        lose(connection);
        break;
      case 9: {
        // Masked with zeros, which leaves the bytes as they are.
        std::string pong{'\x8A', static_cast<char>(0x80U | body.size()), 0, 0, 0, 0};
        pong += body;
        ::send(connection.descriptor, pong.data(), pong.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        break;
      }
      default:
        break;
    }
    return header + size;
  }

  void heard(Connection& connection, std::string_view message) {
    if (!connection.joined) {
      connection.joined = true;
      ++joined_;
      if (connection.kind == Kind::stuck) ::epoll_ctl(poll_, EPOLL_CTL_DEL, connection.descriptor, nullptr);
      return;
    }
    if (connection.kind != Kind::counts || !message.contains(wanted_)) return;
    delays_.push_back((now_of_day() - at_of(message) + 86'400'000) % 86'400'000);
    if (++connection.seen == events_) ++complete_;
  }

  void lose(Connection& connection) {
    if (std::exchange(connection.lost, true)) return;
    ++lost_;
    ::epoll_ctl(poll_, EPOLL_CTL_DEL, connection.descriptor, nullptr);
  }

  std::uint16_t port_;
  std::string wanted_;
  int events_;
  int poll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<char> buffer_ = std::vector<char>(65'536);
  std::size_t joined_ = 0;
  std::size_t lost_ = 0;
  std::size_t complete_ = 0;
  std::vector<int> delays_;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::println(stderr, "usage: memoryverse-websockets PORT TYPE EVENTS");
    return EXIT_FAILURE;
  }
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);

  Load load(static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2], std::atoi(argv[3]));
  std::string line;
  while (std::getline(std::cin, line) && !line.empty()) {
    std::istringstream words(line);
    std::string kind;
    int count = 0;
    std::string token;
    words >> kind >> count >> token;
    for (; count > 0; --count)
      load.add(kind == "counts" ? Kind::counts : kind == "stuck" ? Kind::stuck : Kind::idle, token);
  }
  if (!load.connect_all()) {
    std::println(stderr, "not everybody could join");
    return EXIT_FAILURE;
  }
  std::cout << "connected" << std::endl;
  std::getline(std::cin, line);
  load.measure();
  return EXIT_SUCCESS;
}
