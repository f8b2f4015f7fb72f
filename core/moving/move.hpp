#pragma once

// Moving house: copies a whole installation from one database and store to another, between any engines, and proves
// that both sides hold the same. Streamed: memory does not grow with the library. It goes on where it was interrupted.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/database.hpp"

namespace mv::moving {

/// One side of the move. Nobody else may write to either while it lasts.
struct House {
  Database& database; ///< Migrated to this program's schema.
  BlobStore& blobs;
};

struct MoveReport {
  std::int64_t tables = 0;
  std::int64_t rows = 0;
  std::int64_t blobs = 0;       ///< Originals and previews on the new side.
  std::int64_t blobs_there = 0; ///< Of these, found there already: an earlier try had brought them.
  std::int64_t bytes = 0;       ///< Of all blobs.
};

/// Told now and then what is being done: a step (`rows`, `files`, `check`), a detail (a table's name, a key) and how
/// much of the step is done so far, in rows or files.
using MoveProgress = std::function<void(std::string_view step, std::string_view detail, std::int64_t done)>;

/// Key in the new database's `settings` while a move into it is not finished; its value says from where. A server
/// does not start on such a database.
inline constexpr std::string_view kMovingSetting = "moving.from";

/// `origin` names the old side (without a password): a move that goes on must come from the same one.
/// `conflict` with `move.not-empty` when the new side holds an installation, or an unfinished move from elsewhere, with
/// `move.no-files` when the old database knows pictures and the old store has none at all;
/// `checksum_mismatch` with `move.differs` when the sides differ at the end, `move.damaged` when an original is not
/// what its name says: the cause names table or key. That of an engine's failure begins with `the old side: ` or
/// `the new side: `. The old side is only read.
[[nodiscard]] Result<MoveReport> move_house(const House& from, const House& to, const std::string& origin,
                                            const MoveProgress& progress);

/// Whether a move into this database was begun and not finished.
[[nodiscard]] Result<bool> is_half_moved(Database& database);

} // namespace mv::moving
