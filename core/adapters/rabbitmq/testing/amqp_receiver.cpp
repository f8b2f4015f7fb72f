#include "core/adapters/rabbitmq/testing/amqp_receiver.hpp"

#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/tcp_socket.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace mv::test {

namespace {

struct Destroy {
  void operator()(amqp_connection_state_t state) const { amqp_destroy_connection(state); }
};
using State = std::unique_ptr<amqp_connection_state_t_, Destroy>;

void need(bool good, const std::string& what) {
  if (!good) throw std::runtime_error("receiver: " + what);
}

void need_reply(const State& state, const std::string& what) {
  need(amqp_get_rpc_reply(state.get()).reply_type == AMQP_RESPONSE_NORMAL, what);
}

amqp_bytes_t bytes_of(const std::string& text) { return {text.size(), const_cast<char*>(text.data())}; }
std::string text_of(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

State connect(const rabbitmq::Address& address) {
  State state(amqp_new_connection());
  amqp_socket_t* const socket = amqp_tcp_socket_new(state.get());
  need(amqp_socket_open(socket, address.host.c_str(), address.port) == AMQP_STATUS_OK, "connect");
  need(amqp_login(state.get(), address.virtual_host.c_str(), 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN,
                  address.user.c_str(), address.password.reveal().c_str())
               .reply_type == AMQP_RESPONSE_NORMAL,
       "sign in");
  amqp_channel_open(state.get(), 1);
  need_reply(state, "channel");
  return state;
}

} // namespace

void AmqpReceiver::bind(const std::string& queue, const std::string& pattern, int longest) const {
  const State state = connect(address_);
  amqp_exchange_declare(state.get(), 1, bytes_of(exchange_), amqp_cstring_bytes("topic"), 0, 1, 0, 0, amqp_empty_table);
  need_reply(state, "exchange");
  std::array<amqp_table_entry_t, 2> limits{};
  limits[0].key = amqp_cstring_bytes("x-max-length");
  limits[0].value.kind = AMQP_FIELD_KIND_I32;
  limits[0].value.value.i32 = longest;
  limits[1].key = amqp_cstring_bytes("x-overflow");
  limits[1].value.kind = AMQP_FIELD_KIND_UTF8;
  limits[1].value.value.bytes = amqp_cstring_bytes("reject-publish");
  const amqp_table_t limited{.num_entries = limits.size(), .entries = limits.data()};
  amqp_queue_declare(state.get(), 1, bytes_of(queue), 0, 1, 0, 0, longest > 0 ? limited : amqp_empty_table);
  need_reply(state, "queue");
  amqp_queue_bind(state.get(), 1, bytes_of(queue), bytes_of(exchange_), bytes_of(pattern), amqp_empty_table);
  need_reply(state, "binding");
}

std::vector<AmqpMessage> AmqpReceiver::take(const std::string& queue, std::size_t count) const {
  const State state = connect(address_);
  // One at a time and acknowledged: what is not taken stays in the queue.
  amqp_basic_qos(state.get(), 1, 0, /*prefetch_count=*/1, 0);
  need_reply(state, "qos");
  amqp_basic_consume(state.get(), 1, bytes_of(queue), amqp_empty_bytes, 0, /*no_ack=*/0, 0, amqp_empty_table);
  need_reply(state, "consume");
  std::vector<AmqpMessage> messages;
  while (messages.size() < count) {
    amqp_maybe_release_buffers(state.get());
    amqp_envelope_t envelope{};
    const timeval timeout{.tv_sec = 30, .tv_usec = 0};
    if (amqp_consume_message(state.get(), &envelope, &timeout, 0).reply_type != AMQP_RESPONSE_NORMAL) break;
    const amqp_basic_properties_t& about = envelope.message.properties;
    messages.push_back({.id = text_of(about.message_id),
                        .routing_key = text_of(envelope.routing_key),
                        .type = text_of(about.type),
                        .content_type = text_of(about.content_type),
                        .body = text_of(envelope.message.body),
                        .persistent = about.delivery_mode == AMQP_DELIVERY_PERSISTENT});
    need(amqp_basic_ack(state.get(), 1, envelope.delivery_tag, 0) == AMQP_STATUS_OK, "ack");
    amqp_destroy_envelope(&envelope);
  }
  return messages;
}

} // namespace mv::test
