#pragma once

// Which addresses belong to the public Internet: what a server may be asked to call by people who should not be able to
// look around in its own network.

#include <string_view>

struct sockaddr;

namespace mv::curl {

/// False for every special range of IANA's registries: private, loopback, link-local (where clouds answer with their
/// metadata), shared, multicast, documentation, and IPv6 forms that carry an IPv4 address.
[[nodiscard]] bool is_public(const sockaddr& address);

/// The same for the text of an address; true for a host's name, of which nothing can be told yet.
[[nodiscard]] bool may_be_public(std::string_view host);

} // namespace mv::curl
