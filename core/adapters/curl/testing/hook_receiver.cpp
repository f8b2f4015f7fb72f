#include "core/adapters/curl/testing/hook_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <stdexcept>

namespace mv::test {

namespace {

/// One request; false when the other side hung up first.
bool read_request(int socket, ReceivedHook& hook) {
  std::string text;
  std::size_t head_end = std::string::npos;
  std::size_t length = 0;
  while (head_end == std::string::npos || text.size() < head_end + length) {
    char piece[4096];
    const ssize_t got = ::recv(socket, piece, sizeof piece, 0);
    if (got <= 0) return false;
    text.append(piece, static_cast<std::size_t>(got));
    if (head_end != std::string::npos) continue;
    head_end = text.find("\r\n\r\n");
    if (head_end == std::string::npos) continue;
    std::istringstream head(text.substr(0, head_end));
    head_end += 4;
    std::string line;
    std::getline(head, line);
    hook.path = line.substr(line.find(' ') + 1);
    hook.path = hook.path.substr(0, hook.path.find(' '));
    while (std::getline(head, line)) {
      if (line.ends_with('\r')) line.pop_back();
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) continue;
      std::string name = line.substr(0, colon);
      std::ranges::transform(name, name.begin(), ::tolower);
      hook.headers[name] = line.substr(colon + 2);
    }
    if (hook.headers.contains("content-length")) length = std::stoul(hook.headers["content-length"]);
  }
  hook.body = text.substr(head_end, length);
  return true;
}

} // namespace

HookReceiver::HookReceiver(std::function<HookReply(const ReceivedHook&)> reply) : reply_(std::move(reply)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for a receiver of hooks");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HookReceiver::~HookReceiver() {
  ::shutdown(listener_, SHUT_RDWR); // wakes accept
  thread_.join();
  ::close(listener_);
}

std::vector<ReceivedHook> HookReceiver::received() const {
  const std::scoped_lock lock(mutex_);
  return received_;
}

std::vector<ReceivedHook> HookReceiver::wait_for(std::size_t count) const {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, std::chrono::seconds(30), [&] { return received_.size() >= count; });
  return received_;
}

void HookReceiver::answer_with(std::function<HookReply(const ReceivedHook&)> reply) {
  const std::scoped_lock lock(mutex_);
  reply_ = std::move(reply);
}

void HookReceiver::serve() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    serve_one(socket);
    ::close(socket);
  }
}

void HookReceiver::serve_one(int socket) {
  ReceivedHook hook;
  if (!read_request(socket, hook)) return;
  HookReply reply;
  {
    const std::scoped_lock lock(mutex_);
    received_.push_back(hook);
    if (reply_) reply = reply_(hook);
  }
  news_.notify_all();
  if (reply.hang) {
    char byte = 0;
    while (::recv(socket, &byte, 1, 0) > 0) {
    }
    return;
  }
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\nConnection: close\r\n";
  for (const std::string& header : reply.headers)
    text += header + "\r\n";
  if (reply.status != 204) text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
  text += "\r\n" + reply.body;
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t sent = ::send(socket, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
}

} // namespace mv::test
