#include "core/migrations/runner.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <string>
#include <vector>

#include "core/base/hash.hpp"
#include "core/base/log.hpp"

namespace mv::migrations {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCopiesKept = 3;

constexpr Query kFindTable{"find_migrations_table",
                           "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'"};
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

Result<Outcome> Runner::migrate() { return migrate_to(migrations_.empty() ? 0 : migrations_.back().version); }

Result<Outcome> Runner::migrate_to(std::int64_t version) {
  if (version < 0 || version > static_cast<std::int64_t>(migrations_.size())) {
    return fail(ErrorCode::invalid, "migration.unknown-version", std::format("there is no migration {}", version));
  }
  TRY(const std::int64_t from, check_applied());
  if (from == version) return Outcome{from, version};
  if (from > 0) TRY_OK(keep_copy(from < version ? from + 1 : from));
  for (std::int64_t at = from; at < version; ++at)
    TRY_OK(step(migrations_[static_cast<std::size_t>(at)], true));
  for (std::int64_t at = from; at > version; --at)
    TRY_OK(step(migrations_[static_cast<std::size_t>(at - 1)], false));
  return Outcome{from, version};
}

Result<std::int64_t> Runner::version() { return check_applied(); }

Result<std::int64_t> Runner::check_applied() {
  TRY(const Rows applied, database_.read([](Transaction& tx) -> Result<Rows> {
    TRY(const Rows table, tx.run(kFindTable));
    if (table.empty()) return Rows{};
    return tx.run(kListApplied);
  }));

  const auto newest_known = static_cast<std::int64_t>(migrations_.size());
  if (!applied.empty() && applied.back().integer(0) > newest_known) {
    return fail(
        ErrorCode::conflict, "migration.newer-database",
        std::format("{} is of version {} ({}), and this program knows versions up to {}: it was last used by a "
                    "newer MemoryVerse. Start that one, or bring back a copy from before the upgrade. Nothing "
                    "was changed.",
                    database_.path().string(), applied.back().integer(0), applied.back().text(1), newest_known));
  }
  std::int64_t expected = 1;
  for (const Row& row : applied) {
    const Migration& known = migrations_[static_cast<std::size_t>(expected - 1)];
    if (row.integer(0) != expected || row.text(2) != sha256_hex(known.up)) {
      return fail(ErrorCode::conflict, "migration.changed",
                  std::format("migration {} ({}) of {} is not the one that this program knows. Nothing was changed.",
                              row.integer(0), row.text(1), database_.path().string()));
    }
    ++expected;
  }
  return static_cast<std::int64_t>(applied.size());
}

Result<void> Runner::step(const Migration& migration, bool up) {
  auto outcome = database_.migrate_with([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(kCreateTable));
    TRY_OK(sqlite::SqliteDatabase::execute_script(tx, up ? migration.up : migration.down));
    if (up) {
      TRY_OK(tx.run(kInsertApplied, migration.version, migration.name, sha256_hex(migration.up), clock_.now()));
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
  log_info("schema changed", {{"version", migration.version}, {"name", migration.name}, {"forward", up}});
  return {};
}

Result<void> Runner::keep_copy(std::int64_t version) {
  const fs::path& file = database_.path();
  const std::string prefix = file.filename().string() + ".before-";
  const fs::path target = file.parent_path() / std::format("{}{:04}.sqlite", prefix, version);
  TRY_OK(database_.copy_to(target));
  log_info("database copied before its schema changes", {{"copy", target.string()}});

  std::vector<std::pair<fs::file_time_type, fs::path>> copies;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(file.parent_path(), code)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(".sqlite") || entry.path() == target) continue;
    copies.emplace_back(entry.last_write_time(code), entry.path());
  }
  std::ranges::sort(copies, std::greater());
  for (std::size_t i = kCopiesKept - 1; i < copies.size(); ++i)
    fs::remove(copies[i].second, code);
  // A copy too many is no reason not to start.
  return {};
}

} // namespace mv::migrations
