#pragma once

// A set of IP addresses and networks, as an operator writes it: `10.0.0.1`, `172.16.0.0/12`, `fd00::/8`.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mv::http {

/// Immutable after the adding; safe from every thread then.
class Networks {
public:
  /// False, and nothing added, when `text` is neither an address nor a network.
  [[nodiscard]] bool add(std::string_view text);
  /// Whether `address` lies in one of them; false for what is no address. An IPv4 address that came in through an IPv6
  /// socket (`::ffff:10.0.0.1`) is the IPv4 address.
  [[nodiscard]] bool contains(std::string_view address) const;

private:
  using Bytes = std::array<std::uint8_t, 16>; // IPv4 as the mapped form of IPv6
  struct Network {
    Bytes address;
    int bits; // of the 128 that must be the same
  };
  [[nodiscard]] static bool parse(std::string_view text, Bytes& bytes, bool& is_v4);

  std::vector<Network> networks_;
};

} // namespace mv::http
