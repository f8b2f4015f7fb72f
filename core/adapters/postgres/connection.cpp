#include "core/adapters/postgres/connection.hpp"

#include <charconv>
#include <format>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/params>
#include <pqxx/prepared_statement>
#include <pqxx/result>

#include "core/base/log.hpp"

namespace mv::postgres {

namespace {

constexpr std::size_t kMostPrepared = 256;
constexpr int kOldestServer = 150000;
constexpr std::chrono::milliseconds kReply{5'000};       // from the server's own end of a statement to its word of it
constexpr std::chrono::milliseconds kForEver{1LL << 40}; // 34 years

// pg_type.dat; these numbers never change.
constexpr pqxx::oid kBool = 16;
constexpr pqxx::oid kInt8 = 20;
constexpr pqxx::oid kInt2 = 21;
constexpr pqxx::oid kInt4 = 23;
constexpr pqxx::oid kFloat4 = 700;
constexpr pqxx::oid kFloat8 = 701;
constexpr pqxx::oid kNumeric = 1700;

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size();
}

Value column_value(const char* bytes, std::size_t size, pqxx::oid type) {
  const std::string_view text(bytes, size);
  std::int64_t whole = 0;
  double real = 0;
  switch (type) {
    case kBool:
      return std::int64_t{text == "t" ? 1 : 0};
    case kInt2:
    case kInt4:
    case kInt8:
      if (read_number(text, whole)) return whole;
      break;
    case kNumeric: // what SUM makes of integers
      if (read_number(text, whole)) return whole;
      [[fallthrough]];
    case kFloat4:
    case kFloat8:
      if (read_number(text, real)) return real;
      break;
    default:
      break;
  }
  return std::string(text);
}

std::string_view text_of(const Query& query) { return query.postgres.empty() ? query.text : query.postgres; }

std::string milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

} // namespace

// The transaction class that starts none: we say BEGIN and COMMIT ourselves, since those of libpqxx commit late,
// quietly and without a level of their own for reads.
struct Connection::Session {
  explicit Session(const std::string& text) : connection(text), work(connection) {}
  pqxx::connection connection;
  pqxx::nontransaction work;
};

Connection::Connection(const Address& address, const ConnectionOptions& options, Pulse& pulse)
    : address_(address), options_(options), pulse_(pulse) {}

Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const Address& address, const ConnectionOptions& options,
                                                     Pulse& pulse) {
  std::unique_ptr<Connection> connection(new Connection(address, options, pulse));
  TRY_OK(connection->connect());
  return connection;
}

Result<void> Connection::connect() {
  try {
    session_ = std::make_unique<Session>(address_.connection_text());
    pqxx::connection& server = session_->connection;
    line_ = std::make_unique<Pulse::Line>(pulse_, server.sock(), server.hostname(), server.port());
    // Details quote the row at fault, and rows are people's; they have no place in a log.
    server.set_verbosity(pqxx::error_verbosity::terse);
    server.set_notice_handler([](pqxx::zview) {});
    if (server.server_version() < kOldestServer) {
      return fail(ErrorCode::unavailable, "database.too-old",
                  std::format("{} runs PostgreSQL {}; 15 or newer is needed", address_.shown(),
                              server.server_version() / 10000));
    }
    // What is acknowledged is on disk, whatever the server's default; a stricter one stays. Nothing is compiled and no
    // workers are started for statements that are short: either takes longer than they do, and other requests wait. Nor
    // is one planned twice: the planner would do so each time for a month, since it takes the known parameters for a
    // gain, and its plan comes out the same.
    const auto waiting = wait();
    session_->work.exec(std::format(
        "SET client_encoding = 'UTF8'; SET statement_timeout = {}; SET lock_timeout = {}; "
        "SET idle_in_transaction_session_timeout = 60000; SET jit = off; SET max_parallel_workers_per_gather = 0; "
        "SET plan_cache_mode = force_generic_plan; "
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        milliseconds(options_.statement_timeout), milliseconds(options_.lock_timeout)));
  } catch (const std::exception& thrown) {
    usable_ = false;
    return failed(thrown, "connect to " + address_.shown());
  }
  return {};
}

std::unexpected<Error> Connection::failed(const std::exception& thrown, std::string_view what) {
  Failure failure = explain(thrown, what, address_);
  if (session_ && !session_->connection.is_open()) {
    failure.remedy = Remedy::replace;
    if (failure.error.code == ErrorCode::internal) {
      failure.error.code = ErrorCode::unavailable;
      failure.error.key = "database.lost";
      failure.error.retry_after_s = 2;
    }
  }
  // It may have been told to take no writes as it was opened, and would refuse them for as long as it is open.
  if (failure.error.key == "database.read-only") usable_ = false;
  remedy_ = failure.remedy;
  if (failure.remedy == Remedy::replace) usable_ = false;
  return std::unexpected(std::move(failure.error));
}

Pulse::Line::Wait Connection::wait(std::string_view query) {
  if (patient_) return {*line_, kForEver};
  const auto own = query.empty() ? options_.statement_timeouts.end() : options_.statement_timeouts.find(query);
  return {*line_, (own == options_.statement_timeouts.end() ? options_.statement_timeout : own->second) + kReply};
}

Result<void> Connection::command(const std::string& sql) {
  try {
    const auto waiting = wait();
    session_->work.exec(sql);
  } catch (const std::exception& thrown) {
    return failed(thrown, std::string_view(sql).substr(0, 80));
  }
  return {};
}

bool Connection::knows_reader(const Query& query) const {
  const std::string_view sql = text_of(query);
  const auto known = by_address_.find(sql.data());
  return known != by_address_.end() && known->second->reader && known->second->text == sql;
}

void Connection::note_reader(const Query& query) {
  const std::string_view sql = text_of(query);
  const auto known = by_address_.find(sql.data());
  if (known != by_address_.end() && known->second->text == sql) known->second->reader = true;
}

void Connection::start_alone() {
  remedy_ = Remedy::none;
  answered_ = 0;
  other_timeouts_ = false;
}

Result<void> Connection::begin(const std::string& sql) {
  start_alone();
  TRY_OK(command(sql));
  in_transaction_ = true;
  return {};
}

Result<void> Connection::commit() {
  auto outcome = command("COMMIT");
  patient_ = false;
  in_transaction_ = false; // a COMMIT that fails ends the transaction as well
  return outcome;
}

void Connection::roll_back() {
  if (!in_transaction_) return;
  in_transaction_ = false;
  patient_ = false;
  if (!usable_) return; // the server rolled back by itself
  const Remedy reason = remedy_;
  if (const auto outcome = command("ROLLBACK"); !outcome) {
    usable_ = false;
    log_warning("cannot roll back", {{"error", outcome.error()}});
  }
  remedy_ = reason;
}

void Connection::forget(Place statement) {
  // Inside a failed transaction the server takes no command; its copy then stays until the connection goes.
  if (remedy_ == Remedy::none) static_cast<void>(command("DEALLOCATE " + statement->name));
  by_address_.erase(statement->address);
  prepared_.erase(statement);
}

Result<Connection::Prepared*> Connection::prepare(const Query& query, std::vector<Kind> kinds) {
  const std::string_view sql = text_of(query);
  if (const auto known = by_address_.find(sql.data()); known != by_address_.end()) {
    const Place found = known->second;
    if (found->text == sql && fits(found->kinds, kinds)) {
      prepared_.splice(prepared_.begin(), prepared_, found);
      return &prepared_.front();
    }
    // What a NULL left open before is known now, so that each statement is soon prepared for good.
    if (found->text == sql && found->kinds.size() == kinds.size()) {
      for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i] == Kind::unknown) kinds[i] = found->kinds[i];
    }
    forget(found);
  }

  auto text = write_placeholders(sql, kinds);
  if (!text) {
    text.error().cause = std::string(query.name) + ": " + text.error().cause;
    return std::unexpected(std::move(text).error());
  }
  Prepared prepared{.text = std::string(sql),
                    .address = sql.data(),
                    .name = "s" + std::to_string(++statements_made_),
                    .kinds = std::move(kinds)};
  try {
    const auto waiting = wait();
    session_->connection.prepare(prepared.name, *text);
  } catch (const std::exception& thrown) {
    return failed(thrown, query.name);
  }
  prepared.metrics = QueryMetrics::of(options_.metrics, query.name);
  if (prepared_.size() >= kMostPrepared) forget(std::prev(prepared_.end()));
  prepared_.push_front(std::move(prepared));
  by_address_[sql.data()] = prepared_.begin();
  return &prepared_.front();
}

Result<void> Connection::set_timeouts(const Query& query) {
  const auto statement = options_.statement_timeouts.find(query.name);
  const auto lock = options_.lock_timeouts.find(query.name);
  const bool own = statement != options_.statement_timeouts.end() || lock != options_.lock_timeouts.end();
  if (!in_transaction_ || (!own && !other_timeouts_)) return {};
  other_timeouts_ = own;
  return command(std::format(
      "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
      milliseconds(statement == options_.statement_timeouts.end() ? options_.statement_timeout : statement->second),
      milliseconds(lock == options_.lock_timeouts.end() ? options_.lock_timeout : lock->second)));
}

Result<Rows> Connection::execute(const Query& query, const std::vector<Value>& parameters) {
  QueryWatch watch(query.name);
  for (const Value& value : parameters) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr || text->find('\0') == std::string::npos) continue;
    return fail(ErrorCode::invalid, "database.text", std::string(query.name) + ": a text holds a NUL");
  }
  if (!options_.statement_timeouts.empty() || !options_.lock_timeouts.empty()) TRY_OK(set_timeouts(query));
  TRY(const Prepared* const prepared, prepare(query, kinds_of(parameters)));
  auto rows = run(*prepared, query, parameters);
  if (rows) ++answered_;
  watch.end(prepared->metrics, rows.has_value(), rows ? rows->size() : 0, options_.slow_after);
  return rows;
}

Result<Rows> Connection::run(const Prepared& prepared, const Query& query, const std::vector<Value>& parameters) {
  try {
    pqxx::params given;
    given.reserve(parameters.size());
    for (const Value& value : parameters) {
      if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        given.append(*whole);
      } else if (const auto* real = std::get_if<double>(&value)) {
        given.append(*real);
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        given.append(pqxx::zview(*text)); // the value outlives the call, so libpqxx needs no copy
      } else {
        given.append();
      }
    }
    const pqxx::result result = [&] {
      const auto waiting = wait(query.name);
      return session_->work.exec(pqxx::prepped(prepared.name), given);
    }();

    std::vector<pqxx::oid> types;
    for (pqxx::row_size_type column = 0; column < result.columns(); ++column)
      types.push_back(result.column_type(column));
    Rows rows;
    rows.reserve(static_cast<std::size_t>(result.size()));
    for (pqxx::result_size_type at = 0; at < result.size(); ++at) {
      std::vector<Value> values;
      values.reserve(types.size());
      for (std::size_t column = 0; column < types.size(); ++column) {
        const pqxx::field field = result[at][static_cast<pqxx::row_size_type>(column)];
        values.push_back(field.is_null() ? Value(nullptr) : column_value(field.c_str(), field.size(), types[column]));
      }
      rows.emplace_back(std::move(values));
    }
    return rows;
  } catch (const std::exception& thrown) {
    return failed(thrown, query.name);
  }
}

} // namespace mv::postgres
