#include "core/moving/schema.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace mv::moving {

namespace {

// Each gives table, column, and the column's place in the primary key (0: not in it), in the order of definition.
constexpr Query kSqliteColumns{"list_columns",
                               "SELECT t.name, c.name, c.pk FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
                               "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid"};
constexpr Query kPostgresColumns{
    "list_columns",
    "SELECT c.relname::text, a.attname::text, "
    "coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint + 1 "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
    "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum"};

// Each gives a table, its column, and the table that the column refers to.
constexpr Query kSqliteReferences{
    "list_references",
    "SELECT t.name, r.\"from\", r.\"table\" FROM sqlite_schema t "
    "JOIN pragma_foreign_key_list(t.name) r WHERE t.type = 'table' ORDER BY t.name, r.id"};
constexpr Query kPostgresReferences{
    "list_references",
    "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text "
    "FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
    "WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace ORDER BY 1, c.oid"};

bool stays_behind(std::string_view table) {
  // Of the moment, or kept by triggers of the database as the rows arrive.
  constexpr std::array kNotCopied{"schema_migrations", "pending_blobs", "idempotency_keys", "collection_counts"};
  return table.starts_with("upload") || std::ranges::find(kNotCopied, table) != kNotCopied.end();
}

/// Puts the tables that others refer to before those others.
Result<std::vector<Table>> in_order(std::vector<Table> tables,
                                    const std::map<std::string, std::set<std::string>>& refers) {
  std::vector<Table> ordered;
  std::set<std::string> placed;
  while (!tables.empty()) {
    const auto ready = std::ranges::find_if(tables, [&](const Table& table) {
      const auto needs = refers.find(table.name);
      return needs == refers.end() || std::ranges::includes(placed, needs->second);
    });
    if (ready == tables.end()) return fail(ErrorCode::internal, "move.circle", "references of tables go in a circle");
    placed.insert(ready->name);
    ordered.push_back(std::move(*ready));
    tables.erase(ready);
  }
  return ordered;
}

} // namespace

Result<std::vector<Table>> read_tables(Transaction& tx, std::string_view engine) {
  const bool sqlite = engine == "sqlite";
  TRY(const Rows columns, tx.run(sqlite ? kSqliteColumns : kPostgresColumns));
  std::vector<Table> tables;
  std::vector<std::map<std::int64_t, std::string>> keys;
  for (const Row& row : columns) {
    if (stays_behind(row.text(0))) continue;
    if (tables.empty() || tables.back().name != row.text(0)) {
      tables.push_back({.name = row.text(0), .columns = {}, .key = {}});
      keys.emplace_back();
    }
    tables.back().columns.push_back(row.text(1));
    if (row.integer(2) > 0) keys.back()[row.integer(2)] = row.text(1);
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (const auto& [place, column] : keys[i])
      tables[i].key.push_back(column);
    if (tables[i].key.empty()) return fail(ErrorCode::internal, "move.no-key", tables[i].name + " has no primary key");
  }

  TRY(const Rows references, tx.run(sqlite ? kSqliteReferences : kPostgresReferences));
  std::map<std::string, std::set<std::string>> refers;
  for (const Row& row : references) {
    if (stays_behind(row.text(2))) continue;
    if (row.text(0) != row.text(2)) {
      refers[row.text(0)].insert(row.text(2));
      continue;
    }
    const auto table = std::ranges::find(tables, row.text(0), &Table::name);
    if (table != tables.end()) table->parent_column = row.text(1);
  }
  return in_order(std::move(tables), refers);
}

} // namespace mv::moving
