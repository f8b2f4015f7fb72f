#include "core/adapters/postgres/database.hpp"

#include <array>
#include <format>
#include <optional>
#include <thread>

#include "core/adapters/failure_guard.hpp"
#include "core/adapters/postgres/pool.hpp"
#include "core/adapters/postgres/replicas.hpp"
#include "core/adapters/postgres/write_gate.hpp"
#include "core/adapters/work_mark.hpp"
#include "core/base/log.hpp"
#include "core/base/random.hpp"
#include "core/base/trace.hpp"

namespace mv::postgres {

namespace {

// Keys of our advisory locks, in a space of our own: "mvdb" and a number.
constexpr std::int64_t kOneAtATime = 0x6d766462'00000001;
constexpr std::int64_t kMigration = 0x6d766462'00000002;

constexpr const char* kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* kBeginWrite = "BEGIN ISOLATION LEVEL SERIALIZABLE";
constexpr const char* kBeginMigration = "BEGIN ISOLATION LEVEL READ COMMITTED";

constexpr std::chrono::milliseconds kMigrationLockTimeout{3'000};
constexpr int kMigrationAttempts = 20;
constexpr std::chrono::minutes kFull{1};            // said of a server that had no space for a write
constexpr std::chrono::milliseconds kPatience{200}; // of a write that is to run alone, with those that run already

class PostgresTransaction final : public Transaction {
public:
  explicit PostgresTransaction(Connection& connection) : connection_(connection) {}

  Result<Rows> execute(const Query& query, std::vector<Value> parameters) override {
    return guard_.run([&] { return connection_.execute(query, parameters); });
  }
  Result<void> execute_script(std::string_view script) {
    return guard_.run([&] { return connection_.command(std::string(script)); });
  }
  [[nodiscard]] bool failed() const { return guard_.failed(); }

private:
  Connection& connection_;
  FailureGuard guard_;
};

// Rolls back unless committed, also when `work` throws.
class Scope {
public:
  explicit Scope(Connection& connection) : connection_(connection) {}
  ~Scope() { connection_.roll_back(); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

private:
  Connection& connection_;
};

// Where a trace is collected, PostgreSQL's own log shall lead to it. It stands here and not on the statements, whose
// texts must stay the same to stay prepared.
std::string with_trace(const char* begin) {
  const TraceContext* const trace = current_trace();
  if (trace == nullptr || !trace->sampled) return begin;
  return std::format("{} /*traceparent='{}'*/", begin, trace->traceparent());
}

// One attempt. Whether another makes sense is asked of the connection.
Result<void> run(Connection& connection, const char* begin, const std::function<Result<void>(Transaction&)>& work) {
  TRY_OK(connection.begin(with_trace(begin)));
  const Scope scope(connection);
  PostgresTransaction transaction(connection);
  TRY_OK(work(transaction));
  if (transaction.failed()) return FailureGuard::refused();
  return connection.commit();
}

// Whoever failed once waits here for the others who did. A lock of the session, taken before the transaction begins:
// one inside would wait with a snapshot that is old when it ends.
class OneAtATime {
public:
  explicit OneAtATime(Connection& connection) : connection_(connection) {}
  ~OneAtATime() {
    if (!held_ || !connection_.usable()) return; // ends with the session
    if (const auto outcome = connection_.command(std::format("SELECT pg_advisory_unlock({})", kOneAtATime)); !outcome) {
      log_warning("cannot let the next write in", {{"error", outcome.error()}});
    }
  }
  OneAtATime(const OneAtATime&) = delete;
  OneAtATime& operator=(const OneAtATime&) = delete;

  Result<void> enter() {
    if (held_) return {};
    TRY_OK(connection_.command(std::format("SELECT pg_advisory_lock({})", kOneAtATime)));
    held_ = true;
    return {};
  }

private:
  Connection& connection_;
  bool held_ = false;
};

std::unexpected<Error> busy(std::string_view cause) {
  return std::unexpected(
      Error{.code = ErrorCode::unavailable, .key = "database.busy", .cause = std::string(cause), .retry_after_s = 1});
}

} // namespace

PostgresDatabase::PostgresDatabase(const PostgresOptions& options)
    : options_(options), gate_(std::make_unique<WriteGate>()) {
  if (options_.metrics != nullptr) {
    retries_ = &options_.metrics->counter("memoryverse_database_retries_total",
                                          "Writes that ran again because others were in their way.");
  }
}

PostgresDatabase::~PostgresDatabase() = default;

Result<std::unique_ptr<PostgresDatabase>> PostgresDatabase::open(std::string_view url, const PostgresOptions& options) {
  TRY(Address address, Address::parse(url));
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(options));
  const ConnectionOptions connection{.statement_timeout = options.statement_timeout,
                                     .lock_timeout = options.lock_timeout,
                                     .statement_timeouts = options.statement_timeouts,
                                     .lock_timeouts = options.lock_timeouts,
                                     .slow_after = options.slow_after,
                                     .metrics = options.metrics};
  database->primary_ = std::make_unique<Pool>(
      std::move(address), connection,
      PoolOptions{.name = "primary", .connections = options.connections, .wait = options.queue_timeout});
  TRY_OK(database->look_at_server());
  if (!options.replicas.empty()) {
    TRY(database->replicas_, Replicas::open(*database->primary_, options.replicas, connection, options.replica_lag,
                                            {.connections = options.connections, .wait = options.queue_timeout}));
  }
  return database;
}

Result<void> PostgresDatabase::look_at_server() {
  auto lease = primary_->take();
  if (!lease) {
    Error error = std::move(lease).error();
    if (error.key == "database.lost" || error.key == "database.failed") {
      error.code = ErrorCode::unavailable;
      error.key = "database.unreachable";
      error.cause += "; " + std::string(advise(error.cause, primary_->address()).what);
    }
    return std::unexpected(std::move(error));
  }
  constexpr Query kLook{"look_at_server", "SELECT current_setting('server_encoding'), current_setting('fsync')"};
  TRY(const Rows rows, (*lease)->execute(kLook, {}));
  if (rows.front().text(0) != "UTF8") {
    return fail(
        ErrorCode::unavailable, "database.encoding",
        std::format("{} is kept in {}: make it anew with ENCODING 'UTF8'", shown_address(), rows.front().text(0)));
  }
  if (rows.front().text(1) == "off") {
    log_warning("PostgreSQL runs with fsync = off: a power cut can lose or break everything",
                {{"address", shown_address()}});
  }
  return {};
}

const std::string& PostgresDatabase::shown_address() const { return primary_->address().shown(); }

Result<void> PostgresDatabase::read_with(const std::function<Result<void>(Transaction&)>& work) {
  return read_by([&](Connection& connection) { return run(connection, kBeginRead, work); });
}

Result<Rows> PostgresDatabase::read_one_with(const Query& query, const std::vector<Value>& parameters) {
  Rows rows;
  TRY_OK(read_by([&](Connection& connection) -> Result<void> {
    if (may_go_alone(connection, query)) {
      connection.start_alone();
      TRY(rows, connection.execute(query, parameters));
      return {};
    }
    TRY_OK(run(connection, kBeginRead, [&](Transaction& tx) -> Result<void> {
      TRY(rows, tx.execute(query, parameters));
      return {};
    }));
    connection.note_reader(query);
    return {};
  }));
  return rows;
}

Result<void> PostgresDatabase::read_by(const std::function<Result<void>(Connection&)>& attempt) {
  TRY_OK(WorkMark::refuse_nesting(this));
  const WorkMark mark(this);
  if (replicas_) {
    if (auto lease = replicas_->take()) {
      auto outcome = attempt(**lease);
      if (outcome || (*lease)->remedy() == Remedy::none || (*lease)->answered() > 0) return outcome;
      replicas_->leave_out(*lease);
    }
  }
  return read_on_primary(attempt);
}

Result<void> PostgresDatabase::read_on_primary(const std::function<Result<void>(Connection&)>& attempt) {
  TRY(Pool::Lease lease, primary_->take());
  auto outcome = attempt(*lease);
  // The server may have restarted while the connection rested. Where the work has seen no row yet, it can run again.
  if (!outcome && lease->remedy() == Remedy::replace && lease->answered() == 0) {
    TRY_OK(lease.replace());
    outcome = attempt(*lease);
  }
  return outcome;
}

Result<void> PostgresDatabase::check() {
  constexpr Query kLook{"check_writes", "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'"};
  bool replica = false;
  bool refuses = false;
  const auto look = [&](Connection& connection) -> Result<void> {
    connection.start_alone();
    TRY(const Rows rows, connection.execute(kLook, {}));
    replica = rows.front().integer(0) == 1;
    refuses = rows.front().integer(1) == 1;
    return {};
  };
  TRY_OK(WorkMark::refuse_nesting(this));
  const WorkMark mark(this);
  TRY_OK(read_on_primary(look));
  if (refuses) {
    // Perhaps it was only so when this connection was opened, or those that rest.
    TRY(Pool::Lease lease, primary_->take());
    TRY_OK(lease.replace());
    TRY_OK(look(*lease));
  }
  if (refuses) {
    return std::unexpected(
        Error{.code = ErrorCode::unavailable,
              .key = "database.read-only",
              .cause = shown_address() + (replica ? " is a replica: name the primary, or all servers and add "
                                                    "target_session_attrs=read-write to the address"
                                                  : " takes no writes, since default_transaction_read_only is on: "
                                                    "let it take them, or name a server that does"),
              .retry_after_s = 10});
  }
  if (std::chrono::steady_clock::now().time_since_epoch().count() < full_until_.load(std::memory_order_relaxed))
    return fail(ErrorCode::insufficient_storage, "database.full");
  return {};
}

void PostgresDatabase::note_refusal(const Error& error) {
  // Those that rest were opened in the same time, and each would refuse a write of its own.
  if (error.key == "database.read-only") primary_->close_idle();
  if (error.key != "database.full") return;
  const auto until = std::chrono::steady_clock::now() + kFull;
  full_until_.store(until.time_since_epoch().count(), std::memory_order_relaxed);
}

// Without a BEGIN nothing says READ ONLY, so that a statement goes alone once it has passed as one that reads: the
// server judges it by its plan, whatever its parameters. What else a BEGIN carries, a trace and times of its own, needs
// one each time.
bool PostgresDatabase::may_go_alone(const Connection& connection, const Query& query) const {
  const TraceContext* const trace = current_trace();
  if (trace != nullptr && trace->sampled) return false;
  if (options_.statement_timeouts.contains(query.name) || options_.lock_timeouts.contains(query.name)) return false;
  return connection.knows_reader(query);
}

Result<void> PostgresDatabase::write_with(const std::function<Result<void>(Transaction&)>& work) {
  TRY_OK(WorkMark::refuse_nesting(this));
  std::optional<WriteGate::Pass> pass(std::in_place, *gate_, options_.queue_timeout);
  if (!pass->inside()) return busy("too many writes wait");
  TRY(Pool::Lease lease, primary_->take());
  const WorkMark mark(this);
  auto outcome = run(*lease, kBeginWrite, work);
  if (!outcome && lease->remedy() == Remedy::replace && lease->answered() == 0) {
    TRY_OK(lease.replace());
    outcome = run(*lease, kBeginWrite, work);
  }
  // What another committed meanwhile can break a constraint although the work looked first. The second time it sees
  // what is there and decides for itself.
  if (!outcome && lease->remedy() == Remedy::once) outcome = run(*lease, kBeginWrite, work);
  if (!outcome && lease->remedy() == Remedy::again) {
    pass->met_another();
    pass.reset();
    outcome = run_alone(*lease, work);
  }
  if (outcome && replicas_) replicas_->note_write();
  if (!outcome) note_refusal(outcome.error());
  return outcome;
}

Result<void> PostgresDatabase::run_alone(Connection& connection,
                                         const std::function<Result<void>(Transaction&)>& work) {
  const WriteGate::Alone alone(*gate_, kPatience); // in this process, and among all:
  OneAtATime line(connection);
  TRY_OK(line.enter());
  for (int attempt = 2; attempt <= options_.attempts; ++attempt) {
    if (retries_ != nullptr) retries_->add();
    // In other processes some come for the first time and do not stand in line; the same two must not meet for ever.
    if (attempt > 3)
      std::this_thread::sleep_for(std::chrono::milliseconds(random_below(10U * static_cast<unsigned>(attempt))));
    auto outcome = run(connection, kBeginWrite, work);
    if (outcome || connection.remedy() != Remedy::again) return outcome;
  }
  return busy("others were in the way each time");
}

Result<Rows> PostgresDatabase::execute_alone(const Query& query, std::vector<Value> parameters) {
  TRY_OK(WorkMark::refuse_nesting(this));
  TRY(Pool::Lease lease, primary_->take());
  const auto attempt = [&] {
    lease->start_alone();
    return lease->execute(query, parameters);
  };
  auto rows = attempt();
  // A connection that broke before the statement was sent looks as one that broke while it ran: only what changes
  // nothing when it runs twice may run again, and that only its caller knows.
  if (!rows && lease->remedy() == Remedy::again) rows = attempt();
  if (!rows && lease->remedy() == Remedy::replace) static_cast<void>(lease.replace());
  if (rows && replicas_) replicas_->note_write();
  if (!rows) note_refusal(rows.error());
  return rows;
}

Result<void> PostgresDatabase::migrate_with(const std::function<Result<void>(Transaction&)>& work) {
  TRY_OK(WorkMark::refuse_nesting(this));
  TRY(Pool::Lease lease, primary_->take());
  const WorkMark mark(this);
  const auto locked = [&](Transaction& tx) -> Result<void> {
    lease->wait_for_ever();
    // Other processes take their time here, which no limit may cut short; what comes then waits for tables.
    TRY_OK(execute_script(tx, std::format("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
                                          "SET LOCAL idle_in_transaction_session_timeout = 0; "
                                          "SELECT pg_advisory_xact_lock({}); SET LOCAL lock_timeout = {}",
                                          kMigration, kMigrationLockTimeout.count())));
    return work(tx);
  };
  for (int attempt = 1;; ++attempt) {
    auto outcome = run(*lease, kBeginMigration, locked);
    const bool in_the_way = !outcome && (lease->remedy() == Remedy::again || outcome.error().key == "database.busy");
    if (!in_the_way || attempt == kMigrationAttempts) return outcome;
    log_info("the schema is in use, trying again", {{"attempt", attempt}});
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + random_below(400)));
  }
}

Result<void> PostgresDatabase::execute_script(Transaction& transaction, std::string_view script) {
  auto* const ours = dynamic_cast<PostgresTransaction*>(&transaction);
  if (ours == nullptr) return fail(ErrorCode::internal, "database.failed", "not a transaction of PostgreSQL");
  return ours->execute_script(script);
}

} // namespace mv::postgres
