#pragma once

// WebSocket over Drogon: who may open one, callbacks in order, keep-alive, and a bound on what waits for a slow reader.

#include <memory>
#include <string_view>
#include <vector>

#include "backend/http/dispatcher.hpp"
#include "backend/http/request_pool.hpp"
#include "backend/http/websocket.hpp"

namespace mv::http {

/// Made before the application runs; one per process.
class SocketServer {
public:
  SocketServer(std::vector<WebSocketRoute> routes, Dispatcher& dispatcher, RequestPool& pool, Metrics& metrics);
  ~SocketServer();
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  /// Tells the application its addresses; before it runs.
  void attach();
  /// Whether a socket may be opened at that address.
  [[nodiscard]] bool serves(std::string_view path) const;
  /// Once a second, from the application's main loop: pings, and drops who is silent.
  void tick();
  /// Closes every socket with 1001 (going away).
  void close_all();

private:
  class Controller;
  class Socket;
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Controller> controller_;
};

} // namespace mv::http
