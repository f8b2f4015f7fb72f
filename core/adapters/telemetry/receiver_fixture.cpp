#include "core/adapters/telemetry/receiver_fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace mv::telemetry {

Receiver::Receiver() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0)
    throw std::runtime_error("no port for the receiver");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Receiver::~Receiver() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  ::shutdown(listener_, SHUT_RDWR); // ends accept
  thread_.join();
  ::close(listener_);
}

void Receiver::answer(std::string status, std::string header) {
  const std::scoped_lock lock(mutex_);
  status_ = std::move(status);
  header_ = std::move(header);
}

void Receiver::answer_once(std::string status) {
  const std::scoped_lock lock(mutex_);
  once_ = std::move(status);
}

void Receiver::hold(bool yes) {
  {
    const std::scoped_lock lock(mutex_);
    holding_ = yes;
  }
  changed_.notify_all();
}

std::vector<Receiver::Request> Receiver::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(30), [&] { return requests_.size() >= count; });
  return {requests_.begin(), requests_.begin() + static_cast<std::ptrdiff_t>(std::min(count, requests_.size()))};
}

std::size_t Receiver::count() {
  const std::scoped_lock lock(mutex_);
  return requests_.size();
}

void Receiver::serve() {
  while (true) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    // A sender that keeps its connection must not hold the end of the test up.
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    serve_one(connection);
    ::close(connection);
  }
}

/// One request a connection, which keeps this simple.
void Receiver::serve_one(int connection) {
  std::string text;
  std::size_t wanted = std::string::npos;
  Request request;
  while (text.size() < wanted) {
    char buffer[16384];
    const ssize_t size = ::recv(connection, buffer, sizeof buffer, 0);
    if (size <= 0) return;
    text.append(buffer, static_cast<std::size_t>(size));
    const auto end = text.find("\r\n\r\n");
    if (wanted != std::string::npos || end == std::string::npos) continue;
    const auto first_space = text.find(' ');
    request.target = text.substr(first_space + 1, text.find(' ', first_space + 1) - first_space - 1);
    for (std::size_t line = text.find("\r\n") + 2; line < end + 2; line = text.find("\r\n", line) + 2) {
      const auto colon = text.find(':', line);
      std::string name = text.substr(line, colon - line);
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const auto value = text.find_first_not_of(' ', colon + 1);
      request.headers[name] = text.substr(value, text.find("\r\n", line) - value);
    }
    wanted = end + 4 + std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
  }
  request.body = text.substr(text.find("\r\n\r\n") + 4);
  std::string reply;
  {
    std::unique_lock lock(mutex_);
    requests_.push_back(std::move(request));
    changed_.notify_all();
    changed_.wait(lock, [this] { return !holding_ || stopping_; });
    const std::string status = once_.empty() ? status_ : std::exchange(once_, {});
    reply = "HTTP/1.1 " + status + "\r\n" + (header_.empty() ? "" : header_ + "\r\n") +
            "Content-Length: 0\r\nConnection: close\r\n\r\n";
  }
  [[maybe_unused]] const auto sent = ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
}

} // namespace mv::telemetry
