#include "core/adapters/sqlite/database.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/adapters/failure_guard.hpp"
#include "core/adapters/sqlite/connection.hpp"
#include "core/adapters/work_mark.hpp"
#include "core/base/log.hpp"

namespace mv::sqlite {

namespace {

namespace fs = std::filesystem;

class SqliteTransaction final : public Transaction {
public:
  explicit SqliteTransaction(Connection& connection) : connection_(connection) {}

  Result<Rows> execute(const Query& query, std::vector<Value> parameters) override {
    return guard_.run([&] { return connection_.execute(query, parameters); });
  }
  Result<void> execute_script(std::string_view script) {
    return guard_.run([&] { return connection_.execute_script(script); });
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
  ~Scope() {
    if (!connection_.in_transaction()) return;
    if (auto outcome = connection_.command("ROLLBACK"); !outcome) {
      log_error("cannot roll back", {{"error", outcome.error()}});
    }
  }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

private:
  Connection& connection_;
};

Result<void> run(Connection& connection, const char* begin, const std::function<Result<void>(Transaction&)>& work,
                 const std::function<Result<void>(Transaction&)>& before_commit) {
  TRY_OK(connection.command(begin));
  const Scope scope(connection);
  SqliteTransaction transaction(connection);
  TRY_OK(work(transaction));
  if (transaction.failed() || !connection.in_transaction()) return FailureGuard::refused();
  if (before_commit) TRY_OK(before_commit(transaction));
  return connection.command("COMMIT");
}

std::unexpected<Error> file_failure(std::string_view what, const fs::path& path, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return fail(full ? ErrorCode::insufficient_storage : ErrorCode::internal, full ? "database.full" : "database.failed",
              std::string(what) + " " + path.string() + ": " + std::strerror(code));
}

Result<void> sync_path(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return file_failure("open", path, errno);
  const int outcome = ::fsync(file);
  const int code = errno;
  ::close(file);
  if (outcome != 0) return file_failure("sync", path, code);
  return {};
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

// SQLite gives its log files the mode of the database, so making the file first keeps all of them private.
Result<void> make_file(const fs::path& path) {
  const fs::path folder = folder_of(path);
  std::error_code code;
  if (!fs::exists(folder, code)) {
    fs::create_directories(folder, code);
    if (code) return file_failure("make the folder", folder, code.value());
    fs::permissions(folder, fs::perms::owner_all, code);
    if (code) return file_failure("make private the folder", folder, code.value());
    TRY_OK(sync_path(folder_of(folder), O_RDONLY | O_DIRECTORY));
  }
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return file_failure("open", path, errno);
  ::close(file);
  return {};
}

} // namespace

// Holds the writer for one thread at a time.
class SqliteDatabase::WriterLease {
public:
  explicit WriterLease(SqliteDatabase& database) : database_(database) {
    const auto start = std::chrono::steady_clock::now();
    {
      std::unique_lock lock(database.writer_mutex_);
      held_ = database.writer_free_.wait_for(lock, database.options_.queue_timeout,
                                             [&database] { return !database.writer_busy_; });
      if (held_) database.writer_busy_ = true;
    }
    if (database.writer_wait_ != nullptr) database.writer_wait_->observe(std::chrono::steady_clock::now() - start);
  }
  ~WriterLease() {
    if (!held_) return;
    {
      const std::scoped_lock lock(database_.writer_mutex_);
      database_.writer_busy_ = false;
    }
    database_.writer_free_.notify_one();
  }
  WriterLease(const WriterLease&) = delete;
  WriterLease& operator=(const WriterLease&) = delete;
  [[nodiscard]] bool held() const { return held_; }

private:
  SqliteDatabase& database_;
  bool held_ = false;
};

// Gives a reader back to the pool.
class SqliteDatabase::ReaderLease {
public:
  ReaderLease(SqliteDatabase& database, std::unique_ptr<Connection> reader)
      : database_(database), reader_(std::move(reader)) {
    if (database_.readers_busy_ != nullptr) database_.readers_busy_->add(1);
  }
  ~ReaderLease() {
    if (database_.readers_busy_ != nullptr) database_.readers_busy_->add(-1);
    database_.give_back(std::move(reader_));
  }
  ReaderLease(const ReaderLease&) = delete;
  ReaderLease& operator=(const ReaderLease&) = delete;
  [[nodiscard]] Connection& operator*() const { return *reader_; }

private:
  SqliteDatabase& database_;
  std::unique_ptr<Connection> reader_;
};

SqliteDatabase::SqliteDatabase(fs::path path, const SqliteOptions& options)
    : path_(std::move(path)), options_(options) {
  if (options_.metrics != nullptr) {
    writer_wait_ = &options_.metrics->histogram("memoryverse_database_writer_wait_seconds",
                                                "Time that a write waited for the writes before it.");
    reader_wait_ = &options_.metrics->histogram("memoryverse_database_reader_wait_seconds",
                                                "Time that a read waited for a connection.");
    readers_busy_ =
        &options_.metrics->gauge("memoryverse_database_pool_busy", "Connections in use.", {{"pool", "read"}});
    options_.metrics->gauge("memoryverse_database_pool_limit", "Most connections in use at once.", {{"pool", "read"}})
        .set(static_cast<double>(options_.readers));
  }
}

SqliteDatabase::~SqliteDatabase() = default;

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const fs::path& path, const SqliteOptions& options) {
  // Absolute and without links in its folders, as SQLite is told to follow none.
  TRY_OK(make_file(path));
  std::error_code code;
  const fs::path real = fs::canonical(path, code);
  if (code) return file_failure("find", path, code.value());
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(real, options));
  TRY(database->writer_, database->open_connection(true));
  // The names of the file and its log must survive a power cut as well as what is in them.
  TRY_OK(sync_path(folder_of(real), O_RDONLY | O_DIRECTORY));
  return database;
}

Result<std::unique_ptr<Connection>> SqliteDatabase::open_connection(bool writable) const {
  return Connection::open(path_, {.writable = writable,
                                  .cache_kib = writable ? options_.writer_cache_kib : options_.reader_cache_kib,
                                  .busy_timeout_ms = static_cast<int>(options_.busy_timeout.count()),
                                  .statement_timeout = options_.statement_timeout,
                                  .slow_after = options_.slow_after,
                                  .metrics = options_.metrics});
}

Result<std::unique_ptr<Connection>> SqliteDatabase::take_reader() {
  {
    const std::optional<MetricTimer> timer =
        reader_wait_ ? std::optional<MetricTimer>(std::in_place, *reader_wait_) : std::nullopt;
    std::unique_lock lock(readers_mutex_);
    const bool free = reader_free_.wait_for(
        lock, options_.queue_timeout, [this] { return !idle_readers_.empty() || open_readers_ < options_.readers; });
    if (!free) {
      return std::unexpected(Error{.code = ErrorCode::unavailable,
                                   .key = "database.busy",
                                   .cause = "every reader is in use",
                                   .retry_after_s = 1});
    }
    if (!idle_readers_.empty()) {
      auto reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
    ++open_readers_;
  }
  auto opened = open_connection(false);
  if (!opened) give_back(nullptr);
  return opened;
}

void SqliteDatabase::give_back(std::unique_ptr<Connection> reader) {
  {
    const std::scoped_lock lock(readers_mutex_);
    // One that could not end its transaction would show an old state to the next: better to open another.
    if (reader && !reader->in_transaction()) {
      idle_readers_.push_back(std::move(reader));
    } else {
      --open_readers_;
    }
  }
  reader_free_.notify_one();
}

Result<void> SqliteDatabase::read_with(const std::function<Result<void>(Transaction&)>& work) {
  TRY_OK(WorkMark::refuse_nesting(this));
  TRY(auto reader, take_reader());
  const ReaderLease lease(*this, std::move(reader));
  const WorkMark mark(this);
  return run(*lease, "BEGIN", work, nullptr);
}

Result<Rows> SqliteDatabase::read_one_with(const Query& query, const std::vector<Value>& parameters) {
  TRY_OK(WorkMark::refuse_nesting(this));
  TRY(auto reader, take_reader());
  const ReaderLease lease(*this, std::move(reader));
  // A statement is a snapshot of its own, and readers refuse to write.
  return (*lease).execute(query, parameters);
}

Result<void> SqliteDatabase::write_with(const std::function<Result<void>(Transaction&)>& work) {
  TRY_OK(WorkMark::refuse_nesting(this));
  const WriterLease lease(*this);
  if (!lease.held()) {
    return std::unexpected(Error{
        .code = ErrorCode::unavailable, .key = "database.busy", .cause = "too many writes wait", .retry_after_s = 1});
  }
  const WorkMark mark(this);
  // IMMEDIATE takes the lock of the file at once: a read that turns into a write could find it stale.
  return run(*writer_, "BEGIN IMMEDIATE", work, nullptr);
}

Result<void> SqliteDatabase::migrate_with(const std::function<Result<void>(Transaction&)>& work) {
  TRY_OK(WorkMark::refuse_nesting(this));
  const WriterLease lease(*this);
  if (!lease.held()) return fail(ErrorCode::unavailable, "database.busy", "too many writes wait");
  const WorkMark mark(this);
  TRY_OK(writer_->command("PRAGMA foreign_keys = OFF"));
  struct EnforceAgain {
    Connection& writer;
    ~EnforceAgain() {
      if (auto outcome = writer.command("PRAGMA foreign_keys = ON"); !outcome) {
        log_error("cannot enforce foreign keys again", {{"error", outcome.error()}});
      }
    }
  } const enforce_again{*writer_};
  return run(*writer_, "BEGIN IMMEDIATE", work, [](Transaction& tx) -> Result<void> {
    constexpr Query kCheck{"foreign_key_check", "PRAGMA foreign_key_check"};
    TRY(const Rows broken, tx.run(kCheck));
    if (broken.empty()) return {};
    return fail(ErrorCode::conflict, "database.constraint",
                "rows of " + broken.front().text(0) + " refer to rows of " + broken.front().text(2) + " that are gone");
  });
}

Result<void> SqliteDatabase::execute_script(Transaction& transaction, std::string_view script) {
  auto* const ours = dynamic_cast<SqliteTransaction*>(&transaction);
  if (ours == nullptr) return fail(ErrorCode::internal, "database.failed", "not a transaction of SQLite");
  return ours->execute_script(script);
}

Result<void> SqliteDatabase::copy_to(const fs::path& target) {
  fs::path unfinished = target;
  unfinished += ".tmp";
  std::error_code code;
  fs::remove(unfinished, code);
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return file_failure("make", unfinished, errno);
  ::close(file);

  // A connection of its own: neither the writer nor a reader of the pool is held for as long as this takes.
  TRY(const auto connection,
      Connection::open(path_, {.statement_timeout = std::chrono::hours(24), .slow_after = std::chrono::hours(24)}));
  TRY_OK(connection->command("PRAGMA query_only = OFF"));
  const std::string name = unfinished.string();
  auto copied = connection->execute({"copy_database", "VACUUM INTO ?1"}, {Value(name)});
  if (!copied) {
    fs::remove(unfinished, code);
    return std::unexpected(std::move(copied).error());
  }
  TRY_OK(sync_path(unfinished, O_RDONLY));
  fs::rename(unfinished, target, code);
  if (code) return file_failure("rename", unfinished, code.value());
  return sync_path(folder_of(target), O_RDONLY | O_DIRECTORY);
}

} // namespace mv::sqlite
