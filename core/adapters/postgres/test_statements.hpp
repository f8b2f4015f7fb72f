#pragma once

// For the tests of this folder: one statement as a transaction of its own.

#include <cstdint>
#include <string_view>

#include "core/ports/database.hpp"

namespace mv::postgres {

inline Result<Rows> write(Database& database, std::string_view sql) {
  return database.transaction([&](Transaction& tx) { return tx.run({"write", sql}); });
}

/// What it gives first.
inline Result<std::int64_t> integer(Database& database, std::string_view sql) {
  return database.read([&](Transaction& tx) -> Result<std::int64_t> {
    TRY(const Rows rows, tx.run({"integer", sql}));
    return rows.front().integer(0);
  });
}

} // namespace mv::postgres
