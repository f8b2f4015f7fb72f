#pragma once

// Whether a port can be had, asked before Drogon, which ends the process when it cannot bind.

#include <cstdint>
#include <string>

#include "core/base/result.hpp"

namespace mv::http {

/// `port`, or a free one for 0. `unavailable` with `server.bad-address` where the address is not one of this machine,
/// and with `server.port-taken` where the port cannot be bound; what to do stands in `cause`.
[[nodiscard]] Result<std::uint16_t> probe_port(const std::string& address, std::uint16_t port);

/// Whether something accepts connections there; `address` may be a wildcard.
[[nodiscard]] bool accepts(const std::string& address, std::uint16_t port);

} // namespace mv::http
