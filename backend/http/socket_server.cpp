#include "backend/http/socket_server.hpp"

#include <drogon/WebSocketController.h>
#include <drogon/drogon.h>
#include <trantor/net/EventLoop.h>

#include <charconv>
#include <mutex>
#include <set>

#include "backend/http/drogon_bridge.hpp"
#include "core/base/log.hpp"

namespace mv::http {

namespace {

using Clock = std::chrono::steady_clock;

// A ping follows each of so many bytes: its pong proves that the reader has taken them in.
constexpr std::uint64_t kPingAfter = 64UL * 1024;
// Incoming messages that may wait for a thread.
constexpr std::size_t kMostWaiting = 64;

} // namespace

/// Drogon does not tell how much is unsent, so what is unread is counted: every message is added, and a pong carries
/// back how far the reader has come.
class SocketServer::Socket final : public Connection, public std::enable_shared_from_this<Socket> {
public:
  /// On the event loop of `socket`.
  Socket(drogon::WebSocketConnectionPtr socket, const WebSocketRoute& of, RequestPool& pool, Counter& dropped)
      : route(of),
        strand(std::make_shared<Strand>(pool)),
        loop_(*trantor::EventLoop::getEventLoopOfCurrentThread()),
        socket_(std::move(socket)),
        dropped_(dropped) {}

  bool send(std::string_view text) override {
    const std::scoped_lock lock(mutex_);
    if (!has_room(text.size())) return false;
    socket_->send(text.data(), text.size());
    count(text.size());
    return true;
  }

  bool send_all(std::span<const SharedText> texts) override {
    std::size_t bytes = 0;
    for (const SharedText& text : texts)
      bytes += text->size();
    const std::scoped_lock lock(mutex_);
    if (!has_room(bytes)) return false;
    // Each message that is sent from another thread wakes the loop by a system call; so all go over to it at once.
    loop_.queueInLoop([socket = socket_, queued = std::vector<SharedText>(texts.begin(), texts.end())] {
      for (const SharedText& text : queued)
        socket->send(text->data(), text->size());
    });
    count(bytes);
    return true;
  }

  void close(int code, std::string_view reason) override {
    const std::scoped_lock lock(mutex_);
    if (!socket_) return;
    socket_->shutdown(static_cast<drogon::CloseCode>(code), std::string(reason.substr(0, 120)));
    socket_.reset();
  }

  [[nodiscard]] bool open() const override {
    const std::scoped_lock lock(mutex_);
    return socket_ != nullptr && socket_->connected();
  }

  /// Something came from the peer.
  void heard() {
    const std::scoped_lock lock(mutex_);
    last_heard_ = Clock::now();
  }

  void pong(std::string_view text) {
    std::uint64_t read = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), read);
    const std::scoped_lock lock(mutex_);
    if (problem == std::errc() && read <= sent_ && read > acknowledged_) acknowledged_ = read;
  }

  void tick() {
    const std::scoped_lock lock(mutex_);
    if (!socket_) return;
    const auto now = Clock::now();
    if (now - last_heard_ > 3 * route.ping_every) {
      socket_->forceClose();
      socket_.reset();
    } else if (now - last_ping_ >= route.ping_every) {
      ping();
    }
  }

  void gone() {
    const std::scoped_lock lock(mutex_);
    socket_.reset();
  }

  const WebSocketRoute& route;
  const std::shared_ptr<Strand> strand;
  bool announced = false; ///< `opened` was called. Used on the strand only.

private:
  /// False when the socket is closed, or when its reader is too slow, and then it is closed by this.
  bool has_room(std::size_t bytes) {
    if (!socket_) return false;
    if (sent_ - acknowledged_ + bytes <= route.unsent_limit) return true;
    dropped_.add();
    log_warning("slow reader dropped", {{"unread_bytes", sent_ - acknowledged_}});
    socket_->forceClose();
    socket_.reset();
    return false;
  }

  void count(std::size_t bytes) {
    sent_ += bytes;
    if (sent_ - pinged_ >= kPingAfter) ping();
  }

  void ping() {
    socket_->send(std::to_string(sent_), drogon::WebSocketMessageType::Ping);
    pinged_ = sent_;
    last_ping_ = Clock::now();
  }

  trantor::EventLoop& loop_;
  mutable std::mutex mutex_;
  drogon::WebSocketConnectionPtr socket_;
  Counter& dropped_;
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t pinged_ = 0;
  Clock::time_point last_heard_ = Clock::now();
  Clock::time_point last_ping_ = Clock::now();
};

struct SocketServer::Shared {
  std::vector<WebSocketRoute> routes;
  Dispatcher& dispatcher;
  RequestPool& pool;
  Counter& dropped;
  Gauge& count;
  std::mutex mutex;
  std::set<std::shared_ptr<Socket>> sockets;
  bool closing = false;

  [[nodiscard]] std::vector<std::shared_ptr<Socket>> all() {
    const std::scoped_lock lock(mutex);
    return {sockets.begin(), sockets.end()};
  }
};

namespace {

/// Callbacks are ours, but a throw from one must not end a pool thread.
template <class Callback>
void guarded(Callback&& callback) {
  try {
    callback();
  } catch (const std::exception& error) {
    log_error("a WebSocket callback threw", {{"error", std::string_view(error.what())}});
  } catch (...) {
    log_error("a WebSocket callback threw something that is no std::exception");
  }
}

} // namespace

class SocketServer::Controller final : public drogon::WebSocketController<SocketServer::Controller, false> {
public:
  explicit Controller(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  static void initPathRouting() {} // the addresses are known at run time: SocketServer::attach

  void handleNewConnection(const drogon::HttpRequestPtr& request, const drogon::WebSocketConnectionPtr& raw) override {
    const auto route = std::ranges::find(shared_->routes, request->path(), &WebSocketRoute::path);
    raw->disablePing(); // ours count, Drogon's do not
    const auto socket = std::make_shared<Socket>(raw, *route, shared_->pool, shared_->dropped);
    raw->setContext(socket);
    {
      const std::scoped_lock lock(shared_->mutex);
      if (shared_->closing) return socket->close(1001, "stopping");
      shared_->sockets.insert(socket);
      shared_->count.set(static_cast<double>(shared_->sockets.size()));
    }
    socket->strand->post([shared = shared_, socket, request] {
      guarded([&] {
        const auto shake = shared->dispatcher.shake_hands(DrogonRequest(request));
        if (!shake) return socket->close(1008, shake.error().key);
        const LogContext log("request_id", shake->request_id);
        socket->announced = true;
        if (socket->route.opened) socket->route.opened(socket, *shake);
      });
    });
  }

  void handleNewMessage(const drogon::WebSocketConnectionPtr& raw, std::string&& text,
                        const drogon::WebSocketMessageType& type) override {
    const auto socket = raw->getContext<Socket>();
    if (!socket) return;
    socket->heard();
    if (type == drogon::WebSocketMessageType::Pong) return socket->pong(text);
    if (type == drogon::WebSocketMessageType::Binary) return socket->close(1003, "text only");
    if (type != drogon::WebSocketMessageType::Text) return;
    if (text.size() > socket->route.message_limit) return socket->close(1009, "message too big");
    if (socket->strand->waiting() > kMostWaiting) return socket->close(1008, "too many messages");
    socket->strand->post([socket, message = std::move(text)] {
      if (!socket->announced || !socket->route.message) return;
      guarded([&] { socket->route.message(socket, message); });
    });
  }

  void handleConnectionClosed(const drogon::WebSocketConnectionPtr& raw) override {
    const auto socket = raw->getContext<Socket>();
    if (!socket) return;
    raw->clearContext();
    socket->gone();
    {
      const std::scoped_lock lock(shared_->mutex);
      shared_->sockets.erase(socket);
      shared_->count.set(static_cast<double>(shared_->sockets.size()));
    }
    socket->strand->post([socket] {
      if (socket->announced && socket->route.closed) guarded([&] { socket->route.closed(socket); });
    });
  }

private:
  std::shared_ptr<Shared> shared_;
};

SocketServer::SocketServer(std::vector<WebSocketRoute> routes, Dispatcher& dispatcher, RequestPool& pool,
                           Metrics& metrics)
    : shared_(std::make_shared<Shared>(
          std::move(routes), dispatcher, pool,
          metrics.counter("memoryverse_websocket_dropped_total", "Sockets closed because their reader was too slow."),
          metrics.gauge("memoryverse_websocket_connections", "Open sockets."))) {}

SocketServer::~SocketServer() = default;

void SocketServer::attach() {
  if (shared_->routes.empty()) return;
  controller_ = std::make_shared<Controller>(shared_);
  drogon::app().registerController(controller_);
  std::size_t largest = 0;
  for (const WebSocketRoute& route : shared_->routes) {
    drogon::app().registerWebSocketController(route.path, Controller::classTypeName());
    largest = std::max(largest, route.message_limit);
  }
  // A little over, so that what is just too long gets our close code and not a cut line.
  drogon::app().setClientMaxWebSocketMessageSize(largest * 2 + 1024);
}

bool SocketServer::serves(std::string_view path) const {
  return std::ranges::contains(shared_->routes, path, &WebSocketRoute::path);
}

void SocketServer::tick() {
  for (const auto& socket : shared_->all())
    socket->tick();
}

void SocketServer::close_all() {
  {
    const std::scoped_lock lock(shared_->mutex);
    shared_->closing = true;
  }
  for (const auto& socket : shared_->all())
    socket->close(1001, "the server stops");
}

} // namespace mv::http
