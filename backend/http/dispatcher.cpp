#include "backend/http/dispatcher.hpp"

#include <algorithm>
#include <format>

#include "backend/http/answer_again.hpp"
#include "backend/http/http_text.hpp"
#include "backend/http/json_text.hpp"
#include "backend/http/run_once.hpp"
#include "backend/http/static_site.hpp"
#include "core/base/error_report.hpp"
#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/base/trace.hpp"

namespace mv::http {

namespace {

constexpr int kRetrySoon = 2; // seconds

/// A caller's own id joins its log with ours, when it is one and no attack on the log.
std::string request_id_of(const Request& request) {
  const std::string_view given = request.header("x-request-id");
  const bool sane = given.size() >= 8 && given.size() <= 64 && std::ranges::all_of(given, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                             c == '_' || c == '.';
                    });
  return sane ? std::string(given) : new_id();
}

Reply text_reply(std::string text, std::string_view content_type) {
  Reply reply;
  reply.content_type = content_type;
  reply.body = std::move(text);
  reply.set("Cache-Control", "no-store");
  return reply;
}

std::string_view bearer_of(const Request& request) {
  const std::string_view header = request.header("authorization");
  return header.starts_with("Bearer ") ? trim_blanks(header.substr(7)) : std::string_view{};
}

/// The same machine by another port: `memories.example:3000` of `memories.example:4001`.
std::string with_port(std::string_view host, int port) {
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  return std::format("{}:{}", host.substr(0, has_port ? colon : host.size()), port);
}

bool is_body_type(std::string_view content_type) {
  const std::string type = media_type(content_type);
  return type == "application/json" || type == "application/merge-patch+json";
}

} // namespace

struct Dispatcher::Call {
  const Request& request;
  Origin origin;
  Context context;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  const RouteMetrics* metrics = nullptr;
  Page page = Page::api;
};

Dispatcher::Dispatcher(const ServerOptions& options, const Router& router, Metrics& metrics)
    : options_(options), router_(router), metrics_(metrics) {
  for (const std::string& proxy : options.trusted_proxies) {
    if (!trusted_proxies_.add(proxy)) log_error("no address and no network", {{"proxy", proxy}});
  }
  for (const auto* list : {&options.public_origins, &options.cors_origins}) {
    for (const std::string& origin : *list)
      allowed_origins_.push_back(to_lower(origin));
  }
  for (const auto& route : router.routes()) {
    route_metrics_[route.get()] = make_metrics(route->pattern, name_of(route->method));
  }
  site_metrics_ = make_metrics("site", "GET");
  unknown_metrics_ = make_metrics("unknown", "any");
}

Dispatcher::RouteMetrics Dispatcher::make_metrics(std::string_view pattern, std::string_view method) {
  RouteMetrics made;
  made.name.append(method).append(" ").append(pattern);
  constexpr std::array<std::string_view, 6> classes = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t status = 2; status < classes.size(); ++status) {
    made.by_class[status] =
        &metrics_.counter("memoryverse_http_requests_total", "Requests by route and class of status.",
                          {{"route", pattern}, {"method", method}, {"status", classes[status]}});
  }
  made.took =
      &metrics_.histogram("memoryverse_http_request_seconds", "Time from a request's arrival at a thread to its reply.",
                          {{"route", pattern}, {"method", method}});
  return made;
}

Dispatcher::Call Dispatcher::begin(const Request& request) const {
  Origin origin = origin_of(request, trusted_proxies_);
  Context context(request, request_id_of(request), origin.client_address, origin.https,
                  choose_locale(request.header("accept-language")));
  return Call{.request = request, .origin = std::move(origin), .context = std::move(context)};
}

Reply Dispatcher::handle(const Request& request, Listener listener) {
  Call call = begin(request);
  call.metrics = &unknown_metrics_;
  const LogContext log("request_id", call.context.request_id());
  // Nobody outside may choose what we collect; a proxy of ours has chosen already.
  TraceScope trace("request", SpanKind::server, request.header("traceparent"),
                   call.origin.by_proxy ? TraceScope::Sampling::as_the_caller_says : TraceScope::Sampling::by_ratio);
  Result<Reply> answered = fail(ErrorCode::internal, "internal");
  bool thrown = false;
  try {
    answered = answer(call, listener);
  } catch (const std::exception& error) {
    thrown = true;
    answered = fail(ErrorCode::internal, "internal", error.what());
  } catch (...) { // Drogon would leave the client without an answer
    thrown = true;
    answered = fail(ErrorCode::internal, "internal", "something that is no std::exception was thrown");
  }
  if (!answered) report(call, answered.error(), thrown);
  Reply reply = answered ? *std::move(answered)
                         : problem_reply(answered.error(), call.context.locale(), call.context.request_id());
  finish(call, reply);
  if (trace.span().recording()) {
    trace.span().rename(call.metrics->name);
    trace.span().set("http.response.status_code", reply.status);
    if (reply.status >= 500) trace.span().fail();
  }
  return reply;
}

void Dispatcher::report(const Call& call, const Error& error, bool thrown) const {
  if (error.code == ErrorCode::internal) {
    log_error("request failed", {{"error", error}});
    report_error(
        {.kind = thrown ? "throw" : "request", .where = call.metrics->name, .key = error.key, .cause = error.cause});
  } else if (error.code == ErrorCode::unavailable) {
    log_warning("request refused", {{"error", error}});
  }
}

Reply Dispatcher::handle_live(const Request& request) {
  Call call = begin(request);
  call.metrics = &site_metrics_;
  Reply reply = text_reply(R"({"status":"live"})", "application/json");
  finish(call, reply);
  return reply;
}

Reply Dispatcher::refuse(const Request& request, std::string_view key) {
  Call call = begin(request);
  call.metrics = &unknown_metrics_;
  const LogContext log("request_id", call.context.request_id());
  Error error{.code = ErrorCode::unavailable, .key = std::string(key), .retry_after_s = kRetrySoon};
  Reply reply = problem_reply(error, call.context.locale(), call.context.request_id());
  finish(call, reply);
  return reply;
}

Reply Dispatcher::refuse_status(const Request& request, int status) {
  Call call = begin(request);
  call.metrics = &unknown_metrics_;
  const LogContext log("request_id", call.context.request_id());
  Error error{.code = ErrorCode::invalid, .key = "request.malformed-http"};
  if (status == 404) error = {.code = ErrorCode::not_found, .key = "request.not-found"};
  if (status == 405) error.key = "request.method-not-allowed";
  if (status == 413) error = {.code = ErrorCode::too_large, .key = "request.too-large"};
  if (status >= 500) error = {.code = ErrorCode::internal, .key = "internal"};
  Reply reply = problem_reply(error, call.context.locale(), call.context.request_id(), status);
  finish(call, reply);
  return reply;
}

Result<Reply> Dispatcher::answer(Call& call, Listener listener) {
  const std::string_view path = call.request.path();
  const bool is_api = path.starts_with("/api/") || path == "/api";
  if (!is_api || path == "/api/openapi.json" || path == "/api/docs" || path.starts_with("/api/docs/")) {
    return answer_site(call, listener);
  }
  return answer_route(call);
}

Result<Reply> Dispatcher::answer_site(Call& call, Listener listener) {
  const std::string_view path = call.request.path();
  const std::string_view method = call.request.method();
  call.metrics = &site_metrics_;
  if (method != "GET" && method != "HEAD") {
    Reply reply = problem_reply({.code = ErrorCode::invalid, .key = "request.method-not-allowed"},
                                call.context.locale(), call.context.request_id(), 405);
    reply.set("Allow", "GET, HEAD");
    return reply;
  }
  if (path == "/api/openapi.json") {
    Reply reply = text_reply(router_.openapi(), "application/json");
    return reply;
  }
  if (path.starts_with("/api/docs")) {
    call.page = Page::docs;
    return docs_reply(call.request, options_.docs_root);
  }
  if (path == "/health/live") return text_reply(R"({"status":"live"})", "application/json");
  if (path == "/health/ready") {
    Readiness::Answer ready = readiness_.ask();
    Reply reply = text_reply(std::move(ready.json), "application/json");
    reply.status = ready.status;
    return reply;
  }
  if (path == "/metrics" && listener == Listener::api) {
    return text_reply(metrics_.render(), "text/plain; version=0.0.4; charset=utf-8");
  }
  if (listener == Listener::web) {
    call.page = Page::client;
    return client_reply(call.request, options_.web_root);
  }
  return fail(ErrorCode::not_found, "request.not-found");
}

Result<Reply> Dispatcher::answer_route(Call& call) {
  const auto method = method_of(call.request.method());
  auto match = method ? router_.find(*method, call.request.path()) : Router::Match{};
  const bool known = !match.allowed.empty();
  if (known && !options_.cors_origins.empty() && is_preflight(call.request)) {
    return preflight_reply(call.request, match.allowed);
  }
  if (!known) return fail(ErrorCode::not_found, "request.not-found");
  if (match.route == nullptr) {
    Reply reply = problem_reply({.code = ErrorCode::invalid, .key = "request.method-not-allowed"},
                                call.context.locale(), call.context.request_id(), 405);
    if (call.request.method() == "OPTIONS") {
      reply = Reply{};
      reply.status = 204;
      match.allowed += ", OPTIONS";
    }
    reply.set("Allow", match.allowed);
    return reply;
  }
  call.metrics = &route_metrics_.at(match.route);
  call.context.set_params(std::move(match.params));
  Result<Reply> reply = run_route(call, *match.route);
  // What the handler said beside its body holds for its refusals too: tus asks for its version on each reply.
  if (!reply) {
    report(call, reply.error(), false);
    reply = problem_reply(reply.error(), call.context.locale(), call.context.request_id());
  }
  for (const auto& [name, value] : call.context.reply().headers)
    reply->set(name, value);
  reply->cookies = call.context.reply().cookies;
  reply->https = call.origin.https;
  return reply;
}

Result<Reply> Dispatcher::run_route(Call& call, const Route& route) {
  if (is_foreign(call.request, call.origin, allowed_origins_, carries_auth_cookie(call.request))) {
    return fail(ErrorCode::forbidden, "auth.foreign-origin");
  }
  TRY_OK(authenticate(call, route));
  TRY_OK(check_body(call, route));
  const auto run = [&]() -> Result<Reply> {
    RawRequest request(call.request);
    TRY(RawReply raw, route.run(call.context, request));
    return finish_route(call, route, std::move(raw));
  };
  const bool signed_in = call.context.who() != nullptr;
  const bool once = route.options.idempotent && router_.idempotency() != nullptr && signed_in &&
                    !call.request.header("idempotency-key").empty();
  if (once) return run_once(*router_.idempotency(), call.context, run);
  const bool kept = route.options.kept && router_.reply_cache() != nullptr && signed_in;
  return kept ? answer_again(*router_.reply_cache(), call.context, run) : run();
}

Result<Reply> Dispatcher::finish_route(Call& call, const Route& route, RawReply raw) {
  const ReplyHead& head = call.context.reply();
  Reply reply;
  if (auto* file = std::get_if<FileReply>(&raw.body)) {
    if (file->cache_control.empty()) file->cache_control = route.options.cache;
    return file_reply(call.request, *file);
  }
  if (auto* bytes = std::get_if<BytesReply>(&raw.body)) {
    if (bytes->about.cache_control.empty()) bytes->about.cache_control = route.options.cache;
    return bytes_reply(call.request, *bytes);
  }
  reply.status = head.status != 0 ? head.status : route.options.status;
  reply.compressible = !route.options.secret;
  if (!head.etag.empty()) reply.set("ETag", head.etag);
  // The tag is a version to change by, not to keep by: a reply also says what is the reader's own (a favourite, whether
  // they may edit), which changes without one.
  reply.set("Cache-Control", route.options.cache);
  if (auto* text = std::get_if<std::string>(&raw.body)) {
    reply.content_type = std::move(raw.content_type);
    reply.body = std::move(*text);
  }
  return reply;
}

bool Dispatcher::carries_auth_cookie(const Request& request) const {
  return std::ranges::any_of(options_.auth_cookies, [&](const auto& name) { return !request.cookie(name).empty(); });
}

Result<std::optional<Identity>> Dispatcher::identify(const Request& request, const Origin& origin) const {
  const std::string_view bearer = bearer_of(request);
  const bool has_cookie = bearer.empty() && carries_auth_cookie(request);
  if (!router_.authenticator() || (bearer.empty() && !has_cookie)) return std::nullopt;
  return router_.authenticator()({.bearer = bearer,
                                  .cookie = [&](std::string_view name) { return request.cookie(name); },
                                  .by_cookie = has_cookie,
                                  .client_address = origin.client_address});
}

Result<void> Dispatcher::authenticate(Call& call, const Route& route) {
  auto identity = identify(call.request, call.origin);
  if (!identity) {
    const bool about_token = identity.error().code == ErrorCode::unauthenticated;
    if (!about_token || route.options.access != Access::anyone) return std::unexpected(std::move(identity).error());
  } else if (*identity) {
    call.context.set_identity(**std::move(identity));
  }
  if (route.options.access == Access::anyone) return {};
  if (call.context.who() == nullptr) return fail(ErrorCode::unauthenticated, "auth.required");
  if (route.options.access == Access::owner && !call.context.user().is_owner) {
    return fail(ErrorCode::forbidden, "auth.not-owner");
  }
  return {};
}

Result<void> Dispatcher::check_body(const Call& call, const Route& route) const {
  const std::string_view encoding = call.request.header("content-encoding");
  if (!encoding.empty() && to_lower(encoding) != "identity") {
    return fail(ErrorCode::unsupported_type, "request.encoding-unsupported");
  }
  if (call.request.body().size() > route.options.body_limit) return fail(ErrorCode::too_large, "request.too-large");
  if (route.describe_body && !is_body_type(call.request.header("content-type"))) {
    return fail(ErrorCode::unsupported_type, "request.not-json");
  }
  return {};
}

void Dispatcher::finish(Call& call, Reply& reply) {
  compress(call.request, reply);
  add_cors(call.request, options_.cors_origins, reply);
  // A browser takes the headers of a 304 for those of the page that it kept: they must be the page's own.
  const bool is_page = reply.status == 304 || std::holds_alternative<FileSlice>(reply.body) ||
                       std::holds_alternative<std::string>(reply.body);
  add_security_headers(is_page ? call.page : Page::api, call.origin.https, reply);
  reply.set("X-Request-Id", call.context.request_id());
  if (current_trace() != nullptr) reply.set("Traceresponse", current_traceparent());
  const auto took = std::chrono::steady_clock::now() - call.began;
  call.metrics->took->observe(took);
  const auto status_class = static_cast<std::size_t>(std::clamp(reply.status / 100, 2, 5));
  call.metrics->by_class[status_class]->add();
  const double ms = std::chrono::duration<double, std::milli>(took).count();
  const bool routine = reply.status < 400 && (call.request.method() == "GET" || call.request.method() == "HEAD");
  (routine ? log_debug : log_info)("request", {{"method", call.request.method()},
                                               {"path", call.request.path().substr(0, 300)},
                                               {"status", reply.status},
                                               {"ms", ms},
                                               {"client", call.origin.client_address}});
}

Result<Handshake> Dispatcher::shake_hands(const Request& request) {
  const Origin origin = origin_of(request, trusted_proxies_);
  Handshake shake{.request_id = request_id_of(request),
                  .client_address = origin.client_address,
                  .query = std::string(request.query()),
                  .locale = choose_locale(request.header("accept-language")),
                  .identity = std::nullopt};
  // A browser always says where a socket is opened from. Nobody else's page may open one, whatever it could prove; the
  // page of the web port may open one on the realtime port.
  const std::string from = to_lower(request.header("origin"));
  const std::size_t scheme = from.find("://");
  const std::string host = scheme == std::string::npos ? std::string() : from.substr(scheme + 3);
  const bool ours = host == origin.host || host == with_port(origin.host, web_port_.load());
  if (!from.empty() && !ours && std::ranges::find(allowed_origins_, from) == allowed_origins_.end()) {
    return fail(ErrorCode::forbidden, "auth.foreign-origin");
  }
  // A cookie counts only with an Origin of ours.
  if (from.empty() && bearer_of(request).empty()) return shake;
  if (auto identity = identify(request, origin)) shake.identity = *std::move(identity);
  return shake;
}

} // namespace mv::http
