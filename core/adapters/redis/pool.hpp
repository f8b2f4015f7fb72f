#pragma once

// A bounded pool of connections to Redis behind a circuit breaker. No call waits longer than the timeouts say, and once
// Redis has failed a few times in a row, calls are refused at once until it answers again.

#include <condition_variable>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/adapters/redis/connection.hpp"
#include "core/base/dependency.hpp"
#include "core/base/metrics.hpp"

namespace mv::redis {

struct PoolOptions {
  Timeouts timeouts{};
  std::size_t connections = 8; ///< At most so many at once; further callers wait as long as a command may take.
  CircuitBreakerOptions breaker{.failures_to_open = 3, .rest = std::chrono::seconds(1)};
};

/// A script that Redis runs as one step. Make it once: `static const Script kTake(R"(…)");`
class Script {
public:
  explicit Script(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& sha1() const { return sha1_; }

private:
  std::string text_;
  std::string sha1_;
};

/// Safe from every thread. Metrics: those of `Dependency` with the name `redis`, and
/// `memoryverse_redis_connections{state}`.
class Pool {
public:
  /// Tries Redis once. One that does not answer is no error, but a warning: the program starts, and Redis may come
  /// later. `invalid` with a cause for people when a setting is wrong: the password, the user, the database, the
  /// certificate, or what answers there is not Redis.
  [[nodiscard]] static Result<std::unique_ptr<Pool>> open(Address address, Metrics& metrics, PoolOptions options = {});

  /// `unavailable` with `redis.down`, `redis.refused`, `redis.error` or `dependency.resting`. A command that got no
  /// answer may have run.
  [[nodiscard]] Result<Reply> run(std::initializer_list<std::string_view> words) { return run(std::span(words)); }
  [[nodiscard]] Result<Reply> run(std::span<const std::string_view> words);
  /// By its hash, or whole where Redis has not seen it yet.
  [[nodiscard]] Result<Reply> run(const Script& script, std::span<const std::string_view> keys,
                                  std::span<const std::string_view> arguments);

  /// For `/health/ready`.
  [[nodiscard]] Result<void> ping();

  /// A connection of the caller's own, for a subscription; not counted in the bound, not asked of the breaker.
  [[nodiscard]] Result<Connection> connect() const { return Connection::open(address_, tls_, options_.timeouts); }

  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] const PoolOptions& options() const { return options_; }
  /// `mv:DATABASE:` before every key and channel: channels do not know databases.
  [[nodiscard]] const std::string& prefix() const { return prefix_; }

private:
  Pool(Address address, Tls tls, Metrics& metrics, PoolOptions options);
  [[nodiscard]] Result<Reply> run_once(std::span<const std::string_view> words);
  [[nodiscard]] bool wait_for_room();
  [[nodiscard]] std::optional<Connection> take_idle();
  void put_back(std::optional<Connection> connection);
  void forget_idle();
  void note(bool answers, const Error& error);
  void show();

  Address address_;
  Tls tls_;
  PoolOptions options_;
  std::string prefix_;
  Dependency dependency_;
  Gauge& shown_idle_;
  Gauge& shown_used_;

  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Connection> idle_; // the latest used last
  std::size_t used_ = 0;
  bool told_down_ = false; // one line when it goes and one when it comes
};

} // namespace mv::redis
