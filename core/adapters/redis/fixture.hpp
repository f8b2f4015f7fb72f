#pragma once

// For tests: a pool on a redis-server of the test's own.

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "core/adapters/redis/pool.hpp"
#include "core/adapters/redis/server_time.hpp"
#include "core/base/clock.hpp"
#include "core/testing/redis_server.hpp"

namespace mv::redis {

/// One server for the whole program: each test has a database of its own in it, emptied when it begins.
inline test::RedisServer& shared_server() {
  static test::RedisServer server;
  return server;
}

inline std::unique_ptr<Pool> open_pool(const std::string& url, Metrics& metrics, PoolOptions options = {}) {
  auto address = parse_address(url);
  if (!address) throw std::runtime_error(address.error().cause);
  auto pool = Pool::open(*std::move(address), metrics, options);
  if (!pool) throw std::runtime_error(pool.error().cause);
  return *std::move(pool);
}

/// A sanitizer on a busy machine takes its time; what a test waits for to fail has shorter ones of its own.
inline PoolOptions patient() {
  return {.timeouts = {.connect = std::chrono::seconds(20), .command = std::chrono::seconds(20)}};
}

/// Redis' time, standing still until told.
class StandingTime {
public:
  explicit StandingTime(Pool& pool) : pool_(pool) { advance(0); }
  void advance(TimeMs by) {
    now_ += by;
    if (!pool_.run({"SET", key_, std::to_string(now_)})) throw std::runtime_error("SET");
  }
  [[nodiscard]] ServerTime time() const { return {key_}; }

private:
  Pool& pool_;
  TimeMs now_ = 1'700'000'000'000;
  std::string key_ = "mv:test:time";
};

/// An empty Redis.
class FreshRedis {
public:
  FreshRedis() {
    if (!pool_->run({"FLUSHALL"})) throw std::runtime_error("FLUSHALL");
  }
  Pool& pool() { return *pool_; }
  Metrics& metrics() { return metrics_; }

private:
  Metrics metrics_;
  std::unique_ptr<Pool> pool_ = open_pool(shared_server().url(), metrics_, patient());
};

} // namespace mv::redis
