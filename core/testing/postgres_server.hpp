#pragma once

// For tests: a PostgreSQL of the test program's own, in a temporary folder, on a free port of the loopback, gone when
// the program ends. Nothing in here is fast or careful enough for anything else.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mv::test {

struct PostgresServerOptions {
  bool durable = false;                ///< With fsync, for tests that kill the server.
  std::vector<std::string> settings{}; ///< `name=value` each, over those of the harness.
  std::filesystem::path parent{};      ///< Where its folder is made; the system's for temporary files when empty.
};

/// Throws std::runtime_error where a step fails. Used by one thread at a time.
class PostgresServer {
public:
  explicit PostgresServer(PostgresServerOptions options = {});
  /// A replica that follows `primary`.
  [[nodiscard]] static PostgresServer replica_of(const PostgresServer& primary);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// One for the whole program, started when it is first asked for, by the main thread.
  static PostgresServer& shared();

  /// A new database, empty or a copy of another; gives its address. The user owns the server.
  std::string make_database(std::string_view copy_of = {});
  void drop_database(std::string_view url);
  /// `postgresql://mv:PASSWORD@127.0.0.1:PORT/NAME`.
  [[nodiscard]] std::string url(std::string_view name) const;
  [[nodiscard]] static std::string_view password() { return "spring-garden"; }
  [[nodiscard]] int port() const { return port_; }
  /// A folder in another one that belongs to the server's user.
  [[nodiscard]] static std::filesystem::path make_folder_in(const std::filesystem::path& parent);
  /// The name in an address that this server gave.
  [[nodiscard]] static std::string name_in(std::string_view url);

  /// Runs statements past every limit of ours; gives the first value of the last one, "" for none.
  std::string run(std::string_view name, const std::string& sql);

  void start();
  /// Ends every connection in order.
  void stop();
  /// As a crash would.
  void kill();
  /// Stops all its processes without ending them: their connections stay, and nothing is answered.
  void freeze();
  void thaw();
  [[nodiscard]] bool running() const { return pid_ > 0; }
  [[nodiscard]] std::string log() const;

private:
  struct Copy {};
  PostgresServer(Copy, const PostgresServer& primary);
  [[nodiscard]] std::string socket_address(std::string_view name) const;
  void end(int signal);
  void signal_all(int signal) const;

  PostgresServerOptions options_;
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  int port_ = 0;
  int databases_ = 0;
};

} // namespace mv::test
