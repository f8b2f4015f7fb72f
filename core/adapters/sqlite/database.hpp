#pragma once

// The Database port on SQLite: one writer, several readers, everything in one file and its log beside it.

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/base/metrics.hpp"
#include "core/ports/database.hpp"

namespace mv::sqlite {

class Connection;

struct SqliteOptions {
  std::size_t readers = 4;     ///< Opened as they are needed; at most so many.
  int reader_cache_kib = 4096; ///< Page cache of each reader; filled as used.
  int writer_cache_kib = 8192;
  std::chrono::milliseconds busy_timeout{5'000};   ///< For another process that writes.
  std::chrono::milliseconds queue_timeout{10'000}; ///< For a connection of ours; then `unavailable`.
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds slow_after{500}; ///< A slower statement is logged by its name.
  Metrics* metrics = nullptr;                ///< Must outlive the database.
};

/// Safe from every thread. `read` and `transaction` must not be called from inside the work of either on the same
/// database: the inner one would wait for the outer. That gives `internal` with key `database.nested`.
/// After a failed statement a transaction can only roll back (as with PostgreSQL): its other statements and its commit
/// are refused with `database.failed-before`.
class SqliteDatabase final : public Database {
public:
  /// Makes the file (mode 0600) and its folder (0700) when they are missing.
  [[nodiscard]] static Result<std::unique_ptr<SqliteDatabase>> open(const std::filesystem::path& path,
                                                                    const SqliteOptions& options = {});
  /// No work may be under way.
  ~SqliteDatabase() override;

  [[nodiscard]] Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) override;
  [[nodiscard]] Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override;
  [[nodiscard]] std::string_view engine() const override { return "sqlite"; }

  /// A write that may rebuild tables: foreign keys are not enforced meanwhile, since dropping a table would take the
  /// rows that refer to it along, but checked as a whole before the commit.
  [[nodiscard]] Result<void> migrate_with(const std::function<Result<void>(Transaction&)>& work);

  /// All statements of a script, inside a transaction of this database.
  [[nodiscard]] static Result<void> execute_script(Transaction& transaction, std::string_view script);

  /// A whole, synced copy of what is committed, written beside `target` and renamed to it. Readers and the writer go
  /// on.
  [[nodiscard]] Result<void> copy_to(const std::filesystem::path& target);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
  SqliteDatabase(std::filesystem::path path, const SqliteOptions& options);
  class ReaderLease;
  class WriterLease;
  [[nodiscard]] Result<std::unique_ptr<Connection>> take_reader();
  void give_back(std::unique_ptr<Connection> reader);
  [[nodiscard]] Result<std::unique_ptr<Connection>> open_connection(bool writable) const;

  std::filesystem::path path_;
  SqliteOptions options_;

  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> idle_readers_; // the last used first, as its cache is warm
  std::size_t open_readers_ = 0;

  std::mutex writer_mutex_; // guards writer_busy_; the connection belongs to whoever set it
  std::condition_variable writer_free_;
  bool writer_busy_ = false;
  std::unique_ptr<Connection> writer_;
  Histogram* writer_wait_ = nullptr;
  Histogram* reader_wait_ = nullptr;
  Gauge* readers_busy_ = nullptr;
};

} // namespace mv::sqlite
