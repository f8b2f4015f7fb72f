#pragma once

// The sockets of this process on its own ports, as the kernel knows them. Drogon tells of no connection that has ended,
// and stops listening only together with every connection that is open. Linux only. From any thread.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "backend/http/networks.hpp"

namespace mv::http {

/// New connections to `ports` are refused from now on, so that a proxy asks somebody else, and whoever had got through
/// keeps theirs: no new handshake is taken up, those under way have `handshakes` to end, and event loops accept what
/// waits for them, for a second at most. Whose first packet falls meanwhile is refused when it is sent again, a second
/// later. Returns when it is done.
void stop_listening(std::span<const std::uint16_t> ports, std::chrono::milliseconds handshakes);

/// Connections to `ports` from addresses in `peers` that neither side has begun to close.
[[nodiscard]] std::size_t count_connections(std::span<const std::uint16_t> ports, const Networks& peers);

} // namespace mv::http
