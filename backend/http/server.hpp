#pragma once

// The HTTP server: listeners, limits, static files, health and metrics around a Router. One per process (Drogon's
// application object is one).

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backend/http/router.hpp"
#include "backend/http/websocket.hpp"
#include "core/base/result.hpp"

namespace mv {
class Metrics;
}

namespace mv::http {

/// A part of `/health/ready`: a name and what is wrong, or nothing. Called on a thread of its own kind, of which there
/// are two: it may wait for as long as whoever asks would.
struct HealthCheck {
  std::string name;
  std::function<Result<void>()> check;
  bool required = true; ///< Without it there is no service; else it is `degraded`, and the process stays ready.
  /// Keys of errors with which it is the other way round. One of a required part that can be borne is said in the words
  /// that follow the key's dot: `read-only`.
  std::vector<std::string_view> except{};
};

struct ServerOptions {
  std::string listen = "127.0.0.1";
  std::optional<std::uint16_t> web_port; ///< Web client and API on one origin. Absent: not served. 0: any free one.
  std::optional<std::uint16_t> api_port; ///< API, health, metrics.
  std::optional<std::uint16_t> realtime_port; ///< WebSocket (served on the web port too).
  std::filesystem::path web_root;             ///< The built web client.
  std::filesystem::path docs_root;            ///< The files of npm swagger-ui-dist; empty: no /api/docs.
  std::filesystem::path scratch;              ///< Folder for bodies that do not fit in memory.

  std::size_t io_threads = 1;                  ///< Event loops.
  std::size_t pool_threads = 4;                ///< Handlers at once.
  std::size_t pool_queue = 256;                ///< Requests waiting for a thread before 503.
  std::size_t body_limit = 64UL * 1024 * 1024; ///< Largest body of any route, bytes.
  std::size_t memory_body = 1024UL * 1024;     ///< A larger body goes to a temporary file.
  std::size_t max_connections = 10'000;
  std::size_t idle_timeout_s = 60;
  /// How long after SIGTERM whoever is connected is served; less when nothing runs and no trusted proxy is connected.
  std::size_t drain_s = 10;
  std::size_t stop_within_s = 10; ///< How long running requests may take after that, while new ones are refused.

  std::vector<std::string>
      public_origins; ///< `https://memories.example` beside the address itself: for the Origin check.
  std::vector<std::string> cors_origins; ///< Who else may call from a browser; none by default.
  std::vector<std::string>
      trusted_proxies; ///< Addresses and networks (`172.16.0.0/12`) whose X-Forwarded-For and -Proto are believed.
  /// Cookies that carry authority: with one of these and no bearer token, an unsafe method needs a same Origin.
  std::vector<std::string> auth_cookies = {"mv_access", "mv_refresh"};
};

/// Addresses after start; absent where the listener is not on.
struct Ports {
  std::optional<std::uint16_t> web;
  std::optional<std::uint16_t> api;
  std::optional<std::uint16_t> realtime;
};

/// Whether `run` could bind all of them, asked long before it: `unavailable` when an address is none or a port is
/// taken.
[[nodiscard]] Result<void> check_ports(const ServerOptions& options);

class Server {
public:
  /// `router` and `metrics` must outlive the server.
  Server(ServerOptions options, const Router& router, Metrics& metrics);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void add_websocket(WebSocketRoute route);
  void add_health_check(HealthCheck check);

  /// Binds, calls `ready` (on a thread of its own) once every port accepts, and serves until SIGINT, SIGTERM or `stop`;
  /// then is not ready, accepts no connection, serves those that are open (`drain_s`; a second signal ends that), lets
  /// running requests end, and returns. On the thread that calls. `unavailable` when a port is taken.
  [[nodiscard]] Result<void> run(const std::function<void(const Ports&)>& ready);
  /// From any thread.
  void stop();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace mv::http
