#include "backend/accounts/cookies.hpp"

#include <utility>

namespace mv {
namespace {

constexpr std::string_view kRefreshPath = "/api/v1/auth";

http::Cookie cookie(std::string_view name, std::string value, std::string_view path, TimeMs life) {
  return {.name = std::string(name),
          .value = std::move(value),
          .path = std::string(path),
          .max_age_s = life / kSecond,
          .same_site = http::SameSite::lax,
          .http_only = true};
}

} // namespace

SignedIn hand_over(http::Context& context, SignedIn signed_in, const accounts::SessionTimes& times) {
  context.set_cookie(cookie(kAccessCookie, signed_in.access_token, "/", times.access));
  context.set_cookie(cookie(kRefreshCookie, signed_in.refresh_token, kRefreshPath, times.refresh));
  if (context.header("x-requested-with") == "memoryverse-web") {
    signed_in.access_token.clear();
    signed_in.refresh_token.clear();
  }
  return signed_in;
}

void clear_cookies(http::Context& context) {
  context.set_cookie(cookie(kAccessCookie, "", "/", 0));
  context.set_cookie(cookie(kRefreshCookie, "", kRefreshPath, 0));
}

} // namespace mv
