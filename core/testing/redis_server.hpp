#pragma once

// For tests: a redis-server of one's own, on a free port of 127.0.0.1 and a Unix socket, in a temporary folder. It
// keeps nothing and ends with the test's process.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mv::test {

struct RedisServerOptions {
  std::vector<std::string> arguments{}; ///< Over those of the class: `--requirepass`, `secret`.
  bool tls = false;                     ///< The port speaks TLS, with a certificate for `localhost`.
};

/// Throws std::runtime_error where redis-server does not start: it belongs to the packages of the tests.
class RedisServer {
public:
  explicit RedisServer(RedisServerOptions options = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  /// Returns when it takes connections; on the port that it had.
  void start();
  /// SIGKILL; what it held is gone.
  void kill();
  /// SIGSTOP: connections stand, and nothing answers.
  void pause();
  void resume();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// `redis://127.0.0.1:PORT`, or `rediss://localhost:PORT?ca=FILE`.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string socket() const { return (folder_ / "redis.sock").string(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
  [[nodiscard]] std::vector<std::string> command() const;

  RedisServerOptions options_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int output_ = -1; // held open, so that the server can write
};

} // namespace mv::test
