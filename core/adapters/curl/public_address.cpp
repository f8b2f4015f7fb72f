#include "core/adapters/curl/public_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace mv::curl {

namespace {

struct Range4 {
  std::array<std::uint8_t, 4> base;
  int bits;
};

// IANA IPv4 Special-Purpose Address Registry, and multicast.
constexpr auto kSpecial4 = std::to_array<Range4>({{{0, 0, 0, 0}, 8},
                                                  {{10, 0, 0, 0}, 8},
                                                  {{100, 64, 0, 0}, 10},
                                                  {{127, 0, 0, 0}, 8},
                                                  {{169, 254, 0, 0}, 16},
                                                  {{172, 16, 0, 0}, 12},
                                                  {{192, 0, 0, 0}, 24},
                                                  {{192, 0, 2, 0}, 24},
                                                  {{192, 88, 99, 0}, 24},
                                                  {{192, 168, 0, 0}, 16},
                                                  {{198, 18, 0, 0}, 15},
                                                  {{198, 51, 100, 0}, 24},
                                                  {{203, 0, 113, 0}, 24},
                                                  {{224, 0, 0, 0}, 4},
                                                  {{240, 0, 0, 0}, 4}});

struct Range6 {
  std::array<std::uint8_t, 6> base;
  int bits;
};

// Global unicast is 2000::/3; these of it are not public, or carry an IPv4 address that could be anything.
constexpr auto kSpecial6 = std::to_array<Range6>({{{0x20, 0x01, 0x00, 0x00, 0, 0}, 23}, // protocols, Teredo among them
                                                  {{0x20, 0x01, 0x0d, 0xb8, 0, 0}, 32}, // documentation
                                                  {{0x20, 0x02, 0x00, 0x00, 0, 0}, 16}, // 6to4
                                                  {{0x3f, 0xff, 0x00, 0x00, 0, 0}, 20}}); // documentation

bool within(std::span<const std::uint8_t> address, std::span<const std::uint8_t> base, int bits) {
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const auto mask = static_cast<std::uint8_t>(bits >= 8 ? 0xff : 0xff00U >> static_cast<unsigned>(bits));
    if ((address[i] & mask) != (base[i] & mask)) return false;
  }
  return true;
}

bool is_public4(std::span<const std::uint8_t> address) {
  return std::ranges::none_of(kSpecial4, [&](const Range4& range) { return within(address, range.base, range.bits); });
}

bool is_public6(std::span<const std::uint8_t> address) {
  if ((address[0] & 0xe0U) != 0x20U) return false;
  return std::ranges::none_of(kSpecial6, [&](const Range6& range) { return within(address, range.base, range.bits); });
}

} // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return is_public4(bytes);
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return is_public6(bytes);
  }
  return false;
}

bool may_be_public(std::string_view host) {
  std::string text(host);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return is_public4(std::span(bytes).first(4));
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return is_public6(bytes);
  return text != "localhost" && !text.ends_with(".localhost");
}

} // namespace mv::curl
