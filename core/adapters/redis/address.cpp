#include "core/adapters/redis/address.hpp"

#include <charconv>
#include <format>
#include <optional>

#include "core/base/encoding.hpp"
#include "core/base/text.hpp"

namespace mv::redis {

namespace {

std::unexpected<Error> wrong(std::string_view what) {
  return fail(ErrorCode::invalid, "redis.bad-url", std::string(what));
}

/// A whole number from `least` to `most`, and nothing beside it.
std::optional<int> number(std::string_view text, int least, int most) {
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

Result<std::string> decoded(std::string_view text) {
  auto plain = percent_decode(text);
  if (!plain || contains_nul(*plain)) return wrong("user and password must be percent-encoded");
  return *std::move(plain);
}

Result<void> set_database(Address& address, std::string_view text) {
  const auto database = number(text, 0, 1'000'000);
  if (!database) return wrong("the database is a number, such as /0");
  address.database = *database;
  return {};
}

/// `name=value` pairs after the question mark.
Result<void> read_options(Address& address, std::string_view query) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals);
    TRY(const std::string value, decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1)));
    if (name == "ca" && address.tls)
      address.authorities = value;
    else if (name == "db" && !address.socket.empty())
      TRY_OK(set_database(address, value));
    else if (name == "user" && !address.socket.empty())
      address.user = value;
    else if (name == "password" && !address.socket.empty())
      address.password = Secret(value);
    else
      return wrong(std::format("the option `{}` is not known here", name));
  }
  return {};
}

Result<void> read_credentials(Address& address, std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return wrong("before @ stands USER:PASSWORD or :PASSWORD");
  TRY(address.user, decoded(text.substr(0, colon)));
  TRY(std::string password, decoded(text.substr(colon + 1)));
  address.password = Secret(std::move(password));
  return {};
}

Result<void> read_host(Address& address, std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return wrong("an IPv6 address ends with ]");
    address.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    address.host = text.substr(0, colon);
    port = colon == std::string_view::npos ? "" : text.substr(colon);
  }
  if (address.host.empty()) return wrong("it names no host");
  if (port.empty()) return {};
  const auto known = port.starts_with(':') ? number(port.substr(1), 1, 65'535) : std::nullopt;
  if (!known) return wrong("the port is a number from 1 to 65535");
  address.port = static_cast<std::uint16_t>(*known);
  return {};
}

} // namespace

std::string Address::shown() const {
  if (!socket.empty()) return std::format("unix:{}?db={}", socket, database);
  const bool v6 = host.contains(':');
  return std::format("{}://{}{}{}:{}/{}", tls ? "rediss" : "redis", v6 ? "[" : "", host, v6 ? "]" : "", port, database);
}

Result<Address> parse_address(std::string_view url) {
  Address address;
  if (contains_nul(url)) return wrong("it holds a NUL");
  const auto question = url.find('?');
  const std::string_view query = question == std::string_view::npos ? "" : url.substr(question + 1);
  url = url.substr(0, question);
  if (url.starts_with("unix:")) {
    address.socket = url.substr(5);
    if (!address.socket.starts_with('/'))
      return wrong("a Unix socket is named by its whole path, such as unix:/run/redis.sock");
    TRY_OK(read_options(address, query));
    return address;
  }
  if (url.starts_with("rediss://"))
    address.tls = true;
  else if (!url.starts_with("redis://"))
    return wrong("it begins with redis://, rediss:// or unix:");
  url.remove_prefix(url.find("//") + 2);

  // A password may hold @ where somebody forgot to encode it; what follows the last one is the host.
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    TRY_OK(read_credentials(address, url.substr(0, at)));
    url.remove_prefix(at + 1);
  }
  if (const auto slash = url.find('/'); slash != std::string_view::npos) {
    if (slash + 1 < url.size()) TRY_OK(set_database(address, url.substr(slash + 1)));
    url = url.substr(0, slash);
  }
  TRY_OK(read_host(address, url));
  TRY_OK(read_options(address, query));
  return address;
}

} // namespace mv::redis
