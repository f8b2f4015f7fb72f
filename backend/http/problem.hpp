#pragma once

// Problem replies (RFC 9457): how an Error looks from outside.

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace mv::http {

/// The one mapping of ErrorCode to HTTP.
[[nodiscard]] int status_of(ErrorCode code);

/// The body, application/problem+json. Its `type` is `urn:memoryverse:problem:KEY`. `status` is `status_of(code)` but
/// for what HTTP itself answers, such as 405. Never shows `cause`.
[[nodiscard]] std::string problem_body(const Error& error, int status, std::string_view locale,
                                       std::string_view request_id);

} // namespace mv::http
