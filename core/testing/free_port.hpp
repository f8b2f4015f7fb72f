#pragma once

// Where a server of a test may listen.

#include <cstdint>

namespace mv::test {

/// A TCP port of 127.0.0.1 that nobody has at the moment. Another program may take it before the server does; then its
/// start fails, and says so. Throws when there is none.
[[nodiscard]] std::uint16_t free_port();

} // namespace mv::test
