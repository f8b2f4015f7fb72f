#pragma once

// A WebSocket client for tests, on libcurl. Used by one thread at a time.

#include <memory>
#include <optional>
#include <string>

#include "backend/tests/harness.hpp"

namespace mv::test {

class WebSocketClient {
public:
  /// Opens at once; `opened` tells whether the handshake went through.
  WebSocketClient(const std::string& url, const Headers& headers = {});
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  [[nodiscard]] bool opened() const { return opened_; }
  void send(const std::string& text);
  /// The next message; nothing when the socket was closed, or when none came within `seconds`.
  std::optional<Json> next(int seconds = 20);
  /// Reads on until a message of that type; nothing when none came.
  std::optional<Json> next_of(const std::string& type, int seconds = 20);
  [[nodiscard]] bool closed() const { return closed_; }

private:
  void* easy_ = nullptr;
  void* headers_ = nullptr;
  bool opened_ = false;
  bool closed_ = false;
};

} // namespace mv::test
