#include "core/adapters/postgres/pool.hpp"

#include <format>

namespace mv::postgres {

namespace {

// A server that restarts is back within a second or two: whoever comes then need not wait longer than that.
constexpr CircuitBreakerOptions kSpare{.failures_to_open = 5, .rest = std::chrono::seconds(1)};

std::unexpected<Error> lost(std::string cause) {
  return std::unexpected(
      Error{.code = ErrorCode::unavailable, .key = "database.lost", .cause = std::move(cause), .retry_after_s = 2});
}

} // namespace

Pool::Pool(Address address, ConnectionOptions connection, const PoolOptions& options)
    : address_(std::move(address)), connection_(std::move(connection)), options_(options), pulse_(address_) {
  if (connection_.metrics == nullptr) return;
  Metrics& metrics = *connection_.metrics;
  dependency_.emplace(options.name == "primary" ? "postgres" : std::format("postgres-{}", options.name), metrics,
                      kSpare);
  in_use_ = &metrics.gauge("memoryverse_database_pool_busy", "Connections in use.", {{"pool", options.name}});
  waiting_ = &metrics.gauge("memoryverse_database_pool_waiting", "Threads that wait for a connection.",
                            {{"pool", options.name}});
  waited_ = &metrics.histogram("memoryverse_database_pool_wait_seconds", "Time that a thread waited for one.",
                               {{"pool", options.name}});
  metrics.gauge("memoryverse_database_pool_limit", "Most connections in use at once.", {{"pool", options.name}})
      .set(static_cast<double>(options.connections));
}

Pool::~Pool() = default;

Result<Pool::Lease> Pool::take(std::chrono::milliseconds wait) {
  if (pulse_.silent()) return lost(address_.shown() + " says nothing");
  const auto start = std::chrono::steady_clock::now();
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    if (waiting_ != nullptr) waiting_->add(1);
    const bool got = free_.wait_for(lock, wait, [this] { return !idle_.empty() || open_ < options_.connections; });
    if (waiting_ != nullptr) waiting_->add(-1);
    if (!got) {
      return std::unexpected(Error{.code = ErrorCode::unavailable,
                                   .key = "database.busy",
                                   .cause = "every connection is in use",
                                   .retry_after_s = 1});
    }
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    } else {
      ++open_;
    }
  }
  if (waited_ != nullptr) waited_->observe(std::chrono::steady_clock::now() - start);
  if (!connection) {
    auto opened = connect();
    if (!opened) {
      give_up_place();
      return std::unexpected(std::move(opened).error());
    }
    connection = *std::move(opened);
  }
  if (in_use_ != nullptr) in_use_->add(1);
  return Lease(*this, std::move(connection));
}

Result<std::unique_ptr<Connection>> Pool::connect() {
  if (pulse_.silent()) return lost(address_.shown() + " says nothing");
  if (!dependency_) return Connection::open(address_, connection_, pulse_);
  auto call = dependency_->begin("connect");
  if (!call) return lost(call.error().cause);
  auto opened = Connection::open(address_, connection_, pulse_);
  const bool answered = opened || (opened.error().key != "database.lost" && opened.error().key != "database.failed");
  call->end(opened ? CallOutcome::success : answered ? CallOutcome::refused : CallOutcome::failure);
  return opened;
}

Result<void> Pool::Lease::replace() {
  pool_->close_idle();
  TRY(connection_, pool_->connect());
  return {};
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  if (in_use_ != nullptr) in_use_->add(-1);
  if (!connection->usable()) {
    connection.reset(); // before its place is another's, lest there be one too many
    return give_up_place();
  }
  {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  free_.notify_one();
}

void Pool::give_up_place() {
  {
    const std::scoped_lock lock(mutex_);
    --open_;
  }
  free_.notify_one();
}

void Pool::close_idle() {
  std::vector<std::unique_ptr<Connection>> old;
  const std::scoped_lock lock(mutex_);
  old.swap(idle_);
  open_ -= old.size();
  free_.notify_all();
}

} // namespace mv::postgres
