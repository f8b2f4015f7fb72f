#pragma once

// Brings the schema of a database to the version that this program knows, and back.

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/adapters/postgres/database.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace mv::migrations {

/// One step of the schema. Once merged it never changes: what was applied is remembered by its checksum.
struct Migration {
  std::int64_t version; ///< From 1, without gaps.
  std::string_view name;
  std::string_view up;
  std::string_view down;
  std::string_view up_postgres{}; ///< Where PostgreSQL must read it differently.
  std::string_view down_postgres{};
  /// Programs that know fewer steps than this cannot go on after it. 0, for a step that only adds: all of them can.
  std::int64_t needs = 0;
};

/// The product's own, in order.
[[nodiscard]] std::span<const Migration> all();

struct Outcome {
  std::int64_t from = 0; ///< 0 is an empty database.
  std::int64_t to = 0;   ///< Beyond the last step of this program where a newer one was here and this one can work.
};

/// What the runner needs of an engine beyond the Database port.
class SchemaHost;

/// Before anything else uses the database. Each step is a transaction of its own, so that an interrupted upgrade goes
/// on where it stopped. Many processes may do this at once: each step is made by one of them.
///
/// On SQLite, before the first step of a database that holds something, a whole copy of it is kept beside it as
/// `<file>.before-NNNN.sqlite`, where NNNN is the first step's version; the latest three copies stay. On PostgreSQL the
/// copy is its keeper's business (`pg_dump`).
///
/// A database that a newer program has brought further is left as it is, and used where each step beyond this program's
/// says that it can be (`Migration::needs`, kept in the database): so the processes of two releases run side by side.
/// Nothing is touched when one of those steps cannot be lived with (`migration.newer-database`), when an applied
/// migration reads differently now (`migration.changed`), or when the copy fails.
class Runner {
public:
  Runner(sqlite::SqliteDatabase& database, const Clock& clock, std::span<const Migration> migrations = all());
  Runner(postgres::PostgresDatabase& database, const Clock& clock, std::span<const Migration> migrations = all());
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// To the newest version known, or nowhere where the database is further.
  [[nodiscard]] Result<Outcome> migrate();
  /// Forward or back; 0 empties the database. Going back drops what the newer tables held, and needs a program that
  /// knows all steps of the database.
  [[nodiscard]] Result<Outcome> migrate_to(std::int64_t version);
  /// The version of the database; 0 when it is empty. An error where this program cannot work on it.
  [[nodiscard]] Result<std::int64_t> version();

private:
  [[nodiscard]] Result<std::int64_t> check_applied(Transaction& tx);
  [[nodiscard]] Result<void> step(const Migration& migration, bool up);
  [[nodiscard]] std::unexpected<Error> newer_database(std::int64_t version) const;

  std::unique_ptr<SchemaHost> host_;
  const Clock& clock_;
  std::span<const Migration> migrations_;
};

} // namespace mv::migrations
