#pragma once

// What guards a browser: security headers, the Origin check, CORS, and who stands behind a proxy.

#include <string>
#include <string_view>
#include <vector>

#include "backend/http/networks.hpp"
#include "backend/http/reply.hpp"

namespace mv::http {

/// Where a request came from, as far as proxies that are trusted tell.
struct Origin {
  std::string client_address;
  bool https = false;
  bool by_proxy = false; ///< Came in through a proxy that we trust.
  std::string host;      ///< `memories.example:8443`, in lower case.
};
[[nodiscard]] Origin origin_of(const Request& request, const Networks& trusted_proxies);

/// Whether a browser would change something here on behalf of another website: an unsafe method, no bearer token, and
/// an Origin (or Sec-Fetch-Site) that is neither ours nor in `allowed`. With `carries_authority` (a cookie that signs
/// in) a browser that hides where it comes from is refused too.
[[nodiscard]] bool is_foreign(const Request& request, const Origin& here, const std::vector<std::string>& allowed,
                              bool carries_authority);

/// Answers a CORS preflight of an origin in `allowed`; says who may read otherwise. Nothing for anybody else.
[[nodiscard]] bool is_preflight(const Request& request);
[[nodiscard]] Reply preflight_reply(const Request& request, std::string_view allowed_methods);
void add_cors(const Request& request, const std::vector<std::string>& allowed, Reply& reply);

/// The page that a reply is for decides its policy.
enum class Page { api, client, docs };
void add_security_headers(Page page, bool https, Reply& reply);

} // namespace mv::http
