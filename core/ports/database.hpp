#pragma once

// The Database port: transactions, statements and rows. Adapters: core/adapters/sqlite, core/adapters/postgres.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.hpp"

namespace mv {

/// A named query. The name labels its metric, timeout and log line; the text has numbered
/// placeholders `?1` or `$1`, numbered in the order in which they first appear.
struct Query {
  std::string_view name;
  std::string_view text;
  std::string_view postgres{}; ///< Its text on PostgreSQL, where that must differ.
};

/// What a column or a parameter can hold. Ids are text, times are integer milliseconds, booleans are 0 and 1.
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

/// One row of a result. Columns are read by position, in the order in which the query names them.
/// Reading NULL through `text`, `integer` or `real` gives "", 0 or 0.0.
class Row {
public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  [[nodiscard]] bool is_null(std::size_t column) const;
  [[nodiscard]] const std::string& text(std::size_t column) const;
  [[nodiscard]] std::int64_t integer(std::size_t column) const;
  [[nodiscard]] double real(std::size_t column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(std::size_t column) const;
  /// The same texts without a copy; they are gone from the row then.
  [[nodiscard]] std::string take_text(std::size_t column);
  [[nodiscard]] std::optional<std::string> take_maybe_text(std::size_t column);
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::size_t column) const;
  [[nodiscard]] std::optional<double> maybe_real(std::size_t column) const;
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// As the engine gave it, for what copies rows without knowing them.
  [[nodiscard]] const Value& value(std::size_t column) const { return values_.at(column); }

private:
  std::vector<Value> values_;
};

using Rows = std::vector<Row>;

/// A unit of work that commits or rolls back as a whole. Lives inside `Database::read` or
/// `Database::transaction`; never outlives the call and never leaves its thread.
class Transaction {
public:
  virtual ~Transaction() = default;

  /// Runs one statement and gives all its rows. A broken constraint gives `ErrorCode::conflict` with key
  /// `database.constraint`; text with a NUL in it `invalid` with key `database.text`; a busy, unreachable or full
  /// engine `unavailable` or `insufficient_storage`; all else `internal`.
  [[nodiscard]] virtual Result<Rows> execute(const Query& query, std::vector<Value> parameters) = 0;

  /// The same with C++ values: strings, integers, bool, double, std::optional of them, nullptr.
  template <typename... Parameters>
  [[nodiscard]] Result<Rows> run(const Query& query, const Parameters&... parameters) {
    std::vector<Value> values;
    values.reserve(sizeof...(parameters));
    (values.push_back(to_value(parameters)), ...);
    return execute(query, std::move(values));
  }

  template <typename T>
  [[nodiscard]] static Value to_value(const T& value) {
    if constexpr (std::is_same_v<T, std::nullptr_t>) {
      return nullptr;
    } else if constexpr (requires {
                           value.has_value();
                           *value;
                         }) {
      return value.has_value() ? to_value(*value) : Value(nullptr);
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<double>(value);
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<std::int64_t>(value);
    } else {
      return std::string(std::string_view(value));
    }
  }
};

/// Safe from every thread.
class Database {
public:
  virtual ~Database() = default;

  /// A read on a snapshot. Several run at once; they never wait for the writer. `work` runs again only where it has
  /// seen no row yet.
  [[nodiscard]] virtual Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) = 0;

  /// One statement that only reads and is right by itself: for what every request asks. On PostgreSQL that is one round
  /// trip instead of three. `read_one` takes its parameters as C++ values.
  [[nodiscard]] virtual Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) = 0;
  template <typename... Parameters>
  [[nodiscard]] Result<Rows> read_one(const Query& query, const Parameters&... parameters) {
    return read_one_with(query, {Transaction::to_value(parameters)...});
  }

  /// A write. Commits when `work` returns a value, rolls back on an error or a throw. What it returned as
  /// committed survives a power cut. On a serialization failure `work` runs again, so it touches nothing else.
  [[nodiscard]] virtual Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) = 0;

  /// One statement as a transaction of its own, for what is right by itself. On PostgreSQL that is one round trip, and
  /// the statement sees what others committed until it began (READ COMMITTED).
  [[nodiscard]] virtual Result<Rows> execute_alone(const Query& query, std::vector<Value> parameters) {
    return transaction([&](Transaction& tx) { return tx.execute(query, parameters); });
  }

  /// Whether it answers and takes writes. `database.read-only` or `database.full` where it can but be read.
  [[nodiscard]] virtual Result<void> check() {
    static constexpr Query kPing{"ping", "SELECT 1"};
    return read_one(kPing).transform([](const Rows&) {});
  }

  /// `sqlite` or `postgres`: for the few queries whose text differs, and for migrations.
  [[nodiscard]] virtual std::string_view engine() const = 0;

  /// `TRY(const Page page, db.read([&](Transaction& tx) -> Result<Page> { … }));`
  template <typename Work>
  [[nodiscard]] auto read(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    return returning(std::forward<Work>(work), [this](const auto& inner) { return read_with(inner); });
  }

  /// `TRY(const Memory memory, db.transaction([&](Transaction& tx) -> Result<Memory> { … }));`
  template <typename Work>
  [[nodiscard]] auto transaction(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    return returning(std::forward<Work>(work), [this](const auto& inner) { return write_with(inner); });
  }

private:
  template <typename Work, typename Run>
  static auto returning(Work&& work, Run&& run) -> std::invoke_result_t<Work, Transaction&> {
    using Answer = std::invoke_result_t<Work, Transaction&>;
    if constexpr (std::is_same_v<Answer, Result<void>>) {
      return run(std::function<Result<void>(Transaction&)>(std::forward<Work>(work)));
    } else {
      std::optional<typename Answer::value_type> value;
      auto outcome = run(std::function<Result<void>(Transaction&)>([&](Transaction& tx) -> Result<void> {
        auto answer = work(tx);
        if (!answer) return std::unexpected(std::move(answer).error());
        value.emplace(*std::move(answer));
        return {};
      }));
      if (!outcome) return std::unexpected(std::move(outcome).error());
      return *std::move(value);
    }
  }
};

} // namespace mv
