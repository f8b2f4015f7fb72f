#pragma once

// The tables of an installation as its database describes them, in an order in which rows can be put in again. Asked of
// the database and not kept as a list, so that no table that a migration adds is ever left behind.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/ports/database.hpp"

namespace mv::moving {

struct Table {
  std::string name;
  std::vector<std::string> columns; ///< In the order of their definition.
  std::vector<std::string> key;     ///< Of the primary key, in its order; never empty.
  std::string parent_column{};      ///< That refers to this same table (a tree); "" for none.
};

/// Every table with rows of people's: those that others refer to first. Left out is what belongs to one machine or one
/// moment: the list of migrations, uploads under way with their journal, and replies kept for repeated requests.
/// `internal` when a table has no primary key or references go in a circle.
[[nodiscard]] Result<std::vector<Table>> read_tables(Transaction& tx, std::string_view engine);

} // namespace mv::moving
