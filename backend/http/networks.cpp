#include "backend/http/networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mv::http {

bool Networks::parse(std::string_view text, Bytes& bytes, bool& is_v4) {
  const std::string address(text);
  bytes = {};
  in_addr four{};
  is_v4 = ::inet_pton(AF_INET, address.c_str(), &four) == 1;
  if (!is_v4) return ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
  bytes[10] = bytes[11] = 0xff;
  const auto* const from = reinterpret_cast<const std::uint8_t*>(&four);
  std::copy_n(from, 4, bytes.begin() + 12);
  return true;
}

bool Networks::add(std::string_view text) {
  const std::size_t slash = text.find('/');
  Network network{};
  bool is_v4 = false;
  if (!parse(text.substr(0, slash), network.address, is_v4)) return false;
  const int all = is_v4 ? 32 : 128;
  int bits = all;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (problem != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > all) return false;
  }
  network.bits = bits + (128 - all);
  networks_.push_back(network);
  return true;
}

bool Networks::contains(std::string_view address) const {
  Bytes bytes;
  bool is_v4 = false;
  if (!parse(address, bytes, is_v4)) return false;
  return std::ranges::any_of(networks_, [&](const Network& network) {
    const auto whole = static_cast<std::size_t>(network.bits / 8);
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole), network.address.begin()))
      return false;
    const int rest = network.bits % 8;
    return rest == 0 || (bytes[whole] >> (8 - rest)) == (network.address[whole] >> (8 - rest));
  });
}

} // namespace mv::http
