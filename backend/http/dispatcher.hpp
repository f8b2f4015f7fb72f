#pragma once

// One request from its first byte of meaning to a reply ready to be sent: request id, who asks, route, limits, handler,
// problem, headers, log line, metrics. Knows no Drogon.

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "backend/http/readiness.hpp"
#include "backend/http/reply.hpp"
#include "backend/http/security.hpp"
#include "backend/http/server.hpp"
#include "core/base/metrics.hpp"

namespace mv::http {

/// Which port a request came in by.
enum class Listener { web, api, realtime };

class Dispatcher {
public:
  Dispatcher(const ServerOptions& options, const Router& router, Metrics& metrics);

  void add_health_check(HealthCheck check) { readiness_.add(std::move(check)); }

  /// Answers; never throws. On a request thread.
  [[nodiscard]] Reply handle(const Request& request, Listener listener);
  /// Answers without a request thread: liveness, and the refusal when the pool is full or the server stops.
  [[nodiscard]] Reply handle_live(const Request& request);
  [[nodiscard]] Reply refuse(const Request& request, std::string_view key);
  /// For what Drogon found wrong before there was a request of ours.
  [[nodiscard]] Reply refuse_status(const Request& request, int status);

  /// From now on this process is not ready, whatever its checks say.
  void set_ending() { readiness_.set_ending(); }
  [[nodiscard]] const Networks& trusted_proxies() const { return trusted_proxies_; }

  /// The port of the web client's pages, known once it is bound; 0 where they are not served.
  void set_web_port(int port) { web_port_ = port; }

  /// What a handshake of a WebSocket proves. An error when the Origin is foreign.
  [[nodiscard]] Result<Handshake> shake_hands(const Request& request);

private:
  struct Call; // one request on its way
  struct RouteMetrics {
    std::array<Counter*, 6> by_class{}; // 1xx to 5xx; 0 is not used
    Histogram* took = nullptr;
    std::string name; // `GET /api/v1/memories/{id}`
  };

  [[nodiscard]] Call begin(const Request& request) const;
  [[nodiscard]] Result<Reply> answer(Call& call, Listener listener);
  [[nodiscard]] Result<Reply> answer_site(Call& call, Listener listener);
  [[nodiscard]] Result<Reply> answer_route(Call& call);
  [[nodiscard]] Result<Reply> run_route(Call& call, const Route& route);
  [[nodiscard]] Result<Reply> finish_route(Call& call, const Route& route, RawReply raw);
  /// Nobody, where the request names nobody.
  [[nodiscard]] Result<std::optional<Identity>> identify(const Request& request, const Origin& origin) const;
  [[nodiscard]] Result<void> authenticate(Call& call, const Route& route);
  [[nodiscard]] Result<void> check_body(const Call& call, const Route& route) const;
  [[nodiscard]] bool carries_auth_cookie(const Request& request) const;
  void report(const Call& call, const Error& error, bool thrown) const;
  void finish(Call& call, Reply& reply);
  RouteMetrics make_metrics(std::string_view pattern, std::string_view method);

  const ServerOptions& options_;
  const Router& router_;
  Metrics& metrics_;
  Networks trusted_proxies_;
  std::vector<std::string> allowed_origins_;
  Readiness readiness_;
  std::atomic<int> web_port_ = 0;
  std::unordered_map<const Route*, RouteMetrics> route_metrics_;
  RouteMetrics site_metrics_;
  RouteMetrics unknown_metrics_;
};

} // namespace mv::http
