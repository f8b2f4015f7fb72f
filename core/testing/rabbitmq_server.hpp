#pragma once

// For tests: a RabbitMQ of one's own on free ports of 127.0.0.1, in a temporary folder that it keeps over restarts.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace mv::test {

/// Throws std::runtime_error where rabbitmq-server does not start: it belongs to the packages of the tests.
class RabbitMqServer {
public:
  RabbitMqServer();
  ~RabbitMqServer();
  RabbitMqServer(const RabbitMqServer&) = delete;
  RabbitMqServer& operator=(const RabbitMqServer&) = delete;

  /// Returns when it takes connections, about ten seconds later; on the ports and with the data that it had.
  void start();
  /// SIGKILL to all of it.
  void kill();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "amqp://mv:secret@127.0.0.1:" + std::to_string(port_); }
  /// By TLS, with the certificate that it has for `localhost`.
  [[nodiscard]] std::string tls_url() const;

private:
  [[nodiscard]] pid_t spawn(const std::string& command) const;

  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  std::uint16_t node_port_ = 0;
  std::uint16_t epmd_port_ = 0;
  pid_t epmd_ = -1;
  pid_t pid_ = -1;
};

} // namespace mv::test
