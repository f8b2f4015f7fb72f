#pragma once

// The Database port on PostgreSQL: a bounded pool of connections, many writers at once, and replicas for reads.

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/metrics.hpp"
#include "core/ports/database.hpp"

namespace mv::postgres {

class Address;
class Connection;
class Pool;
class Replicas;
class WriteGate;

struct PostgresOptions {
  std::size_t connections = 16;                    ///< At most, to each server.
  std::chrono::milliseconds queue_timeout{10'000}; ///< For a connection; then `unavailable`.
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds lock_timeout{10'000};
  /// Of single queries by name, in place of the two above.
  std::map<std::string, std::chrono::milliseconds, std::less<>> statement_timeouts{};
  std::map<std::string, std::chrono::milliseconds, std::less<>> lock_timeouts{};
  int attempts = 20;                         ///< Of a write that others were in the way of.
  std::chrono::milliseconds slow_after{500}; ///< A slower statement is logged by its name.
  /// Addresses of read-only replicas. Empty: the primary serves all reads.
  std::vector<std::string> replicas{};
  std::chrono::milliseconds replica_lag{1'000}; ///< A replica further behind is not asked.
  Metrics* metrics = nullptr;                   ///< Must outlive the database.
};

/// Safe from every thread. As with SQLite, `read` and `transaction` must not be called from inside the work of either
/// (`database.nested`), and after a failed statement a transaction can only roll back (`database.failed-before`).
///
/// Writes are SERIALIZABLE: they come out as if they had run one after another, which is what the services were written
/// for. Who was in the way of another runs again, alone in its process and one at a time among all. Reads are
/// READ ONLY and see one snapshot.
///
/// A replica may be behind by `replica_lag`. What a process has written, it reads from the primary for as long; other
/// processes may see it later unless the primary waits for its replicas (`synchronous_commit = remote_apply`).
class PostgresDatabase final : public Database {
public:
  /// Connects once, so that a wrong address, password or database is told now: `unavailable` with key
  /// `database.unreachable` and a cause for people, without the password; `database.replica` where it is of a replica.
  [[nodiscard]] static Result<std::unique_ptr<PostgresDatabase>> open(std::string_view url,
                                                                      const PostgresOptions& options = {});
  /// No work may be under way.
  ~PostgresDatabase() override;

  [[nodiscard]] Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) override;
  [[nodiscard]] Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] Result<Rows> execute_alone(const Query& query, std::vector<Value> parameters) override;
  /// Asks the primary. Whether there is space only a write learns: `database.full` for a minute after one had none.
  [[nodiscard]] Result<void> check() override;
  [[nodiscard]] std::string_view engine() const override { return "postgres"; }

  /// A write that may change the schema: READ COMMITTED, without a limit of time for its statements but with one for
  /// locks on tables, so that it never holds up those who wait behind it for long. Of all processes one at a time.
  [[nodiscard]] Result<void> migrate_with(const std::function<Result<void>(Transaction&)>& work);

  /// All statements of a script, inside a transaction of this database.
  [[nodiscard]] static Result<void> execute_script(Transaction& transaction, std::string_view script);

  /// The address without its password.
  [[nodiscard]] const std::string& shown_address() const;

private:
  explicit PostgresDatabase(const PostgresOptions& options);
  [[nodiscard]] Result<void> look_at_server();
  /// On a replica or the primary; again where the connection was old and `attempt` has seen no row.
  [[nodiscard]] Result<void> read_by(const std::function<Result<void>(Connection&)>& attempt);
  [[nodiscard]] Result<void> read_on_primary(const std::function<Result<void>(Connection&)>& attempt);
  [[nodiscard]] bool may_go_alone(const Connection& connection, const Query& query) const;
  void note_refusal(const Error& error);
  [[nodiscard]] Result<void> run_alone(Connection& connection, const std::function<Result<void>(Transaction&)>& work);

  PostgresOptions options_;
  std::unique_ptr<Pool> primary_;
  std::unique_ptr<WriteGate> gate_;
  std::unique_ptr<Replicas> replicas_; // none without addresses
  std::atomic<std::chrono::steady_clock::rep> full_until_ = 0;
  Counter* retries_ = nullptr;
};

} // namespace mv::postgres
