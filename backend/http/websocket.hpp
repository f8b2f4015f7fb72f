#pragma once

// WebSocket, behind plain declarations.

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backend/http/context.hpp"

namespace mv::http {

/// A text message that many connections are sent: written once, held until the last of them has it.
using SharedText = std::shared_ptr<const std::string>;

/// One open socket. Every function is safe from every thread; a handle may outlive the socket.
class Connection {
public:
  virtual ~Connection() = default;
  /// Queues a text message. False when the socket is closed, or when so much is unsent that the reader is dropped: the
  /// bound is WebSocketRoute::unsent_limit.
  virtual bool send(std::string_view text) = 0;
  /// The same for several, in their order and for the price of one; the bound holds for all of them together.
  virtual bool send_all(std::span<const SharedText> texts) = 0;
  /// Closes with a code of RFC 6455 (1000, 1008, …) and a reason of at most 120 bytes.
  virtual void close(int code, std::string_view reason) = 0;
  [[nodiscard]] virtual bool open() const = 0;
};
using ConnectionPtr = std::shared_ptr<Connection>;

/// What came with the handshake. Owned, since the request is gone when the socket opens.
struct Handshake {
  std::string request_id;
  std::string client_address;
  std::string query;  ///< As sent, without the question mark.
  std::string locale; ///< By Accept-Language.
  /// Who the header or cookie speaks for; absent where neither came (a first message may say it) or it was refused.
  /// A cookie counts only when the Origin is ours.
  std::optional<Identity> identity;
};

/// Callbacks run on the request pool, in order for one connection, never two at once for one connection.
/// `closed` comes exactly once for each `opened`.
struct WebSocketRoute {
  std::string path; ///< `/api/v1/events`
  std::function<void(const ConnectionPtr&, const Handshake&)> opened{};
  std::function<void(const ConnectionPtr&, std::string_view text)> message{};
  std::function<void(const ConnectionPtr&)> closed{};
  std::size_t message_limit = 16 * 1024;  ///< Bytes of one incoming message; a longer one closes with 1009.
  std::size_t unsent_limit = 1024 * 1024; ///< Bytes waiting for a slow reader before it is dropped.
  std::chrono::seconds ping_every{30};    ///< A peer that is silent for three of these is dropped.
  std::string description{};              ///< For the documentation.
};

} // namespace mv::http
