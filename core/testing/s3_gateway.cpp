#include "core/testing/s3_gateway.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <format>
#include <optional>
#include <stdexcept>

namespace mv::test {

namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;
constexpr std::chrono::milliseconds kSlow{500};

/// Closes a socket with its scope.
class Socket {
public:
  explicit Socket(int number) : number_(number) {}
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int get() const { return number_; }

private:
  int number_;
};

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Up to the empty line, which ends it; what came after it stays in `rest`.
std::optional<std::string> read_head(int socket, std::string& rest) {
  std::array<char, 16384> block{};
  for (;;) {
    if (const auto end = rest.find("\r\n\r\n"); end != std::string::npos) {
      std::string head = rest.substr(0, end + 2);
      rest.erase(0, end + 4);
      return head;
    }
    const ssize_t got = ::recv(socket, block.data(), block.size(), 0);
    if (got <= 0) return std::nullopt;
    rest.append(block.data(), static_cast<std::size_t>(got));
  }
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Takes a header out of a head and gives its value.
std::string take_header(std::string& head, const std::string& name) {
  const auto at = lower(head).find("\r\n" + name + ":");
  if (at == std::string::npos) return {};
  const auto end = head.find("\r\n", at + 2);
  const auto start = head.find_first_not_of(' ', at + 2 + name.size() + 1);
  std::string value = head.substr(start, end - start);
  head.erase(at + 2, end - at);
  return value;
}

std::string header(std::string head, const std::string& name) { return take_header(head, name); }

std::int64_t number(const std::string& text) { return text.empty() ? 0 : std::stoll(text); }

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

std::string problem(int status, std::string_view reason, std::string_view code) {
  const std::string body = std::format("<?xml version=\"1.0\"?><Error><Code>{}</Code></Error>", code);
  return std::format(
      "HTTP/1.1 {} {}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", status,
      reason, body.size(), body);
}

} // namespace

struct S3Gateway::Exchange {
  std::string method;
  std::string path;
  std::string head; ///< As it goes to the store.
  std::string rest; ///< What has come of the body, and of what follows it.
  std::int64_t length = 0;
  std::string range;
  Harm harm = Harm::none;
};

struct S3Gateway::Guest {
  int socket = -1;
  std::atomic<bool> done = false;
  std::jthread thread;
};

S3Gateway::S3Gateway(int upstream_port) : upstream_port_(upstream_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 128) != 0)
    throw std::runtime_error("the gateway cannot listen");
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_all(); });
}

S3Gateway::~S3Gateway() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& guest : guests_)
      ::shutdown(guest->socket, SHUT_RDWR);
  }
  for (const auto& guest : guests_) {
    guest->thread.join();
    ::close(guest->socket);
  }
}

void S3Gateway::set_harm(Choose choose) {
  const std::scoped_lock lock(mutex_);
  choose_ = std::move(choose);
}

void S3Gateway::accept_all() {
  for (;;) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0 || stopping_) {
      if (client >= 0) ::close(client);
      return;
    }
    const std::scoped_lock lock(mutex_);
    for (auto at = guests_.begin(); at != guests_.end();) {
      if ((*at)->done) {
        (*at)->thread.join();
        ::close((*at)->socket);
        at = guests_.erase(at);
      } else {
        ++at;
      }
    }
    auto guest = std::make_unique<Guest>();
    guest->socket = client;
    guest->thread = std::jthread([this, mine = guest.get()] {
      serve(mine->socket);
      ::shutdown(mine->socket, SHUT_RDWR);
      mine->done = true;
    });
    guests_.push_back(std::move(guest));
  }
}

void S3Gateway::serve(int client) {
  std::string rest;
  for (;;) {
    auto head = read_head(client, rest);
    if (!head) return;
    ++requests_;
    Exchange exchange;
    exchange.method = head->substr(0, head->find(' '));
    const auto path = exchange.method.size() + 1;
    exchange.path = head->substr(path, head->find(' ', path) - path);
    exchange.length = number(header(*head, "content-length"));
    if (!take_header(*head, "expect").empty() && !send_all(client, "HTTP/1.1 100 Continue\r\n\r\n")) return;
    if (exchange.method == "GET") exchange.range = take_header(*head, "range");
    take_header(*head, "connection");
    exchange.head = *head + "Connection: close\r\n\r\n";
    exchange.rest = std::move(rest);
    {
      const std::scoped_lock lock(mutex_);
      if (choose_) exchange.harm = choose_(exchange.method, exchange.path);
    }
    if (!pass_on(client, exchange)) return;
    rest = std::move(exchange.rest);
  }
}

bool S3Gateway::pass_on(int client, Exchange& exchange) {
  if (exchange.harm == Harm::refuse) return false;
  if (exchange.harm == Harm::stall) {
    pollfd waiting{.fd = client, .events = POLLRDHUP, .revents = 0};
    while (!stopping_ && ::poll(&waiting, 1, 100) == 0) {
    }
    return false;
  }
  if (exchange.harm == Harm::slow) std::this_thread::sleep_for(kSlow);
  const bool asks_the_store = exchange.harm != Harm::slow_down && exchange.harm != Harm::lose;
  const Socket upstream(!asks_the_store ? -1 : connect_to(upstream_port_));
  const bool deaf = upstream.get() < 0;
  if (!deaf && !send_all(upstream.get(), exchange.head)) return false;
  std::string block(kBlock, '\0');
  const std::int64_t enough = exchange.harm == Harm::cut_request ? exchange.length / 2 : exchange.length;
  for (std::int64_t passed = 0; passed < exchange.length;) {
    if (exchange.rest.empty()) {
      const auto wanted = std::min<std::int64_t>(exchange.length - passed, static_cast<std::int64_t>(kBlock));
      const ssize_t got = ::recv(client, block.data(), static_cast<std::size_t>(wanted), 0);
      if (got <= 0) return false;
      exchange.rest.assign(block, 0, static_cast<std::size_t>(got));
    }
    const auto taken =
        std::min<std::int64_t>(exchange.length - passed, static_cast<std::int64_t>(exchange.rest.size()));
    std::string piece = exchange.rest.substr(0, static_cast<std::size_t>(taken));
    exchange.rest.erase(0, static_cast<std::size_t>(taken));
    if (exchange.harm == Harm::corrupt_request && passed == 0) piece[piece.size() / 2] ^= 1;
    if (!deaf && !send_all(upstream.get(), piece)) return false;
    passed += taken;
    if (exchange.harm == Harm::cut_request && passed >= enough) return false;
  }
  if (deaf) {
    const bool lost = exchange.harm == Harm::lose;
    send_all(client, lost ? problem(404, "Not Found", "NoSuchKey")
                          : problem(503, "Slow Down", asks_the_store ? "ServiceUnavailable" : "SlowDown"));
    return false;
  }
  return answer(client, upstream.get(), exchange);
}

bool S3Gateway::answer(int client, int upstream, const Exchange& exchange) {
  std::string rest;
  auto head = read_head(upstream, rest);
  while (head && head->starts_with("HTTP/1.1 100"))
    head = read_head(upstream, rest);
  if (!head) return false;
  if (exchange.harm == Harm::fail_after) {
    send_all(client, problem(500, "Internal Error", "InternalError"));
    return false;
  }
  const std::string size_text = header(*head, "content-length");
  const bool bounded = !size_text.empty();
  const std::int64_t size = exchange.method == "HEAD" ? 0 : number(size_text);
  std::int64_t skip = 0;
  std::int64_t wanted = size;
  take_header(*head, "connection");
  if (!exchange.range.empty() && head->starts_with("HTTP/1.1 200") && exchange.range.starts_with("bytes=")) {
    const auto dash = exchange.range.find('-');
    skip = number(exchange.range.substr(6, dash - 6));
    const std::string last = exchange.range.substr(dash + 1);
    if (skip >= size) {
      send_all(client, problem(416, "Requested Range Not Satisfiable", "InvalidRange"));
      return false;
    }
    wanted = std::min(size, last.empty() ? size : number(last) + 1) - skip;
    take_header(*head, "content-length");
    head->replace(9, 6, "206 Pa");
    *head +=
        std::format("Content-Length: {}\r\nContent-Range: bytes {}-{}/{}\r\n", wanted, skip, skip + wanted - 1, size);
  }
  if (!bounded) *head += "Connection: close\r\n";
  if (!send_all(client, *head + "\r\n")) return false;
  const std::int64_t enough = exchange.harm == Harm::cut_reply ? wanted / 2 : wanted;
  std::int64_t sent = 0;
  std::string block(kBlock, '\0');
  while (!bounded || sent < enough) {
    if (rest.empty()) {
      const ssize_t got = ::recv(upstream, block.data(), block.size(), 0);
      if (got <= 0) break;
      rest.assign(block, 0, static_cast<std::size_t>(got));
    }
    const auto skipped = std::min<std::int64_t>(skip, static_cast<std::int64_t>(rest.size()));
    skip -= skipped;
    rest.erase(0, static_cast<std::size_t>(skipped));
    if (bounded && static_cast<std::int64_t>(rest.size()) > enough - sent)
      rest.resize(static_cast<std::size_t>(enough - sent));
    if (!send_all(client, rest)) return false;
    sent += static_cast<std::int64_t>(rest.size());
    rest.clear();
  }
  return bounded && (exchange.harm == Harm::none || exchange.harm == Harm::slow) && sent == wanted;
}

} // namespace mv::test
