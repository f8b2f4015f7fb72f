#pragma once

// One connection to Redis, over hiredis, whose types stay in connection.cpp.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/adapters/redis/address.hpp"

struct redisContext;
struct ssl_ctx_st;

namespace mv::redis {

/// What Redis answered. An error that it answered is an Error instead.
struct Reply {
  enum class Kind { nil, integer, text, list };
  Kind kind = Kind::nil;
  std::int64_t integer = 0;
  std::string text{};
  std::vector<Reply> items{};
};

struct Timeouts {
  std::chrono::milliseconds connect{500};
  std::chrono::milliseconds command{500};
};

// Keys of errors. `down`: no answer, or none in time; the connection is of no more use. `refused`: Redis does not take
// the credentials, the database or the certificate: somebody has to change a setting. `error`: it answered so; the
// cause is its own text.
inline constexpr std::string_view kDown = "redis.down";
inline constexpr std::string_view kRefused = "redis.refused";
inline constexpr std::string_view kError = "redis.error";

/// The process's TLS settings for one address; made once, since reading the authorities takes milliseconds.
class Tls {
public:
  /// `invalid` with key `redis.refused` when the file of authorities cannot be read.
  [[nodiscard]] static Result<Tls> open(const Address& address);
  [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }

private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// Used by one thread at a time.
class Connection {
public:
  /// Connects, signs in and chooses the database. `unavailable` with one of the keys above.
  [[nodiscard]] static Result<Connection> open(const Address& address, const Tls& tls, const Timeouts& timeouts);

  /// `unavailable` with `redis.down` or `redis.error`.
  [[nodiscard]] Result<Reply> run(std::span<const std::string_view> words);

  /// For subscriptions: sends without waiting.
  [[nodiscard]] Result<void> send(std::span<const std::string_view> words);
  /// What came, without waiting for more; call it when the socket can be read. Empty when no whole message is there.
  [[nodiscard]] Result<std::vector<Reply>> receive();
  /// To wait on.
  [[nodiscard]] int descriptor() const;
  /// Whether the other side has closed it, as far as is known here. Costs one system call.
  [[nodiscard]] bool closed() const;

private:
  struct Free {
    void operator()(redisContext* context) const;
  };
  explicit Connection(redisContext* context) : context_(context) {}
  [[nodiscard]] std::unexpected<Error> down() const;

  std::unique_ptr<redisContext, Free> context_;
};

} // namespace mv::redis
