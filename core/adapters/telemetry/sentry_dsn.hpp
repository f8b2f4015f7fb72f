#pragma once

// Where and as whom to report to Sentry, as its project settings show it: `https://KEY@sentry.example/7`.

#include <string>

#include "core/base/log.hpp"
#include "core/base/result.hpp"

namespace mv::telemetry {

struct SentryDsn {
  std::string envelope_url; ///< `https://sentry.example/api/7/envelope/`.
  std::string public_key;
};

/// `invalid` with key `config.invalid` and what is wrong, without the DSN itself.
[[nodiscard]] Result<SentryDsn> parse_sentry_dsn(const Secret& dsn);

} // namespace mv::telemetry
