#include "core/adapters/rabbitmq/connection.hpp"

#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>

#include <format>
#include <set>

namespace mv::rabbitmq {

namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr int kFrame = 131'072;
// None: nobody would send one while nothing happens here. What is dead is found out when a confirm stays away.
constexpr int kHeartbeat = 0;

timeval to_timeval(std::chrono::milliseconds time) {
  return {.tv_sec = static_cast<time_t>(time.count() / 1000),
          .tv_usec = static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

amqp_bytes_t bytes_of(std::string_view text) {
  return {.len = text.size(), .bytes = const_cast<char*>(text.data())}; // only read, as the library says
}

std::string text_of(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

std::unexpected<Error> broken(std::string_view doing, std::string_view why) {
  return fail(ErrorCode::unavailable, "broker.failed", std::format("{}: {}", doing, why));
}

std::unexpected<Error> refused(std::string_view doing, std::string_view why) {
  return fail(ErrorCode::unavailable, kRefused, std::format("{}: {}", doing, why));
}

/// Why the broker has closed a channel or the connection.
struct Closed {
  int code = 0;
  std::string text;
};

Closed what_server_says(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto& close = *static_cast<amqp_channel_close_t*>(method.decoded);
    return {close.reply_code, text_of(close.reply_text)};
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto& close = *static_cast<amqp_connection_close_t*>(method.decoded);
    return {close.reply_code, text_of(close.reply_text)};
  }
  return {0, amqp_method_name(method.id)};
}

/// Of those, the ones that do not pass by themselves: a wrong password, a virtual host that is not there, a right that
/// the user lacks, an exchange of another kind.
bool is_refusal(int code) {
  return code == AMQP_ACCESS_REFUSED || code == AMQP_NOT_ALLOWED || code == AMQP_PRECONDITION_FAILED;
}

Result<void> check(const amqp_rpc_reply_t& reply, std::string_view doing) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
      return {};
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      return broken(doing, amqp_error_string2(reply.library_error));
    case AMQP_RESPONSE_SERVER_EXCEPTION: {
      const Closed closed = what_server_says(reply.reply);
      return is_refusal(closed.code) ? refused(doing, closed.text) : broken(doing, closed.text);
    }
    case AMQP_RESPONSE_NONE:
      break;
  }
  return broken(doing, "no answer");
}

Result<amqp_socket_t*> make_socket(amqp_connection_state_t state, const Address& address) {
  amqp_socket_t* const socket = address.tls ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state);
  if (socket == nullptr) return broken("connect", "no socket");
  if (!address.tls) return socket;
  const int trusted = address.ca_file.empty() ? amqp_ssl_socket_enable_default_verify_paths(socket)
                                              : amqp_ssl_socket_set_cacert(socket, address.ca_file.c_str());
  if (trusted != AMQP_STATUS_OK) {
    return refused("read the certificates to trust in " + (address.ca_file.empty() ? "the system" : address.ca_file),
                   amqp_error_string2(trusted));
  }
  return socket;
}

} // namespace

Result<std::unique_ptr<RabbitMqBroker::Connection>> RabbitMqBroker::Connection::open(const Address& address,
                                                                                     const BrokerOptions& options) {
  State state(amqp_new_connection());
  if (!state) return broken("connect", "no memory");
  const timeval timeout = to_timeval(options.timeout);
  TRY(amqp_socket_t* const socket, make_socket(state.get(), address));
  amqp_set_handshake_timeout(state.get(), &timeout);
  amqp_set_rpc_timeout(state.get(), &timeout);
  const int opened = amqp_socket_open_noblock(socket, address.host.c_str(), address.port, &timeout);
  if (opened == AMQP_STATUS_SSL_PEER_VERIFY_FAILED || opened == AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED)
    return refused("connect", amqp_error_string2(opened));
  if (opened != AMQP_STATUS_OK) return broken("connect", amqp_error_string2(opened));
  TRY_OK(check(amqp_login(state.get(), address.virtual_host.c_str(), AMQP_DEFAULT_MAX_CHANNELS, kFrame, kHeartbeat,
                          AMQP_SASL_METHOD_PLAIN, address.user.c_str(), address.password.reveal().c_str()),
               "sign in"));
  amqp_channel_open(state.get(), kChannel);
  TRY_OK(check(amqp_get_rpc_reply(state.get()), "open a channel"));
  amqp_exchange_declare(state.get(), kChannel, bytes_of(options.exchange), bytes_of("topic"), /*passive=*/0,
                        /*durable=*/1, /*auto_delete=*/0, /*internal=*/0, amqp_empty_table);
  TRY_OK(check(amqp_get_rpc_reply(state.get()), "declare the exchange"));
  amqp_confirm_select(state.get(), kChannel);
  TRY_OK(check(amqp_get_rpc_reply(state.get()), "ask for confirms"));
  return std::unique_ptr<Connection>(new Connection(std::move(state), options));
}

bool RabbitMqBroker::Connection::is_open() {
  // Nothing is under way, so what comes can only be the broker's word that it ends, or the end itself.
  const timeval now{};
  amqp_frame_t frame{};
  amqp_maybe_release_buffers(state_.get());
  return amqp_simple_wait_frame_noblock(state_.get(), &frame, &now) == AMQP_STATUS_TIMEOUT;
}

Result<std::int64_t> RabbitMqBroker::Connection::publish(const std::vector<BrokerMessage>& messages) {
  for (const BrokerMessage& message : messages)
    TRY_OK(send(message));
  return wait_for_confirms(messages.size());
}

Result<void> RabbitMqBroker::Connection::send(const BrokerMessage& message) {
  const std::string id = std::to_string(message.seq);
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
                      AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_APP_ID_FLAG;
  properties.content_type = bytes_of("application/json");
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  properties.message_id = bytes_of(id);
  properties.timestamp = static_cast<std::uint64_t>(message.at / kSecond);
  properties.type = bytes_of(message.type);
  properties.app_id = bytes_of("memoryverse");
  const int sent = amqp_basic_publish(state_.get(), kChannel, bytes_of(options_.exchange), bytes_of(message.type),
                                      /*mandatory=*/1, /*immediate=*/0, &properties, bytes_of(message.body));
  if (sent != AMQP_STATUS_OK) return broken("publish", amqp_error_string2(sent));
  ++sent_;
  return {};
}

Result<std::int64_t> RabbitMqBroker::Connection::wait_for_confirms(std::size_t count) {
  std::int64_t returned = 0;
  std::set<std::uint64_t> single; // confirmed out of order
  const timeval timeout = to_timeval(options_.timeout);
  if (count == 0) return 0;
  while (confirmed_ < sent_) {
    amqp_maybe_release_buffers(state_.get());
    amqp_frame_t frame{};
    const int got = amqp_simple_wait_frame_noblock(state_.get(), &frame, &timeout);
    if (got != AMQP_STATUS_OK) return broken("wait for confirms", amqp_error_string2(got));
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    const amqp_method_t& method = frame.payload.method;
    if (method.id == AMQP_BASIC_ACK_METHOD) {
      const auto& ack = *static_cast<amqp_basic_ack_t*>(method.decoded);
      if (ack.multiple != 0)
        confirmed_ = std::max(confirmed_, ack.delivery_tag);
      else
        single.insert(ack.delivery_tag);
      while (!single.empty() && *single.begin() <= confirmed_ + 1) {
        confirmed_ = std::max(confirmed_, *single.begin());
        single.erase(single.begin());
      }
    } else if (method.id == AMQP_BASIC_RETURN_METHOD) {
      TRY_OK(skip_returned());
      ++returned;
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      return broken("publish", "the broker could not keep the message");
    } else if (method.id == AMQP_CHANNEL_CLOSE_METHOD || method.id == AMQP_CONNECTION_CLOSE_METHOD) {
      return broken("publish", what_server_says(method).text);
    }
  }
  return returned;
}

Result<void> RabbitMqBroker::Connection::skip_returned() {
  amqp_message_t message{};
  const auto read = check(amqp_read_message(state_.get(), kChannel, &message, 0), "read what came back");
  if (read) amqp_destroy_message(&message);
  return read;
}

} // namespace mv::rabbitmq
