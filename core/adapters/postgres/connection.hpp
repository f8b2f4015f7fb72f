#pragma once

// One connection to PostgreSQL with its prepared statements. Inside this folder only; others use database.hpp.

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/adapters/postgres/address.hpp"
#include "core/adapters/postgres/failure.hpp"
#include "core/adapters/postgres/placeholders.hpp"
#include "core/adapters/postgres/pulse.hpp"
#include "core/base/query_watch.hpp"
#include "core/ports/database.hpp"

namespace pqxx {
class connection;
class result;
} // namespace pqxx

namespace mv::postgres {

struct ConnectionOptions {
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds lock_timeout{10'000};
  /// Of single queries by name, in place of the two above.
  std::map<std::string, std::chrono::milliseconds, std::less<>> statement_timeouts{};
  std::map<std::string, std::chrono::milliseconds, std::less<>> lock_timeouts{};
  std::chrono::milliseconds slow_after{500};
  Metrics* metrics = nullptr;
};

/// Used by one thread at a time. `address`, `options` and `pulse` must outlive it.
class Connection {
public:
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Address& address,
                                                                const ConnectionOptions& options, Pulse& pulse);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Result<Rows> execute(const Query& query, const std::vector<Value>& parameters);
  /// Whether this very statement, prepared as it is now, ran inside a transaction that only reads.
  [[nodiscard]] bool knows_reader(const Query& query) const;
  void note_reader(const Query& query);
  /// Before a statement that is a transaction of its own.
  void start_alone();
  /// `BEGIN …`. From here to the end of `commit` or `roll_back` a transaction is open.
  [[nodiscard]] Result<void> begin(const std::string& sql);
  [[nodiscard]] Result<void> commit();
  /// Leaves the connection unusable where it fails.
  void roll_back();
  /// Statements without parameters; rows are dropped.
  [[nodiscard]] Result<void> command(const std::string& sql);

  /// Until the transaction ends, statements take as long as they do; a server that says nothing still breaks them.
  void wait_for_ever() { patient_ = true; }

  [[nodiscard]] bool in_transaction() const { return in_transaction_; }
  /// False: close it.
  [[nodiscard]] bool usable() const { return usable_ && !in_transaction_; }
  /// What the last failure asks for; `none` since the last `begin` without one.
  [[nodiscard]] Remedy remedy() const { return remedy_; }
  /// Statements that gave their rows since `begin`.
  [[nodiscard]] int answered() const { return answered_; }

private:
  struct Prepared {
    std::string text; // a copy: a text that was built at run time may give its address to another
    const char* address = nullptr;
    std::string name;
    std::vector<Kind> kinds;
    bool reader = false;
    QueryMetrics metrics{};
  };
  using Place = std::list<Prepared>::iterator;

  Connection(const Address& address, const ConnectionOptions& options, Pulse& pulse);
  [[nodiscard]] Result<void> connect();
  [[nodiscard]] Result<Prepared*> prepare(const Query& query, std::vector<Kind> kinds);
  void forget(Place statement);
  [[nodiscard]] Result<Rows> run(const Prepared& prepared, const Query& query, const std::vector<Value>& parameters);
  [[nodiscard]] Result<void> set_timeouts(const Query& query);
  /// For a statement about to be sent, of that name or none.
  [[nodiscard]] Pulse::Line::Wait wait(std::string_view query = {});
  [[nodiscard]] std::unexpected<Error> failed(const std::exception& thrown, std::string_view what);

  struct Session; // libpqxx stays out of headers
  const Address& address_;
  const ConnectionOptions& options_;
  Pulse& pulse_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Pulse::Line> line_;
  bool in_transaction_ = false;
  bool usable_ = true;
  bool other_timeouts_ = false; // those of a query by name hold now
  bool patient_ = false;
  Remedy remedy_ = Remedy::none;
  int answered_ = 0;
  std::size_t statements_made_ = 0;
  // Most recently used first. Looked up by the address of the text, which for our queries is a constant.
  std::list<Prepared> prepared_;
  std::unordered_map<const char*, Place> by_address_;
};

} // namespace mv::postgres
