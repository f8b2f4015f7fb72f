#pragma once

// Whether a port can be had, asked before Drogon, which ends the process when it cannot bind.

#include <cstdint>
#include <string>

#include "core/base/result.hpp"

namespace mv::http {

/// `port`, or a free one for 0. `unavailable` with `server.port-taken` and the reason in `cause` when it cannot be
/// bound.
[[nodiscard]] Result<std::uint16_t> probe_port(const std::string& address, std::uint16_t port);

/// Whether something accepts connections there; `address` may be a wildcard.
[[nodiscard]] bool accepts(const std::string& address, std::uint16_t port);

} // namespace mv::http
