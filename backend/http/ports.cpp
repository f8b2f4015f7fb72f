#include "backend/http/ports.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <format>
#include <memory>

namespace mv::http {

namespace {

std::unexpected<Error> bad_address(const std::string& what) {
  return fail(ErrorCode::unavailable, "server.bad-address",
              what + "; write one of this machine's, 127.0.0.1 or 0.0.0.0 for example");
}

} // namespace

Result<std::uint16_t> probe_port(const std::string& address, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* raw = nullptr;
  const int found = getaddrinfo(address.c_str(), std::to_string(port).c_str(), &wanted, &raw);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> info(raw, &freeaddrinfo);
  if (found != 0) {
    return bad_address(address + " is not an IP address");
  }
  const int handle = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (handle < 0) return bad_address(address + ": " + std::strerror(errno));
  // As servers do: a port whose last connections linger is free.
  const int yes = 1;
  setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  const bool free = bind(handle, info->ai_addr, info->ai_addrlen) == 0 &&
                    getsockname(handle, reinterpret_cast<sockaddr*>(&bound), &size) == 0;
  const int problem = errno;
  close(handle);
  if (!free && problem == EADDRNOTAVAIL) return bad_address(address + ": " + std::strerror(problem));
  if (!free) {
    const bool forbidden = problem == EACCES || problem == EPERM;
    return fail(ErrorCode::unavailable, "server.port-taken",
                std::format("{} port {}: {}; {}", address, port, std::strerror(problem),
                            forbidden ? "choose one from 1024" : "end what listens there, or choose another"));
  }
  const std::uint16_t number = bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                                           : reinterpret_cast<const sockaddr_in&>(bound).sin_port;
  return ntohs(number);
}

bool accepts(const std::string& address, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  // Linux takes a connection to a wildcard address as one to itself.
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &wanted, &raw) != 0) return true;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> info(raw, &freeaddrinfo);
  const int handle = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = handle >= 0 && connect(handle, info->ai_addr, info->ai_addrlen) == 0;
  if (handle >= 0) close(handle);
  return connected;
}

} // namespace mv::http
