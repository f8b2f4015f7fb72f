#pragma once

// One connection to SQLite with its prepared statements. Inside this folder only; others use database.hpp.

#include <chrono>
#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/query_watch.hpp"
#include "core/ports/database.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mv::sqlite {

struct ConnectionOptions {
  bool writable = false;
  int cache_kib = 4096;
  int busy_timeout_ms = 5000;
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds slow_after{500};
  Metrics* metrics = nullptr;
};

/// Used by one thread at a time. Not movable: SQLite keeps its address for the timeout.
class Connection {
public:
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& path,
                                                                const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Result<Rows> execute(const Query& query, const std::vector<Value>& parameters);
  /// Every statement of a script, in which triggers may hold semicolons of their own. Rows are dropped.
  [[nodiscard]] Result<void> execute_script(std::string_view script);
  /// One statement without rows or parameters, for BEGIN and the like.
  [[nodiscard]] Result<void> command(const char* sql);
  /// False when no transaction is open; SQLite ends one by itself after a full disk and some other failures.
  [[nodiscard]] bool in_transaction() const;

private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
  struct Prepared {
    std::string text; // a copy: a text that was built at run time may give its address to another
    const char* address = nullptr;
    Statement statement{};
    std::vector<std::size_t> parameter_of{}; // for each of SQLite's bind positions, the number in `?1` or `$1`
    std::size_t parameters = 0;
    QueryMetrics metrics{};
  };

  Connection(sqlite3* handle, const ConnectionOptions& options);
  [[nodiscard]] Result<void> set_up(const ConnectionOptions& options);
  [[nodiscard]] Result<Prepared*> prepare(const Query& query);
  [[nodiscard]] Result<void> bind(const Prepared& prepared, std::string_view name, const std::vector<Value>& values);
  [[nodiscard]] std::unexpected<Error> failure(int code, std::string_view what) const;
  void start_clock();

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
  ConnectionOptions options_;
  std::chrono::steady_clock::time_point deadline_{};
  // Most recently used first. Looked up by the address of the text, which for our queries is a constant.
  std::list<Prepared> prepared_;
  std::unordered_map<const char*, std::list<Prepared>::iterator> by_address_;
};

} // namespace mv::sqlite
