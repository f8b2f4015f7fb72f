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
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)"};
constexpr Query kListApplied{"list_migrations",
                             "SELECT version, name, checksum FROM schema_migrations ORDER BY version"};
constexpr Query kInsertApplied{
    "insert_migration", "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)"};
constexpr Query kDeleteApplied{"delete_migration", "DELETE FROM schema_migrations WHERE version = ?1"};

} // namespace

Runner::Runner(sqlite::SqliteDatabase& database, const Clock& clock, std::span<const Migration> migrations)
    : host_(host_of(database)), clock_(clock), migrations_(migrations) {}

Runner::Runner(postgres::PostgresDatabase& database, const Clock& clock, std::span<const Migration> migrations)
    : host_(host_of(database)), clock_(clock), migrations_(migrations) {}

Runner::~Runner() = default;

Result<Outcome> Runner::migrate() { return migrate_to(migrations_.empty() ? 0 : migrations_.back().version); }

Result<Outcome> Runner::migrate_to(std::int64_t version) {
  if (version < 0 || version > static_cast<std::int64_t>(migrations_.size())) {
    return fail(ErrorCode::invalid, "migration.unknown-version", std::format("there is no migration {}", version));
  }
  TRY(const std::int64_t from, this->version());
  if (from == version) return Outcome{from, version};
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
    return fail(ErrorCode::conflict, "migration.newer-database",
                std::format("{} is of version {} ({}), and this program knows versions up to {}: it was last used by a "
                            "newer MemoryVerse. Start that one, or bring back a copy from before the upgrade. Nothing "
                            "was changed.",
                            host_->name(), applied.back().integer(0), applied.back().text(1), newest_known));
  }
  std::int64_t expected = 1;
  for (const Row& row : applied) {
    const Migration& known = migrations_[static_cast<std::size_t>(expected - 1)];
    if (row.integer(0) != expected || row.text(2) != sha256_hex(host_->up(known))) {
      return fail(ErrorCode::conflict, "migration.changed",
                  std::format("migration {} ({}) of {} is not the one that this program knows. Nothing was changed.",
                              row.integer(0), row.text(1), host_->name()));
    }
    ++expected;
  }
  return static_cast<std::int64_t>(applied.size());
}

Result<void> Runner::step(const Migration& migration, bool up) {
  bool done_by_another = false;
  auto outcome = host_->change([&](Transaction& tx) -> Result<void> {
    // Another process may have come first; from here on, none can.
    TRY(const std::int64_t now, check_applied(tx));
    done_by_another = up ? now >= migration.version : now < migration.version;
    if (done_by_another) return {};
    TRY_OK(tx.run(kCreateTable));
    TRY_OK(host_->execute_script(tx, up ? host_->up(migration) : host_->down(migration)));
    if (up) {
      TRY_OK(tx.run(kInsertApplied, migration.version, migration.name, sha256_hex(host_->up(migration)), clock_.now()));
    } else {
      TRY_OK(tx.run(kDeleteApplied, migration.version));
    }
    return {};
  });
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
