#pragma once

// The product's gateway before the servers of a test: nginx on infrastructure/gateway/nginx.conf.template.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "backend/tests/harness.hpp"

namespace mv::test {

/// A process on a free port, gone with the object. It asks for nothing but /health/live before it is there.
class Gateway {
public:
  /// Addresses as `TestServer::api()` and `realtime()` give them; one of the first must answer.
  Gateway(const std::vector<std::string>& web, const std::vector<std::string>& realtime);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  [[nodiscard]] Client client() const { return Client("http://127.0.0.1:" + std::to_string(port_)); }
  [[nodiscard]] std::string events() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/api/v1/events"; }

private:
  void start();

  std::filesystem::path folder_;
  int port_;
  pid_t pid_ = -1;
};

} // namespace mv::test
