#pragma once

// What the runner needs of an engine beyond the Database port. Inside this folder only.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/migrations/runner.hpp"

namespace mv::migrations {

class SchemaHost {
public:
  virtual ~SchemaHost() = default;
  [[nodiscard]] virtual Database& database() = 0;
  /// What people call the database.
  [[nodiscard]] virtual std::string name() const = 0;
  /// A write that may change the schema; of all processes one at a time.
  [[nodiscard]] virtual Result<void> change(const std::function<Result<void>(Transaction&)>& work) = 0;
  [[nodiscard]] virtual Result<void> execute_script(Transaction& tx, std::string_view script) = 0;
  /// Before the first step of a database that holds something.
  [[nodiscard]] virtual Result<void> keep_copy(std::int64_t version) = 0;
  [[nodiscard]] virtual std::string_view up(const Migration& migration) const = 0;
  [[nodiscard]] virtual std::string_view down(const Migration& migration) const = 0;
};

[[nodiscard]] std::unique_ptr<SchemaHost> host_of(sqlite::SqliteDatabase& database);
[[nodiscard]] std::unique_ptr<SchemaHost> host_of(postgres::PostgresDatabase& database);

} // namespace mv::migrations
