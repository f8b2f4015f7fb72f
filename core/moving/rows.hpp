#pragma once

// Copies the rows of one table from one database to another, a page at a time, and compares what lies on both sides.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/moving/schema.hpp"

namespace mv::moving {

/// What a table holds: comparable between engines.
struct TableSum {
  std::int64_t rows = 0;
  std::string sha256; ///< Of all rows in the order of their key, 64 lower-case hex digits.
  friend bool operator==(const TableSum&, const TableSum&) = default;
};

/// Reads a table by pages, in the order of its key, from after `from` (the key's values; empty: from the beginning).
/// `visit` gets each page, never an empty one; a page holds at most 500 rows.
[[nodiscard]] Result<void> visit_pages(Transaction& tx, const Table& table, std::vector<Value> from,
                                       const std::function<Result<void>(const Rows&)>& visit);

/// The values of a row's key.
[[nodiscard]] std::vector<Value> key_of(const Table& table, const Row& row);

/// Puts a page in; rows that are there already (an interrupted move goes on) are left alone. A column that refers to
/// the same table is left empty until `link_parents`, as a parent may come in a later page.
[[nodiscard]] Result<void> insert_page(Transaction& tx, std::string_view engine, const Table& table, const Rows& page);

/// Fills that column. Does nothing for a table that is no tree.
[[nodiscard]] Result<void> link_parents(Transaction& tx, const Table& table, const Rows& page);

[[nodiscard]] Result<TableSum> sum_of(Transaction& tx, const Table& table);

} // namespace mv::moving
