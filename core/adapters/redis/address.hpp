#pragma once

// Where Redis is, from MEMORYVERSE_REDIS_URL:
//
//   redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]      6379 and 0 when left out
//   rediss://…[?ca=FILE]                                  by TLS; FILE holds the authorities instead of the system's
//   unix:PATH[?db=DATABASE&user=USER&password=PASSWORD]
//
// User and password are percent-encoded where they hold other than letters, digits and -._~

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/log.hpp"
#include "core/base/result.hpp"

namespace mv::redis {

struct Address {
  std::string host;
  std::uint16_t port = 6379;
  std::string socket; ///< Path of a Unix socket; then host and port say nothing.
  std::string user;   ///< Empty: Redis' `default`.
  Secret password;
  int database = 0;
  bool tls = false;
  std::string authorities; ///< PEM file for TLS; empty: the system's.

  /// For people and logs: without user and password.
  [[nodiscard]] std::string shown() const;
};

/// `invalid` with key `redis.bad-url`; the cause says what is wrong and never repeats the password.
[[nodiscard]] Result<Address> parse_address(std::string_view url);

} // namespace mv::redis
