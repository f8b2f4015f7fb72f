#pragma once

// What a handler sees of a request and says about its reply. No Drogon in here: it costs seconds a file.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace mv::http {

/// Who is signed in. What a handler needs of the account without asking the database again.
struct Identity {
  std::string user_id;
  std::string session_id;
  bool is_owner = false; ///< Owns the installation.
  std::string locale;    ///< `ru` or `en`; "" where the account does not say.
};

/// One request as it came. Views live as long as the request. Used by one thread at a time.
class Request {
public:
  virtual ~Request() = default;
  [[nodiscard]] virtual std::string_view method() const = 0; ///< `GET`; HEAD stays HEAD.
  [[nodiscard]] virtual std::string_view path() const = 0;   ///< As sent, without the query: not decoded.
  [[nodiscard]] virtual std::string_view query() const = 0;  ///< As sent, without the question mark.
  [[nodiscard]] virtual std::string_view header(std::string_view lower_case_name) const = 0; ///< "" when absent.
  [[nodiscard]] virtual std::string_view cookie(std::string_view name) const = 0;            ///< "" when absent.
  /// The whole body, in memory or mapped from a temporary file; never copied.
  [[nodiscard]] virtual std::string_view body() const = 0;
  [[nodiscard]] virtual std::string peer_address() const = 0; ///< Of the connection, without the port.
};

/// What may prove who asks: given to the authenticator.
struct Credentials {
  std::string_view bearer; ///< The token of `Authorization: Bearer …`, or "".
  std::function<std::string_view(std::string_view name)> cookie;
  bool by_cookie = false; ///< Set by the router: no bearer token came, so that a cookie speaks for the caller.
  std::string client_address;
};

/// Says whose credentials these are: nobody's (nullopt), somebody's, or a refusal (`unauthenticated` for a token that
/// is spent or forged). Called on a request thread.
using Authenticator = std::function<Result<std::optional<Identity>>(const Credentials&)>;

enum class SameSite { lax, strict };

struct Cookie {
  std::string name;
  std::string value;
  std::string path = "/";
  std::optional<std::int64_t> max_age_s{}; ///< 0 removes it; absent: until the browser closes.
  SameSite same_site = SameSite::lax;
  bool http_only = true; ///< `Secure` is added by itself where the request came over https.
};

/// What a handler wants said beside the body.
struct ReplyHead {
  int status = 0; ///< 0: the route's own.
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Cookie> cookies;
  std::string etag; ///< With its quotes; a GET whose If-None-Match holds it answers 304 by itself.
};

/// Lives while its handler runs; a handler that needs something later copies it.
class Context {
public:
  Context(const Request& request, std::string request_id, std::string client_address, bool https, std::string locale);

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] const std::string& request_id() const { return request_id_; }
  [[nodiscard]] const std::string& client_address() const { return client_address_; } ///< Behind trusted proxies too.
  [[nodiscard]] bool https() const { return https_; }
  [[nodiscard]] std::string user_agent() const; ///< At most 300 characters.
  /// `ru` or `en`: the account's, else by Accept-Language.
  [[nodiscard]] const std::string& locale() const { return locale_; }

  /// Who asks. Only in routes with Access::user or Access::owner, where the router has made sure.
  [[nodiscard]] const Identity& user() const { return *identity_; }
  /// Who asks, or null; for routes with Access::anyone.
  [[nodiscard]] const Identity* who() const { return identity_ ? &*identity_ : nullptr; }

  /// The part of the address that `{name}` matched, percent-decoded; "" when the pattern has no such name.
  [[nodiscard]] std::string_view param(std::string_view name) const;
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const {
    return request_.header(lower_case_name);
  }
  [[nodiscard]] std::string_view cookie(std::string_view name) const { return request_.cookie(name); }

  /// The version in `If-Match: "7"`: 428 when it is missing, 400 when it is anything but one version in quotes.
  [[nodiscard]] Result<std::int64_t> require_if_match() const;

  void set_status(int status) { reply_.status = status; }
  void set_header(std::string name, std::string value) {
    reply_.headers.emplace_back(std::move(name), std::move(value));
  }
  void set_cookie(Cookie cookie) { reply_.cookies.push_back(std::move(cookie)); }
  /// `"7"` for version 7.
  void set_etag(std::int64_t version);
  /// `text` without quotes.
  void set_etag(std::string_view text);

  // For the router.
  void set_identity(Identity identity);
  void set_params(std::vector<std::pair<std::string, std::string>> params) { params_ = std::move(params); }
  [[nodiscard]] const ReplyHead& reply() const { return reply_; }
  /// Before the handler runs again.
  void forget_reply() { reply_ = {}; }

private:
  const Request& request_;
  std::string request_id_;
  std::string client_address_;
  bool https_ = false;
  std::string locale_;
  std::optional<Identity> identity_;
  std::vector<std::pair<std::string, std::string>> params_;
  ReplyHead reply_;
};

} // namespace mv::http
