#include "backend/http/own_sockets.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace mv::http {

namespace {

struct Address {
  std::uint16_t port = 0; // 0: none of TCP's
  std::array<char, INET6_ADDRSTRLEN> text{};
};

using NameOf = int (*)(int, sockaddr*, socklen_t*);

/// By `getsockname` or `getpeername`.
Address address_of(int handle, NameOf name_of) {
  sockaddr_storage raw{};
  socklen_t size = sizeof raw;
  Address address;
  if (name_of(handle, reinterpret_cast<sockaddr*>(&raw), &size) != 0) return address;
  const void* bytes = nullptr;
  if (raw.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(raw);
    address.port = ntohs(four.sin_port);
    bytes = &four.sin_addr;
  } else if (raw.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(raw);
    address.port = ntohs(six.sin6_port);
    bytes = &six.sin6_addr;
  }
  if (bytes != nullptr) inet_ntop(raw.ss_family, bytes, address.text.data(), address.text.size());
  return address;
}

/// Calls `visit` with every descriptor of this process, and its name in /proc.
template <typename Visit>
void each_descriptor(Visit visit) {
  namespace fs = std::filesystem;
  std::error_code closed_meanwhile;
  for (fs::directory_iterator at("/proc/self/fd", closed_meanwhile), end; at != end; at.increment(closed_meanwhile)) {
    const std::string name = at->path().filename();
    int handle = -1;
    std::from_chars(name.data(), name.data() + name.size(), handle);
    visit(handle, at->path());
  }
}

std::vector<int> sockets_on(std::span<const std::uint16_t> ports) {
  std::vector<int> found;
  each_descriptor([&](int handle, const std::filesystem::path&) {
    const std::uint16_t port = address_of(handle, getsockname).port;
    if (port != 0 && std::ranges::contains(ports, port)) found.push_back(handle);
  });
  return found;
}

/// Those of the event loops.
std::vector<int> epolls() {
  std::vector<int> found;
  each_descriptor([&](int handle, const std::filesystem::path& path) {
    std::error_code closed_meanwhile;
    if (std::filesystem::read_symlink(path, closed_meanwhile) == "anon_inode:[eventpoll]") found.push_back(handle);
  });
  return found;
}

bool listens(int handle) {
  int answer = 0;
  socklen_t size = sizeof answer;
  return getsockopt(handle, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer != 0;
}

tcp_info tcp_info_of(int handle) {
  tcp_info info{};
  socklen_t size = sizeof info;
  getsockopt(handle, IPPROTO_TCP, TCP_INFO, &info, &size);
  return info;
}

/// Of a socket that listens, this counts what nobody has accepted yet.
bool has_waiting(int listener) { return tcp_info_of(listener).tcpi_unacked > 0; }

/// The system lets packets with SYN fall and takes all others. A socket that simply closed would reset those who have
/// shaken hands and wait to be accepted, perhaps with a request on its way: no proxy may send that again.
void take_no_handshake(int listener) {
  constexpr std::uint32_t kFlags = 13; // octet of the TCP header
  constexpr std::uint32_t kSyn = 0x02;
  std::array<sock_filter, 4> code{{BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlags),
                                   BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kSyn, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0),
                                   BPF_STMT(BPF_RET | BPF_K, 0xffffffff)}};
  const sock_fprog program{.len = code.size(), .filter = code.data()};
  setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/// The descriptor stays Drogon's, which closes it at the end. No loop may hear of it any more: each would be woken by
/// it without end.
void close_listener(int listener, const std::vector<int>& loops) {
  for (const int loop : loops)
    epoll_ctl(loop, EPOLL_CTL_DEL, listener, nullptr);
  shutdown(listener, SHUT_RD);
}

} // namespace

void stop_listening(std::span<const std::uint16_t> ports, std::chrono::milliseconds handshakes) {
  std::vector<int> listeners = sockets_on(ports);
  std::erase_if(listeners, [](int handle) { return !listens(handle); });
  std::ranges::for_each(listeners, take_no_handshake);
  const auto began = std::chrono::steady_clock::now();
  const auto within = [&](std::chrono::milliseconds time) { return std::chrono::steady_clock::now() - began < time; };
  while (within(handshakes) || (within(std::chrono::seconds(1)) && std::ranges::any_of(listeners, has_waiting)))
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const std::vector<int> loops = epolls();
  for (const int listener : listeners)
    close_listener(listener, loops);
}

std::size_t count_connections(std::span<const std::uint16_t> ports, const Networks& peers) {
  return static_cast<std::size_t>(std::ranges::count_if(sockets_on(ports), [&](int handle) {
    return tcp_info_of(handle).tcpi_state == TCP_ESTABLISHED &&
           peers.contains(address_of(handle, getpeername).text.data());
  }));
}

} // namespace mv::http
