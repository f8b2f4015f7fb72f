#include "core/adapters/redis/connection.hpp"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <format>

namespace mv::redis {

namespace {

timeval to_timeval(std::chrono::milliseconds wait) {
  return {.tv_sec = wait.count() / 1000, .tv_usec = (wait.count() % 1000) * 1000};
}

struct FreeReply {
  void operator()(void* reply) const { freeReplyObject(reply); }
};
using RawReply = std::unique_ptr<redisReply, FreeReply>;

Result<Reply> convert(const redisReply& raw) {
  Reply reply;
  switch (raw.type) {
    case REDIS_REPLY_ERROR:
      return fail(ErrorCode::unavailable, kError, std::string(raw.str, raw.len));
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::integer;
      reply.integer = raw.integer;
      break;
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_STRING:
      reply.kind = Reply::Kind::text;
      reply.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::list;
      reply.items.reserve(raw.elements);
      for (std::size_t i = 0; i < raw.elements; ++i) {
        TRY(Reply item, convert(*raw.element[i]));
        reply.items.push_back(std::move(item));
      }
      break;
    default:
      break;
  }
  return reply;
}

std::string last_tls_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

bool is_ip(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

/// hiredis checks the chain but not for whom the certificate is, so the SSL object is ours.
Result<void> start_tls(redisContext& context, const Address& address, const Tls& tls) {
  SSL* ssl = SSL_new(tls.get());
  if (ssl == nullptr) return fail(ErrorCode::unavailable, kDown, last_tls_error());
  const bool named = is_ip(address.host) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address.host.c_str()) == 1
                                         : SSL_set1_host(ssl, address.host.c_str()) == 1 &&
                                               SSL_set_tlsext_host_name(ssl, address.host.c_str()) == 1;
  if (!named) {
    SSL_free(ssl);
    return fail(ErrorCode::unavailable, kRefused, "the host's name cannot be checked");
  }
  ERR_clear_error();
  if (redisInitiateSSL(&context, ssl) == REDIS_OK) return {}; // the context owns it now
  const std::string why = context.errstr;
  const auto verified = SSL_get_verify_result(ssl);
  SSL_free(ssl);
  if (verified != X509_V_OK)
    return fail(ErrorCode::unavailable, kRefused,
                std::format("its certificate is not trusted: {}", X509_verify_cert_error_string(verified)));
  return fail(ErrorCode::unavailable, kDown, "TLS: " + why);
}

/// What says that a setting is wrong, and not that Redis is busy.
bool is_refusal(std::string_view answer) {
  for (const std::string_view code : {"WRONGPASS", "NOAUTH", "NOPERM", "ERR AUTH", "ERR invalid password",
                                      "ERR Client sent AUTH", "ERR DB index", "ERR invalid DB index", "DENIED"}) {
    if (answer.starts_with(code)) return true;
  }
  return false;
}

} // namespace

void Tls::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<Tls> Tls::open(const Address& address) {
  Tls tls;
  if (!address.tls) return tls;
  tls.context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!tls.context_) return fail(ErrorCode::internal, kRefused, last_tls_error());
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(tls.get(), SSL_VERIFY_PEER, nullptr);
  const bool trusted = address.authorities.empty()
                           ? SSL_CTX_set_default_verify_paths(tls.get()) == 1
                           : SSL_CTX_load_verify_locations(tls.get(), address.authorities.c_str(), nullptr) == 1;
  if (!trusted)
    return fail(ErrorCode::invalid, kRefused,
                address.authorities + ": no certificates can be read: " + last_tls_error());
  return tls;
}

void Connection::Free::operator()(redisContext* context) const { redisFree(context); }

Result<Connection> Connection::open(const Address& address, const Tls& tls, const Timeouts& timeouts) {
  const timeval connect = to_timeval(timeouts.connect);
  const timeval command = to_timeval(timeouts.command);
  redisOptions options{};
  if (address.socket.empty())
    REDIS_OPTIONS_SET_TCP(&options, address.host.c_str(), address.port);
  else
    REDIS_OPTIONS_SET_UNIX(&options, address.socket.c_str());
  options.connect_timeout = &connect;
  options.command_timeout = &command;
  Connection connection(redisConnectWithOptions(&options));
  if (!connection.context_ || connection.context_->err != 0) return connection.down();
  if (address.tls) TRY_OK(start_tls(*connection.context_, address, tls));

  const auto set_up = [&](std::span<const std::string_view> words) -> Result<void> {
    const auto reply = connection.run(words);
    if (reply) return {};
    Error error = reply.error();
    if (error.key == kError && is_refusal(error.cause)) error.key = kRefused;
    return std::unexpected(std::move(error));
  };
  if (!address.password.empty()) {
    const std::string_view user = address.user.empty() ? "default" : std::string_view(address.user);
    TRY_OK(set_up(std::array<std::string_view, 3>{"AUTH", user, address.password.reveal()}));
  }
  // Asked for the default database too: it tells at once when a password is missing.
  TRY_OK(set_up(std::array<std::string_view, 2>{"SELECT", std::to_string(address.database)}));
  return connection;
}

std::unexpected<Error> Connection::down() const {
  if (!context_) return fail(ErrorCode::unavailable, kDown, "out of memory");
  // Another program than Redis answers with what is no reply.
  if (context_->err == REDIS_ERR_PROTOCOL)
    return fail(ErrorCode::unavailable, kRefused, "what answers there is not Redis");
  const bool late = context_->err == REDIS_ERR_TIMEOUT || (context_->err == REDIS_ERR_IO && errno == EAGAIN);
  return fail(ErrorCode::unavailable, kDown, late ? "no answer in time" : std::string(context_->errstr));
}

Result<void> Connection::send(std::span<const std::string_view> words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data()) != REDIS_OK)
    return down();
  for (int done = 0; done == 0;) {
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return down();
  }
  return {};
}

Result<Reply> Connection::run(std::span<const std::string_view> words) {
  TRY_OK(send(words));
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK || raw == nullptr) return down();
  const RawReply reply(static_cast<redisReply*>(raw));
  return convert(*reply);
}

Result<std::vector<Reply>> Connection::receive() {
  if (redisBufferRead(context_.get()) != REDIS_OK) return down();
  std::vector<Reply> replies;
  for (;;) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) return down();
    if (raw == nullptr) return replies;
    const RawReply reply(static_cast<redisReply*>(raw));
    TRY(Reply converted, convert(*reply));
    replies.push_back(std::move(converted));
  }
}

int Connection::descriptor() const { return context_->fd; }

bool Connection::closed() const {
  char byte = 0;
  const ssize_t count = ::recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // Nothing is expected between commands: with an end comes 0, and a byte would be the answer to something else. TLS
  // sends records of its own between, so there only the end counts.
  if (count < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
  return count == 0 || context_->privctx == nullptr;
}

} // namespace mv::redis
