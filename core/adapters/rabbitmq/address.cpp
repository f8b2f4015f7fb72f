#include <rabbitmq-c/amqp.h>

#include <format>

#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"
#include "core/base/encoding.hpp"

namespace mv::rabbitmq {

namespace {

std::unexpected<Error> wrong(std::string_view why) {
  return fail(ErrorCode::invalid, "config.invalid",
              "write amqp://USER:PASSWORD@HOST[:PORT][/VHOST], or amqps://…[?ca=FILE]; " + std::string(why));
}

/// The library takes `localhost` where an address names nobody.
bool host_is_missing(std::string_view text) {
  const std::size_t begin = text.find("://");
  if (begin == std::string_view::npos) return false;
  std::string_view host = text.substr(begin + 3);
  host = host.substr(0, host.find('/'));
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  return host.empty() || host.starts_with(':');
}

} // namespace

std::string Address::shown() const {
  const std::string path = virtual_host == "/" ? "" : "/" + virtual_host;
  return std::format("amqp{}://{}@{}:{}{}", tls ? "s" : "", user, host, port, path);
}

Result<Address> parse_address(std::string_view url) {
  Address address;
  std::string text(url);
  if (const std::size_t question = text.find('?'); question != std::string::npos) {
    const std::string query = text.substr(question + 1);
    text.resize(question);
    const auto file = percent_decode(query.starts_with("ca=") ? std::string_view(query).substr(3) : "");
    if (!file || file->empty() || !text.starts_with("amqps://"))
      return wrong("only amqps:// takes an option, ?ca=FILE");
    address.ca_file = *file;
  }
  if (host_is_missing(text)) return wrong("the host is missing");
  amqp_connection_info parts{};
  amqp_default_connection_info(&parts);
  // It writes into the text, and its results point there.
  if (contains_nul(text) || amqp_parse_url(text.data(), &parts) != AMQP_STATUS_OK)
    return wrong("this is something else");
  address.tls = parts.ssl != 0;
  address.host = parts.host;
  address.port = parts.port;
  address.user = parts.user;
  address.password = Secret(parts.password);
  address.virtual_host = parts.vhost;
  return address;
}

} // namespace mv::rabbitmq
