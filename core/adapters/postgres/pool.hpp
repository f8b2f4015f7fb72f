#pragma once

// A bounded number of connections to one server, shared by all threads. Inside this folder only.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "core/adapters/postgres/connection.hpp"
#include "core/base/dependency.hpp"

namespace mv::postgres {

struct PoolOptions {
  std::string_view name{}; ///< Labels the metrics.
  std::size_t connections = 16;
  std::chrono::milliseconds wait{10'000};
};

class Pool {
public:
  Pool(Address address, ConnectionOptions connection, const PoolOptions& options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// A connection for the holder alone, given back when the lease ends.
  class Lease {
  public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    [[nodiscard]] Connection& operator*() const { return *connection_; }
    [[nodiscard]] Connection* operator->() const { return connection_.get(); }
    /// Another connection in place of one that is gone, and of all that idle: the server went with them.
    [[nodiscard]] Result<void> replace();
    [[nodiscard]] bool is_of(const Pool& pool) const { return pool_ == &pool; }

  private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  /// Opens one where fewer than the bound are open. `unavailable` with key `database.busy` when none came free in time,
  /// with `database.lost` at once where the server says nothing or was away again and again.
  [[nodiscard]] Result<Lease> take() { return take(options_.wait); }
  [[nodiscard]] Result<Lease> take(std::chrono::milliseconds wait);
  /// Those in use stay.
  void close_idle();
  [[nodiscard]] const Address& address() const { return address_; }

private:
  [[nodiscard]] Result<std::unique_ptr<Connection>> connect();
  void give_back(std::unique_ptr<Connection> connection);
  void give_up_place();

  const Address address_;
  const ConnectionOptions connection_;
  const PoolOptions options_;
  Pulse pulse_;
  std::optional<Dependency> dependency_;

  std::mutex mutex_; // guards the two below
  std::condition_variable free_;
  std::vector<std::unique_ptr<Connection>> idle_; // the last used first, as it is warm
  std::size_t open_ = 0;

  Gauge* in_use_ = nullptr;
  Gauge* waiting_ = nullptr;
  Histogram* waited_ = nullptr;
};

} // namespace mv::postgres
