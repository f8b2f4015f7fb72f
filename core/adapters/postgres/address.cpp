#include "core/adapters/postgres/address.hpp"

#include <algorithm>
#include <array>

namespace mv::postgres {

namespace {

std::string decoded(std::string_view text) {
  const auto nibble = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && nibble(text[i + 1]) >= 0 && nibble(text[i + 2]) >= 0) {
      out += static_cast<char>(nibble(text[i + 1]) * 16 + nibble(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

} // namespace

Result<Address> Address::parse(std::string_view url) {
  std::size_t start = 0;
  for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
    if (url.starts_with(scheme)) start = scheme.size();
  }
  // libpq keeps to C strings, and would read but the part before a NUL.
  if (start == 0 || url.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::invalid, "database.address", "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE");
  }

  Address address;
  address.shown_ = url.substr(0, start);
  std::string_view rest = url.substr(start);
  const std::size_t query_at = std::min(rest.find('?'), rest.size());
  std::string_view query = rest.substr(query_at);
  rest = rest.substr(0, query_at);
  const auto keep_secret = [&address](std::string_view secret) {
    if (secret.empty()) return;
    address.secrets_.emplace_back(secret);
    address.secrets_.push_back(decoded(secret));
  };

  // The last @ ends the password even where somebody forgot to write %40 for one inside it.
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view who = rest.substr(0, at);
    const std::size_t colon = who.find(':');
    address.shown_ += who.substr(0, colon);
    if (colon != std::string_view::npos) {
      address.shown_ += ":***";
      keep_secret(who.substr(colon + 1));
    }
    rest.remove_prefix(at);
  }
  address.shown_ += rest;

  if (!query.empty()) query.remove_prefix(1);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    if ((name == "password" || name == "sslpassword") && equals < pair.size()) keep_secret(pair.substr(equals + 1));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  // The longest first: one may hold another.
  std::ranges::sort(address.secrets_, std::ranges::greater(), &std::string::size);

  // A server that vanished without a word must not hold a request for minutes.
  constexpr std::array<std::string_view, 6> kLimits{
      "connect_timeout=5",  "application_name=memoryverse", "tcp_user_timeout=20000",
      "keepalives_idle=30", "keepalives_interval=10",       "keepalives_count=2",
  };
  address.text_ = url;
  char joint = url.find('?') == std::string_view::npos ? '?' : '&';
  for (const std::string_view limit : kLimits) {
    if (url.find(limit.substr(0, limit.find('=') + 1)) != std::string_view::npos) continue;
    address.text_ += joint;
    address.text_ += limit;
    joint = '&';
  }
  return address;
}

std::string Address::redact(std::string_view message) const {
  std::string text(message);
  for (const std::string& secret : secrets_)
    replace_all(text, secret, "***");
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  replace_all(text, "\n\t", " ");
  replace_all(text, "\n", " ");
  return text;
}

} // namespace mv::postgres
