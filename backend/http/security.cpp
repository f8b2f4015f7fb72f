#include "backend/http/security.hpp"

#include <algorithm>

#include "backend/http/http_text.hpp"

namespace mv::http {

namespace {

// No inline script and no inline style: what the client needs at run time it sets through the style object.
constexpr std::string_view kClientPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";
// Swagger UI writes style elements; its scripts are files like ours.
constexpr std::string_view kDocsPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
// A file that somebody uploaded runs nothing, even when it is opened by itself; a picture or film still shows.
constexpr std::string_view kApiPolicy =
    "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'none'";

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

/// `memories.example:8443` of `https://memories.example:8443`.
std::string_view host_of(std::string_view origin) {
  const std::size_t at = origin.find("://");
  return at == std::string_view::npos ? std::string_view{} : origin.substr(at + 3);
}

bool is_safe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

} // namespace

Origin origin_of(const Request& request, const Networks& trusted_proxies) {
  Origin origin{.client_address = request.peer_address(), .https = false, .host = to_lower(request.header("host"))};
  if (!trusted_proxies.contains(origin.client_address)) return origin;
  origin.https = request.header("x-forwarded-proto") == "https";
  if (const auto host = request.header("x-forwarded-host"); !host.empty()) origin.host = to_lower(host);
  origin.by_proxy = true;
  // The nearest proxy wrote the last address; going back, the first that is no proxy of ours is the client.
  const auto hops = split_list(request.header("x-forwarded-for"));
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (hop->size() > 45) break; // no address is longer
    origin.client_address = *hop;
    if (!trusted_proxies.contains(*hop)) break;
  }
  return origin;
}

bool is_foreign(const Request& request, const Origin& here, const std::vector<std::string>& allowed,
                bool carries_authority) {
  if (is_safe(request.method())) return false;
  if (request.header("authorization").starts_with("Bearer ")) return false; // no browser adds it for another website
  const std::string from = to_lower(request.header("origin"));
  if (!from.empty()) return host_of(from) != here.host && !contains(allowed, from);
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty()) return site != "same-origin" && site != "none";
  return carries_authority;
}

bool is_preflight(const Request& request) {
  return request.method() == "OPTIONS" && !request.header("origin").empty() &&
         !request.header("access-control-request-method").empty();
}

Reply preflight_reply(const Request& request, std::string_view allowed_methods) {
  Reply reply;
  reply.status = 204;
  reply.set("Access-Control-Allow-Methods", std::string(allowed_methods));
  const std::string_view wanted = request.header("access-control-request-headers");
  if (!wanted.empty()) reply.set("Access-Control-Allow-Headers", std::string(wanted.substr(0, 1000)));
  reply.set("Access-Control-Max-Age", "600");
  return reply;
}

void add_cors(const Request& request, const std::vector<std::string>& allowed, Reply& reply) {
  const std::string_view origin = request.header("origin");
  if (allowed.empty()) return;
  reply.set("Vary", "Origin");
  if (origin.empty() || !contains(allowed, to_lower(origin))) return;
  reply.set("Access-Control-Allow-Origin", std::string(origin));
  reply.set("Access-Control-Allow-Credentials", "true");
  reply.set("Access-Control-Expose-Headers",
            "ETag, Location, Retry-After, X-Request-Id, Traceresponse, Next-Cursor, Tus-Resumable, Tus-Version, "
            "Tus-Extension, "
            "Tus-Max-Size, Upload-Offset, Upload-Length, Upload-Expires, Upload-Duplicate, Memory-Id, Media-Id");
}

void add_security_headers(Page page, bool https, Reply& reply) {
  reply.set("X-Content-Type-Options", "nosniff");
  reply.set("Referrer-Policy", "no-referrer");
  reply.set("Cross-Origin-Resource-Policy", "same-origin");
  if (https) reply.set("Strict-Transport-Security", "max-age=31536000");
  switch (page) {
    case Page::api:
      reply.set("Content-Security-Policy", std::string(kApiPolicy));
      return;
    case Page::client:
      reply.set("Content-Security-Policy", std::string(kClientPolicy));
      break;
    case Page::docs:
      reply.set("Content-Security-Policy", std::string(kDocsPolicy));
      break;
  }
  reply.set("Cross-Origin-Opener-Policy", "same-origin");
  reply.set("X-Frame-Options", "DENY");
  reply.set("Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), display-capture=()");
}

} // namespace mv::http
