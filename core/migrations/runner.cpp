#include "core/migrations/runner.hpp"

#include <format>
#include <string>

#include "core/base/hash.hpp"
#include "core/base/log.hpp"
#include "core/migrations/schema_host.hpp"

namespace mv::migrations {

namespace {

constexpr Query kFindTable{"find_migrations_table",
                           "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
                           // Not to_regclass(): it may remember from before the wait for the lock that there is none.
                           "SELECT 1 FROM pg_catalog.pg_class "
                           "WHERE relname = 'schema_migrations' AND relnamespace = current_schema()::regnamespace"};
constexpr Query kCreateTable{
    "create_migrations_table",
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL, needs BIGINT)"};
// Tables of releases before this one have no such column; what applied a step there said nothing of what it needs.
constexpr Query kFindNeeds{"find_needs_column",
                           "SELECT 1 FROM pragma_table_info('schema_migrations') WHERE name = 'needs'",
                           "SELECT 1 FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_class ON attrelid = pg_class.oid "
                           "WHERE relname = 'schema_migrations' AND relnamespace = current_schema()::regnamespace "
                           "AND attname = 'needs' AND NOT attisdropped"};
constexpr Query kAddNeeds{"add_needs_column", "ALTER TABLE schema_migrations ADD COLUMN needs BIGINT"};
constexpr Query kFindStranger{"find_needy_migration",
                              "SELECT version FROM schema_migrations "
                              "WHERE version > ?1 AND (needs IS NULL OR needs > ?1) ORDER BY version DESC LIMIT 1"};
constexpr Query kListApplied{"list_migrations",
                             "SELECT version, name, checksum FROM schema_migrations ORDER BY version"};
constexpr Query kInsertApplied{
    "insert_migration",
    "INSERT INTO schema_migrations (version, name, checksum, applied_at, needs) VALUES (?1, ?2, ?3, ?4, ?5)"};
constexpr Query kDeleteApplied{"delete_migration", "DELETE FROM schema_migrations WHERE version = ?1"};

} // namespace

Runner::Runner(sqlite::SqliteDatabase& database, const Clock& clock, std::span<const Migration> migrations)
    : host_(host_of(database)), clock_(clock), migrations_(migrations) {}

Runner::Runner(postgres::PostgresDatabase& database, const Clock& clock, std::span<const Migration> migrations)
    : host_(host_of(database)), clock_(clock), migrations_(migrations) {}

Runner::~Runner() = default;

Result<Outcome> Runner::migrate() {
  const auto newest = static_cast<std::int64_t>(migrations_.size());
  TRY(const std::int64_t from, version());
  if (from <= newest) return migrate_to(newest);
  return Outcome{from, from};
}

Result<Outcome> Runner::migrate_to(std::int64_t version) {
  if (version < 0 || version > static_cast<std::int64_t>(migrations_.size())) {
    return fail(ErrorCode::invalid, "migration.unknown-version", std::format("there is no migration {}", version));
  }
  TRY(const std::int64_t from, this->version());
  if (from == version) return Outcome{from, version};
  if (from > static_cast<std::int64_t>(migrations_.size())) return newer_database(from);
  if (from > 0) TRY_OK(host_->keep_copy(from < version ? from + 1 : from));
  for (std::int64_t at = from; at < version; ++at)
    TRY_OK(step(migrations_[static_cast<std::size_t>(at)], true));
  for (std::int64_t at = from; at > version; --at)
    TRY_OK(step(migrations_[static_cast<std::size_t>(at - 1)], false));
  return Outcome{from, version};
}

Result<std::int64_t> Runner::version() {
  return host_->database().read([this](Transaction& tx) { return check_applied(tx); });
}

Result<std::int64_t> Runner::check_applied(Transaction& tx) {
  TRY(const Rows table, tx.run(kFindTable));
  if (table.empty()) return 0;
  TRY(const Rows applied, tx.run(kListApplied));

  const auto newest_known = static_cast<std::int64_t>(migrations_.size());
  if (!applied.empty() && applied.back().integer(0) > newest_known) {
    TRY(const Rows says, tx.run(kFindNeeds));
    const Row* stranger = &applied.back();
    Rows needy;
    if (!says.empty()) {
      TRY(needy, tx.run(kFindStranger, newest_known));
      stranger = needy.empty() ? nullptr : &needy.front();
    }
    if (stranger != nullptr) {
      return newer_database(stranger->integer(0));
    }
  }
  std::int64_t expected = 1;
  for (const Row& row : applied) {
    if (expected > newest_known) break;
    const Migration& known = migrations_[static_cast<std::size_t>(expected - 1)];
    if (row.integer(0) != expected || row.text(2) != sha256_hex(host_->up(known))) {
      return fail(ErrorCode::conflict, "migration.changed",
                  std::format("migration {} ({}) of {} is not the one that this program knows. Nothing was changed.",
                              row.integer(0), row.text(1), host_->name()));
    }
    ++expected;
  }
  return applied.empty() ? 0 : applied.back().integer(0);
}

std::unexpected<Error> Runner::newer_database(std::int64_t version) const {
  return fail(ErrorCode::conflict, "migration.newer-database",
              std::format("{} is of version {}, and this program knows versions up to {}: it was last used by a newer "
                          "MemoryVerse. Start that one, or bring back a copy from before the upgrade. Nothing was "
                          "changed.",
                          host_->name(), version, migrations_.size()));
}

Result<void> Runner::step(const Migration& migration, bool up) {
  bool done_by_another = false;
  auto outcome = host_->change([&](Transaction& tx) -> Result<void> {
    // Another process may have come first; from here on, none can.
    TRY(const std::int64_t now, check_applied(tx));
    done_by_another = up ? now >= migration.version : now < migration.version;
    if (done_by_another) return {};
    TRY_OK(tx.run(kCreateTable));
    TRY(const Rows says, tx.run(kFindNeeds));
    if (says.empty()) TRY_OK(tx.run(kAddNeeds));
    TRY_OK(host_->execute_script(tx, up ? host_->up(migration) : host_->down(migration)));
    if (up) {
      TRY_OK(tx.run(kInsertApplied, migration.version, migration.name, sha256_hex(host_->up(migration)), clock_.now(),
                    migration.needs));
    } else {
      TRY_OK(tx.run(kDeleteApplied, migration.version));
    }
    return {};
  });
  // Only the first step meets tables that none of ours has made. SQLite says so in English, PostgreSQL in its own
  // language and by a code.
  const auto says = [&outcome](std::string_view what) { return outcome.error().cause.contains(what); };
  if (!outcome && up && migration.version == 1 && (says("already exists") || says("(42P07)"))) {
    return fail(
        ErrorCode::conflict, "migration.foreign-database",
        std::format("{} is a database of another program; name an empty one. Nothing was changed.", host_->name()));
  }
  if (!outcome) {
    outcome.error().cause = std::format("migration {} ({}), {}: {}", migration.version, migration.name,
                                        up ? "forward" : "back", outcome.error().cause);
    return outcome;
  }
  if (done_by_another) return {};
  log_info("schema changed", {{"version", migration.version}, {"name", migration.name}, {"forward", up}});
  return {};
}

} // namespace mv::migrations
