#include "core/adapters/postgres/pulse.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <format>
#include <memory>
#include <optional>
#include <stdexcept>

#include "core/testing/free_port.hpp"

namespace mv::postgres {
namespace {

using namespace std::chrono_literals;

/// Takes connections, as the kernel of a frozen server does, and says nothing.
class SilentServer {
public:
  SilentServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 8) != 0 || ::getsockname(socket_, generic, &size) != 0)
      throw std::runtime_error("no socket");
    port_ = std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  [[nodiscard]] const std::string& port() const { return port_; }

private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string port_;
};

/// Somebody who waits for a server from now on, on a connection that stands for one to it.
class Waiting {
public:
  Waiting(const std::string& hosts, const std::string& host, const std::string& port)
      : pulse_(Address::parse("postgresql://mv@" + hosts + "/x").value()) {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) != 0) throw std::runtime_error("no socket");
    line_.emplace(pulse_, ends_[0], host, port);
    wait_.emplace(*line_, 1h);
  }
  ~Waiting() {
    wait_.reset();
    for (const int end : ends_)
      ::close(end);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  [[nodiscard]] bool silent() const { return pulse_.silent(); }
  [[nodiscard]] bool ended() const {
    char byte = 0;
    return ::recv(ends_[0], &byte, 1, MSG_DONTWAIT) == 0;
  }

private:
  Pulse pulse_;
  std::array<int, 2> ends_{-1, -1};
  std::optional<Pulse::Line> line_;
  std::optional<Pulse::Line::Wait> wait_;
};

// Together, since each of them takes its eight seconds.
TEST(PulseTest, EndsTheWaitsForAServerThatSaysNothingAndForNoOther) {
  const SilentServer frozen;
  const std::string refusing = std::to_string(test::free_port());
  const std::string here = "127.0.0.1";
  const Waiting on_one(here + ":" + frozen.port(), here, frozen.port());
  const std::string both = std::format("127.0.0.1:{},127.0.0.1:{}", frozen.port(), refusing);
  const Waiting on_the_frozen(both, here, frozen.port());
  const Waiting on_the_other(both, here, refusing);
  const Waiting on_a_lost_name("no-such-host.invalid", "no-such-host.invalid", "5432");
  while (!on_one.ended() || !on_the_frozen.ended())
    std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(on_one.silent());
  EXPECT_FALSE(on_the_frozen.silent()) << "the address names another one";
  EXPECT_FALSE(on_the_other.ended());
  EXPECT_FALSE(on_a_lost_name.silent()) << "it could not be asked";
  EXPECT_FALSE(on_a_lost_name.ended());
}

} // namespace
} // namespace mv::postgres
