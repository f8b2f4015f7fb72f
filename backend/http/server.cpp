#include "backend/http/server.hpp"

#include <drogon/drogon.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <latch>
#include <thread>

#include "backend/http/dispatcher.hpp"
#include "backend/http/drogon_bridge.hpp"
#include "backend/http/http_text.hpp"
#include "backend/http/own_sockets.hpp"
#include "backend/http/ports.hpp"
#include "backend/http/request_pool.hpp"
#include "backend/http/socket_server.hpp"
#include "core/base/log.hpp"

namespace mv::http {

namespace {

using Callback = std::function<void(const drogon::HttpResponsePtr&)>;

/// Written by the signal handler and by `stop`, read by the thread that ends the server. A signal handler may do no
/// more than this.
std::atomic<int> wake_handle = -1;

void wake(int /*signal*/) {
  const std::uint64_t one = 1;
  const int handle = wake_handle;
  if (handle >= 0) [[maybe_unused]]
    const auto written = write(handle, &one, sizeof one);
}

void catch_signals() {
  struct sigaction action{};
  action.sa_handler = wake;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// Drogon and trantor report into our log; what a client does wrong is not worth more than a debug line.
void redirect_drogon_log() {
  trantor::Logger::setLogLevel(trantor::Logger::kError);
  trantor::Logger::setOutputFunction(
      [](const char* text, std::uint64_t size) {
        std::string_view line(text, size);
        while (line.ends_with('\n'))
          line.remove_suffix(1);
        log_debug("drogon", {{"line", line}});
      },
      [] {});
}

/// From SIGTERM to the end: who is still connected is served (`draining`), until the time for that is over.
enum class Phase : std::uint8_t { serving, draining, refusing };

/// Longest that a handshake of TCP between the proxy and this process may be under way.
constexpr std::chrono::milliseconds kHandshake{50};

/// A connection is a descriptor, and systems give a process 1,024 of them, but more to who asks.
void raise_file_limit(std::size_t connections) {
  constexpr rlim_t kOthers = 1024; // database, files, decoders
  const rlim_t wanted = connections + kOthers;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted) return;
  files.rlim_cur = std::min(wanted, files.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < wanted)
    log_warning("the system's limit of open files is below what all connections need",
                {{"limit", files.rlim_cur}, {"wanted", wanted}});
}

} // namespace

struct Server::Impl {
  ServerOptions options;
  Metrics& metrics;
  Dispatcher dispatcher;
  RequestPool pool;
  // Readiness and metrics tell of a process whose threads all wait, so they have their own. Not among its metrics: what
  // is watched there is the pool that people wait for.
  Metrics unseen;
  RequestPool watchers{2, 16, unseen};
  std::vector<WebSocketRoute> websockets;
  std::unique_ptr<SocketServer> sockets;
  Ports ports;
  std::atomic<Phase> phase = Phase::serving;
  std::atomic<std::size_t> running = 0;
  int wake_fd = eventfd(0, EFD_CLOEXEC);

  Impl(ServerOptions wanted, const Router& router, Metrics& registry)
      : options(std::move(wanted)),
        metrics(registry),
        dispatcher(options, router, registry),
        pool(options.pool_threads, options.pool_queue, registry) {}
  ~Impl() {
    wake_handle = -1;
    close(wake_fd);
  }

  [[nodiscard]] Listener listener_of(std::uint16_t port) const {
    if (ports.web == port) return Listener::web;
    return ports.realtime == port ? Listener::realtime : Listener::api;
  }

  /// Takes a request on an event loop, which must not wait: to the pool, or refused.
  void take(const drogon::HttpRequestPtr& request, Callback&& callback) {
    const DrogonRequest ours(request);
    // Before the look at the phase: whoever ends the server is seen here, or waits for what is begun.
    ++running;
    const bool refusing = phase == Phase::refusing;
    // Liveness must answer however much there is to do.
    if (!refusing && ours.path() == "/health/live" && ours.method() == "GET") {
      callback(to_drogon(dispatcher.handle_live(ours)));
      --running;
      return;
    }
    const bool watches = ours.path() == "/health/ready" || ours.path() == "/metrics";
    const bool taken = !refusing && (watches ? watchers : pool).submit([this, request, callback] {
      const DrogonRequest mine(request);
      callback(to_drogon(dispatcher.handle(mine, listener_of(request->localAddr().toPort()))));
      --running;
    });
    if (taken) return;
    --running;
    callback(to_drogon(dispatcher.refuse(ours, refusing ? "request.stopping" : "request.busy")));
  }

  Result<void> bind_ports();
  void configure();
  void started(const std::function<void(const Ports&)>& ready);
  std::jthread announcing;
  void end_when_told();
  void drain();
  [[nodiscard]] bool told_within(std::chrono::milliseconds time) const;
};

namespace {

/// The wanted ports of the listeners, each with the setting that it comes from.
auto wanted_ports(auto& options) {
  return std::array{std::pair(&options.web_port, "MEMORYVERSE_WEB_PORT"),
                    std::pair(&options.api_port, "MEMORYVERSE_API_PORT"),
                    std::pair(&options.realtime_port, "MEMORYVERSE_REALTIME_PORT")};
}

Result<std::uint16_t> probe(const std::string& address, std::uint16_t port, const char* setting) {
  auto probed = probe_port(address, port);
  if (probed) return probed;
  const bool is_port = probed.error().key == "server.port-taken";
  probed.error().cause = std::string(is_port ? setting : "MEMORYVERSE_LISTEN") + ": " + probed.error().cause;
  return probed;
}

} // namespace

Result<void> check_ports(const ServerOptions& options) {
  for (const auto& [port, setting] : wanted_ports(options))
    if (*port) TRY_OK(probe(options.listen, **port, setting));
  return {};
}

Result<void> Server::Impl::bind_ports() {
  for (const auto& [port, setting] : wanted_ports(options)) {
    if (!*port) continue;
    TRY(const std::uint16_t number, probe(options.listen, **port, setting));
    // Each event loop binds for itself: with several of them, 0 would become as many different ports.
    if (options.io_threads > 1) *port = number;
    drogon::app().addListener(options.listen, **port);
  }
  return {};
}

void Server::Impl::configure() {
  redirect_drogon_log();
  auto& app = drogon::app();
  app.setThreadNum(options.io_threads)
      .setMaxConnectionNum(options.max_connections)
      .setIdleConnectionTimeout(options.idle_timeout_s)
      // Drogon cuts the line without a word when a body is over its own limit, so that ours comes first: the answer
      // of a route to what is over its limit is a problem reply.
      .setClientMaxBodySize(options.body_limit + 1024UL * 1024)
      .setClientMaxMemoryBodySize(options.memory_body)
      .setPipeliningRequestsNumber(64)
      .enableServerHeader(false)
      .enableGzip(false)
      .enableBrotli(false)
      .disableSession()
      .setUploadPath(options.scratch.empty() ? std::filesystem::temp_directory_path().string()
                                             : options.scratch.string());
  app.setCustomErrorHandler([this](drogon::HttpStatusCode status) {
    return to_drogon(dispatcher.refuse_status(DrogonRequest(drogon::HttpRequest::newHttpRequest()), status));
  });
  app.registerPreRoutingAdvice([this](const drogon::HttpRequestPtr& request, drogon::AdviceCallback&& callback,
                                      drogon::AdviceChainCallback&& next) {
    // A handshake is answered by Drogon, which then hands the socket to the controller. Elsewhere it is refused here
    // and now: Drogon ends the connection with a close frame that would overtake an answer from another thread.
    if (to_lower(request->getHeader("upgrade")) != "websocket") {
      take(request, std::move(callback));
    } else if (sockets->serves(request->path())) {
      next();
    } else {
      callback(to_drogon(dispatcher.refuse_status(DrogonRequest(request), drogon::k404NotFound)));
    }
  });
  // Who is served while the server ends leaves with that reply. Here, since Drogon decides it anew for each reply but
  // asks once more before it sends one.
  app.registerPreSendingAdvice([this](const drogon::HttpRequestPtr&, const drogon::HttpResponsePtr& reply) {
    if (phase != Phase::serving) reply->setCloseConnection(true);
  });
  sockets = std::make_unique<SocketServer>(std::move(websockets), dispatcher, pool, metrics);
  sockets->attach();
}

void Server::Impl::started(const std::function<void(const Ports&)>& ready) {
  catch_signals(); // after Drogon has set its own
  const auto bound = drogon::app().getListeners();
  std::size_t next = 0;
  for (const auto& [wanted, port] : {std::pair(&options.web_port, &ports.web), std::pair(&options.api_port, &ports.api),
                                     std::pair(&options.realtime_port, &ports.realtime)}) {
    if (*wanted) *port = bound[next++].toPort();
  }
  dispatcher.set_web_port(ports.web.value_or(0));
  drogon::app().getLoop()->runEvery(1.0, [this] { sockets->tick(); });
  // Listeners begin to listen by tasks on their loops, in no order that Drogon promises: only a connection proves it.
  announcing = std::jthread([this, ready] {
    for (const auto& port : {ports.web, ports.api, ports.realtime}) {
      while (port && phase == Phase::serving && !accepts(options.listen, *port))
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    if (phase == Phase::serving) ready(ports);
  });
}

/// Waits for the word that the server should end, or for the next one.
bool Server::Impl::told_within(std::chrono::milliseconds time) const {
  pollfd word{.fd = wake_fd, .events = POLLIN, .revents = 0};
  return poll(&word, 1, static_cast<int>(time.count())) > 0;
}

/// A proxy may write a request on any connection that it keeps, at any moment, and may not send it again where it came
/// upon a closed one. So these end by a reply that says so, or by the proxy itself; others, which are people's own, may
/// be closed when nothing runs.
void Server::Impl::drain() {
  std::vector<std::uint16_t> listened;
  for (const auto& port : {ports.web, ports.api, ports.realtime})
    if (port) listened.push_back(*port);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.drain_s);
  sockets->close_all(); // their clients come again, and another process takes them
  stop_listening(listened, options.trusted_proxies.empty() ? std::chrono::milliseconds(0) : kHandshake);
  const auto is_busy = [&] { return running > 0 || count_connections(listened, dispatcher.trusted_proxies()) > 0; };
  while (is_busy() && std::chrono::steady_clock::now() < until) {
    if (told_within(std::chrono::milliseconds(20))) return;
  }
}

void Server::Impl::end_when_told() {
  std::uint64_t count = 0;
  while (read(wake_fd, &count, sizeof count) < 0 && errno == EINTR) {
  }
  phase = Phase::draining;
  dispatcher.set_ending();
  drain();
  phase = Phase::refusing;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.stop_within_s);
  while (running > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (running > 0) log_warning("requests cut short by the stop", {{"requests", running.load()}});
  // Behind the replies that are on their way to the loops.
  std::latch passed(static_cast<std::ptrdiff_t>(options.io_threads));
  for (std::size_t loop = 0; loop < options.io_threads; ++loop)
    drogon::app().getIOLoop(loop)->queueInLoop([&passed] { passed.count_down(); });
  passed.wait();
  drogon::app().quit();
}

Server::Server(ServerOptions options, const Router& router, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), router, metrics)) {}

Server::~Server() = default;

void Server::add_websocket(WebSocketRoute route) { impl_->websockets.push_back(std::move(route)); }

void Server::add_health_check(HealthCheck check) { impl_->dispatcher.add_health_check(std::move(check)); }

Result<void> Server::run(const std::function<void(const Ports&)>& ready) {
  raise_file_limit(impl_->options.max_connections);
  TRY_OK(impl_->bind_ports());
  impl_->configure();
  wake_handle = impl_->wake_fd;
  std::jthread ending([this] { impl_->end_when_told(); });
  drogon::app().registerBeginningAdvice([this, &ready] { impl_->started(ready); });
  drogon::app().run();
  impl_->announcing = {}; // what is to be done when all is ready has been done, or never will be
  return {};
}

void Server::stop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(impl_->wake_fd, &one, sizeof one);
}

} // namespace mv::http
