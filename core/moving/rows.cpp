#include "core/moving/rows.hpp"

#include <algorithm>
#include <bit>
#include <format>
#include <span>

#include "core/base/hash.hpp"

namespace mv::moving {

namespace {

constexpr std::int64_t kPage = 500;
/// Rows put in by one statement. A constant, so that a table needs two texts: for a full group, and for a single row.
constexpr std::size_t kGroup = 50;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "\"" : ", \"") + name + '"';
  return text;
}

/// `(?1, ?2), (?3, ?4)`
std::string places(std::size_t rows, std::size_t columns) {
  std::string text;
  std::size_t next = 1;
  for (std::size_t row = 0; row < rows; ++row) {
    text += row == 0 ? "(" : ", (";
    for (std::size_t column = 0; column < columns; ++column)
      text += std::format("{}?{}", column == 0 ? "" : ", ", next++);
    text += ')';
  }
  return text;
}

std::size_t position_of(const Table& table, const std::string& column) {
  return static_cast<std::size_t>(std::ranges::find(table.columns, column) - table.columns.begin());
}

Result<void> insert_rows(Transaction& tx, std::string_view engine, const Table& table, std::span<const Row> rows) {
  const std::size_t parent =
      table.parent_column.empty() ? table.columns.size() : position_of(table, table.parent_column);
  const std::string name = std::format("move_insert_{}_{}", table.name, rows.size());
  // PostgreSQL numbers events itself, unless it is told to take the numbers that they have.
  const std::string_view numbers = engine == "postgres" ? "OVERRIDING SYSTEM VALUE " : "";
  const std::string text = std::format("INSERT INTO {} ({}) {}VALUES {} ON CONFLICT DO NOTHING", table.name,
                                       joined(table.columns), numbers, places(rows.size(), table.columns.size()));
  std::vector<Value> values;
  values.reserve(rows.size() * table.columns.size());
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      values.push_back(column == parent ? Value(nullptr) : row.value(column));
  }
  TRY_OK(tx.execute({name, text}, std::move(values)));
  return {};
}

/// A text that is the same for the same value, whichever engine gave it.
void add_canonical(std::string& text, const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    text += std::format("i{};", *whole);
  } else if (const auto* real = std::get_if<double>(&value)) {
    text += std::format("d{:016x};", std::bit_cast<std::uint64_t>(*real));
  } else if (const auto* words = std::get_if<std::string>(&value)) {
    text += std::format("t{}:{};", words->size(), *words);
  } else {
    text += "n;";
  }
}

} // namespace

Result<void> visit_pages(Transaction& tx, const Table& table, std::vector<Value> from,
                         const std::function<Result<void>(const Rows&)>& visit) {
  const std::string columns = joined(table.columns);
  const std::string key = joined(table.key);
  const std::string first_name = "move_first_" + table.name;
  const std::string first = std::format("SELECT {} FROM {} ORDER BY {} LIMIT {}", columns, table.name, key, kPage);
  const std::string next_name = "move_next_" + table.name;
  const std::string next = std::format("SELECT {} FROM {} WHERE ({}) > {} ORDER BY {} LIMIT {}", columns, table.name,
                                       key, places(1, table.key.size()), key, kPage);
  while (true) {
    const bool begins = from.empty();
    TRY(const Rows page, tx.execute(begins ? Query{first_name, first} : Query{next_name, next}, std::move(from)));
    if (page.empty()) return {};
    TRY_OK(visit(page));
    if (std::ssize(page) < kPage) return {};
    from = key_of(table, page.back());
  }
}

std::vector<Value> key_of(const Table& table, const Row& row) {
  std::vector<Value> key;
  for (const std::string& column : table.key)
    key.push_back(row.value(position_of(table, column)));
  return key;
}

Result<void> insert_page(Transaction& tx, std::string_view engine, const Table& table, const Rows& page) {
  std::span<const Row> rest(page);
  for (; rest.size() >= kGroup; rest = rest.subspan(kGroup))
    TRY_OK(insert_rows(tx, engine, table, rest.first(kGroup)));
  for (; !rest.empty(); rest = rest.subspan(1))
    TRY_OK(insert_rows(tx, engine, table, rest.first(1)));
  return {};
}

Result<void> link_parents(Transaction& tx, const Table& table, const Rows& page) {
  if (table.parent_column.empty()) return {};
  const std::size_t parent = position_of(table, table.parent_column);
  const std::string name = "move_link_" + table.name;
  const std::string text =
      std::format("UPDATE {} SET \"{}\" = ?1 WHERE \"{}\" = ?2", table.name, table.parent_column, table.key.front());
  for (const Row& row : page) {
    if (row.is_null(parent)) continue;
    TRY_OK(tx.execute({name, text}, {row.value(parent), key_of(table, row).front()}));
  }
  return {};
}

Result<TableSum> sum_of(Transaction& tx, const Table& table) {
  TableSum sum;
  Sha256 hasher;
  TRY_OK(visit_pages(tx, table, {}, [&](const Rows& page) -> Result<void> {
    std::string text;
    for (const Row& row : page) {
      for (std::size_t column = 0; column < table.columns.size(); ++column)
        add_canonical(text, row.value(column));
    }
    hasher.update(text);
    sum.rows += std::ssize(page);
    return {};
  }));
  sum.sha256 = hasher.hex();
  return sum;
}

} // namespace mv::moving
