#pragma once

// The configuration of the containers (infrastructure/docker/compose.production.yaml) for tests that start the same
// processes without them.

#include <map>
#include <string>
#include <vector>

namespace mv::test {

class Compose {
public:
  /// `secrets` as in `.env`. What asks for one that is missing throws std::runtime_error.
  explicit Compose(std::map<std::string, std::string> secrets) : secrets_(std::move(secrets)) {}

  /// What all roles of the server are given. `here` says what stands for a piece of a value on this machine, such as
  /// `127.0.0.1:5432/test` for `postgres:5432/memoryverse`; throws when there is no such piece.
  [[nodiscard]] std::map<std::string, std::string> server_environment(
      const std::map<std::string, std::string>& here) const;
  /// `{"--roles", "web,api"}` of `web`.
  [[nodiscard]] std::vector<std::string> command(const std::string& service) const;
  [[nodiscard]] std::size_t replicas(const std::string& service) const;

private:
  [[nodiscard]] std::string filled(const std::string& value) const;

  std::map<std::string, std::string> secrets_;
};

} // namespace mv::test
