#include "core/adapters/sqlite/connection.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace mv::sqlite {

namespace {

constexpr std::size_t kMostPrepared = 256;
constexpr int kStepsBetweenClockLooks = 20'000;

// The number in `?3` or `$3`; 0 for a placeholder without one.
std::size_t placeholder_number(const char* name) {
  if (name == nullptr) return 0;
  const std::string_view digits = std::string_view(name).substr(1);
  std::size_t number = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return problem == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

Value column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    default: {
      const void* const bytes = sqlite3_column_blob(statement, column);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
    }
  }
}

} // namespace

void Connection::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Connection::Connection(sqlite3* handle, const ConnectionOptions& options) : handle_(handle), options_(options) {
  // A statement that runs too long is interrupted, so that a bad plan cannot hold a connection for ever.
  if (handle == nullptr) return;
  sqlite3_progress_handler(
      handle, kStepsBetweenClockLooks,
      [](void* self) {
        return std::chrono::steady_clock::now() > static_cast<const Connection*>(self)->deadline_ ? 1 : 0;
      },
      this);
}

Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& path,
                                                     const ConnectionOptions& options) {
  // Before SQLite's first use in this process, else it stays as it is: each piece of memory that it takes or gives back
  // otherwise waits at one lock for all connections, to count what nobody asks for.
  [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* handle = nullptr;
  // NOMUTEX: a connection is used by one thread at a time, and the pool sees to it.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle, options));
  if (code != SQLITE_OK) return connection->failure(code, "open " + path.string());
  TRY_OK(connection->set_up(options));
  return connection;
}

Result<void> Connection::set_up(const ConnectionOptions& options) {
  sqlite3* const handle = handle_.get();
  sqlite3_busy_timeout(handle, options.busy_timeout_ms);
  // SQL of ours never writes to the tables that SQLite keeps for itself, nor takes "text" for 'text'.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  // Readers never wait for the writer in WAL mode. It is kept in the file, so that only the writer sets it.
  if (options.writable) TRY_OK(command("PRAGMA journal_mode = WAL"));
  // In WAL mode NORMAL syncs only at checkpoints: the file stays sound, but the commits of the last moments are lost
  // with the power. FULL syncs the log at each commit, which is what "saved" promises to people.
  TRY_OK(command("PRAGMA synchronous = FULL"));
  TRY_OK(command("PRAGMA foreign_keys = ON"));
  TRY_OK(command("PRAGMA temp_store = MEMORY"));
  // The system caches the file once for all; this is the part that needs no call into it. It fills only as used.
  TRY_OK(command(("PRAGMA cache_size = -" + std::to_string(options.cache_kib)).c_str()));
  // No memory map: reading through one turns a bad sector into a signal that kills the server.
  TRY_OK(command("PRAGMA mmap_size = 0"));
  // A large import leaves a large log; give its space back when the log starts again.
  TRY_OK(command("PRAGMA journal_size_limit = 67108864"));
  if (!options.writable) TRY_OK(command("PRAGMA query_only = ON"));
  return {};
}

void Connection::start_clock() { deadline_ = std::chrono::steady_clock::now() + options_.statement_timeout; }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

Result<void> Connection::command(const char* sql) {
  start_clock();
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, sql);
  return {};
}

Result<void> Connection::execute_script(std::string_view script) {
  // A migration may well take longer than a statement of a request.
  deadline_ = std::chrono::steady_clock::time_point::max();
  while (!script.empty()) {
    sqlite3_stmt* raw = nullptr;
    const char* tail = nullptr;
    const int prepared = sqlite3_prepare_v2(handle_.get(), script.data(), static_cast<int>(script.size()), &raw, &tail);
    const Statement statement(raw);
    if (prepared != SQLITE_OK) return failure(prepared, script.substr(0, 80));
    const auto used = static_cast<std::size_t>(tail - script.data());
    if (statement) {
      int code = SQLITE_ROW;
      while (code == SQLITE_ROW)
        code = sqlite3_step(statement.get());
      if (code != SQLITE_DONE) return failure(code, script.substr(0, std::min<std::size_t>(used, 80)));
    }
    script.remove_prefix(used);
  }
  return {};
}

Result<Connection::Prepared*> Connection::prepare(const Query& query) {
  if (const auto known = by_address_.find(query.text.data()); known != by_address_.end()) {
    if (known->second->text == query.text) {
      prepared_.splice(prepared_.begin(), prepared_, known->second);
      return &prepared_.front();
    }
    prepared_.erase(known->second);
    by_address_.erase(known);
  }

  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), query.text.data(), static_cast<int>(query.text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  Statement statement(raw);
  if (code != SQLITE_OK) return failure(code, query.name);
  const std::string_view rest = query.text.substr(static_cast<std::size_t>(tail - query.text.data()));
  if (!statement || rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    return fail(ErrorCode::internal, "database.failed", std::string(query.name) + ": is not exactly one statement");
  }

  Prepared prepared{.text = std::string(query.text), .address = query.text.data(), .statement = std::move(statement)};
  const int places = sqlite3_bind_parameter_count(prepared.statement.get());
  for (int place = 1; place <= places; ++place) {
    const char* const name = sqlite3_bind_parameter_name(prepared.statement.get(), place);
    // SQLite gives `?3` the place 3, leaving nameless gaps before it, but takes `$3` for a name.
    const std::size_t number = placeholder_number(name);
    if (name != nullptr && number == 0) {
      return fail(ErrorCode::internal, "database.failed", std::string(query.name) + ": placeholders need numbers");
    }
    prepared.parameter_of.push_back(number);
    prepared.parameters = std::max(prepared.parameters, number);
  }
  prepared.metrics = QueryMetrics::of(options_.metrics, query.name);

  if (prepared_.size() >= kMostPrepared) {
    by_address_.erase(prepared_.back().address);
    prepared_.pop_back();
  }
  prepared_.push_front(std::move(prepared));
  by_address_[query.text.data()] = prepared_.begin();
  return &prepared_.front();
}

Result<void> Connection::bind(const Prepared& prepared, std::string_view name, const std::vector<Value>& values) {
  if (values.size() != prepared.parameters) {
    return fail(ErrorCode::internal, "database.failed",
                std::string(name) + ": wants " + std::to_string(prepared.parameters) + " parameters, has " +
                    std::to_string(values.size()));
  }
  sqlite3_stmt* const statement = prepared.statement.get();
  for (std::size_t i = 0; i < prepared.parameter_of.size(); ++i) {
    if (prepared.parameter_of[i] == 0) continue;
    const int place = static_cast<int>(i) + 1;
    const Value& value = values[prepared.parameter_of[i] - 1];
    int code = SQLITE_OK;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      code = sqlite3_bind_int64(statement, place, *whole);
    } else if (const auto* real = std::get_if<double>(&value)) {
      code = sqlite3_bind_double(statement, place, *real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      // SQLite would take it, but half of its functions stop at the NUL, and PostgreSQL does not take it.
      if (text->find('\0') != std::string::npos) {
        return fail(ErrorCode::invalid, "database.text", std::string(name) + ": a text holds a NUL");
      }
      // STATIC: the values outlive the statement's run, so SQLite needs no copy of them.
      code = sqlite3_bind_text64(statement, place, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else {
      code = sqlite3_bind_null(statement, place);
    }
    if (code != SQLITE_OK) return failure(code, name);
  }
  return {};
}

Result<Rows> Connection::execute(const Query& query, const std::vector<Value>& parameters) {
  QueryWatch watch(query.name);
  deadline_ = watch.began() + options_.statement_timeout;
  TRY(Prepared* const prepared, prepare(query));
  sqlite3_stmt* const statement = prepared->statement.get();
  TRY_OK(bind(*prepared, query.name, parameters));

  Rows rows;
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    const int columns = sqlite3_column_count(statement);
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column)
      values.push_back(column_value(statement, column));
    rows.emplace_back(std::move(values));
  }
  // The message must be taken before the reset, and the bindings dropped, as the values end with this call.
  std::optional<std::unexpected<Error>> failed;
  if (code != SQLITE_DONE) failed = failure(code, query.name);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);

  watch.end(prepared->metrics, !failed, rows.size(), options_.slow_after);
  if (failed) return *std::move(failed);
  return rows;
}

std::unexpected<Error> Connection::failure(int code, std::string_view what) const {
  const char* const message = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  std::string cause = std::string(what) + ": " + message + " (" + std::to_string(code) + ")";
  Error error{.code = ErrorCode::internal, .key = "database.failed", .cause = std::move(cause)};
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      error.code = ErrorCode::conflict;
      error.key = "database.constraint";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      error.code = ErrorCode::unavailable;
      error.key = "database.busy";
      error.retry_after_s = 1;
      break;
    case SQLITE_INTERRUPT:
      error.code = ErrorCode::unavailable;
      error.key = "database.timeout";
      error.retry_after_s = 1;
      break;
    case SQLITE_FULL:
      error.code = ErrorCode::insufficient_storage;
      error.key = "database.full";
      break;
    case SQLITE_IOERR: {
      const int system = handle_ ? sqlite3_system_errno(handle_.get()) : 0;
      if (system == ENOSPC || system == EDQUOT) {
        error.code = ErrorCode::insufficient_storage;
        error.key = "database.full";
      }
      break;
    }
    default:
      break;
  }
  return std::unexpected(std::move(error));
}

} // namespace mv::sqlite
