#include "core/moving/move.hpp"

#include <format>
#include <optional>
#include <span>
#include <vector>

#include "core/base/hash.hpp"
#include "core/moving/rows.hpp"
#include "core/moving/side.hpp"

namespace mv::moving {

namespace {

constexpr std::int64_t kChunk = 1 << 20; // bytes of a blob in memory at once

constexpr Query kFindSetting{"move_find_setting", "SELECT value FROM settings WHERE key = ?1"};
constexpr Query kSetSetting{"move_set_setting",
                            "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = "
                            "excluded.value"};
constexpr Query kDeleteSetting{"move_delete_setting", "DELETE FROM settings WHERE key = ?1"};
constexpr Query kFindSomebody{"move_find_somebody", "SELECT 1 FROM users LIMIT 1"};
constexpr Query kFindMedia{"move_find_media", "SELECT 1 FROM media_items LIMIT 1"};
// Rows came with their numbers; the next number must lie behind them.
constexpr Query kPostgresSequence{
    "move_set_sequence",
    "SELECT setval(pg_get_serial_sequence('events', 'seq'), greatest(coalesce(max(seq), 0), 1), max(seq) IS NOT NULL) "
    "FROM events"};
// The old side's snapshot waits whenever the new side writes or compares; its server would end it after a while.
constexpr Query kWaitForNewSide{"move_wait_for_new_side",
                                "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"};

Result<std::string> marker(Transaction& tx) {
  TRY(const Rows rows, tx.run(kFindSetting, kMovingSetting));
  return rows.empty() ? std::string() : rows.front().text(0);
}

/// A database named beside a store that is not its own would leave every picture behind, and both sides be the same.
Result<void> check_belongs(const House& from) {
  TRY(const Rows media, on(kOldSide, from.database.read([](Transaction& tx) { return tx.run(kFindMedia); })));
  if (media.empty()) return {};
  bool found = false;
  TRY_OK(on(kOldSide, from.blobs.list("originals/", [&found](const BlobEntry&) {
    found = true;
    return false;
  })));
  if (found) return {};
  return fail(
      ErrorCode::conflict, "move.no-files",
      "the database of the old side knows pictures, and its store holds none; name the store that belongs to it");
}

/// The new side must be empty, or hold what an interrupted move from the same place brought.
Result<void> begin(Database& to, const std::string& origin) {
  return to.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const std::string begun, marker(tx));
    if (begun == origin) return {};
    if (!begun.empty()) return fail(ErrorCode::conflict, "move.not-empty", "a move from " + begun + " is not finished");
    TRY(const Rows somebody, tx.run(kFindSomebody));
    if (!somebody.empty()) return fail(ErrorCode::conflict, "move.not-empty", "it holds accounts already");
    return tx.run(kSetSetting, kMovingSetting, origin).transform([](const Rows&) {});
  });
}

/// Where the new side's last row of a table lies: pages come in the order of the key, so all before it are there.
Result<std::vector<Value>> last_key(Database& to, const Table& table) {
  std::string order;
  std::string key;
  for (const std::string& column : table.key) {
    order += (order.empty() ? "\"" : ", \"") + column + "\" DESC";
    key += (key.empty() ? "\"" : ", \"") + column + '"';
  }
  const std::string name = "move_last_" + table.name;
  const std::string text = std::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", key, table.name, order);
  return to.read([&](Transaction& tx) -> Result<std::vector<Value>> {
    TRY(const Rows rows, tx.execute({name, text}, {}));
    std::vector<Value> values;
    for (std::size_t i = 0; !rows.empty() && i < table.key.size(); ++i)
      values.push_back(rows.front().value(i));
    return values;
  });
}

Result<void> copy_table(Transaction& old, Database& to, const Table& table, const MoveProgress& progress) {
  // The settings hold the mark of this very move, whose key says nothing of how far it came.
  std::vector<Value> from;
  if (table.name != "settings") {
    TRY(from, on(kNewSide, last_key(to, table)));
  }
  std::int64_t done = 0;
  TRY_OK(visit_pages(old, table, std::move(from), [&](const Rows& page) -> Result<void> {
    TRY_OK(on(kNewSide, to.transaction([&](Transaction& tx) { return insert_page(tx, to.engine(), table, page); })));
    done += std::ssize(page);
    progress("rows", table.name, done);
    return {};
  }));
  if (table.parent_column.empty()) return {};
  return visit_pages(old, table, {}, [&](const Rows& page) {
    return on(kNewSide, to.transaction([&](Transaction& tx) { return link_parents(tx, table, page); }));
  });
}

/// Copies one blob; an original is hashed on its way, and must be what its name says.
Result<void> copy_blob(BlobStore& from, BlobStore& to, const BlobEntry& entry) {
  TRY(const auto writer, to.create());
  for (std::int64_t at = 0; at < entry.bytes;) {
    TRY(const std::string chunk, on(kOldSide, from.read(entry.key, at, kChunk)));
    if (chunk.empty()) return fail(ErrorCode::checksum_mismatch, "move.damaged", entry.key + " ends early");
    TRY_OK(writer->write(std::as_bytes(std::span(chunk))));
    at += std::ssize(chunk);
  }
  TRY(const BlobInfo info, writer->finish());
  const std::string name = entry.key.substr(entry.key.rfind('/') + 1);
  if (entry.key.starts_with("originals/") && info.sha256 != name)
    return fail(ErrorCode::checksum_mismatch, "move.damaged", entry.key + " is not what its name says");
  return writer->commit(entry.key);
}

Result<void> copy_blobs(const House& from, const House& to, std::string_view prefix, MoveReport& report,
                        const MoveProgress& progress) {
  std::optional<Error> problem;
  const auto copy = [&](const BlobEntry& entry) -> Result<void> {
    TRY(const auto there, on(kNewSide, to.blobs.size(entry.key)));
    // A blob is visible whole or not at all, so one of the same size is the same.
    if (there == entry.bytes) {
      ++report.blobs_there;
    } else {
      TRY_OK(on(kNewSide, copy_blob(from.blobs, to.blobs, entry)));
    }
    ++report.blobs;
    report.bytes += entry.bytes;
    progress("files", entry.key, report.blobs);
    return {};
  };
  TRY_OK(on(kOldSide, from.blobs.list(prefix, [&](const BlobEntry& entry) {
    auto copied = copy(entry);
    if (!copied) problem = std::move(copied).error();
    return !problem;
  })));
  if (problem) return std::unexpected(*std::move(problem));
  return {};
}

/// What the new side really gives back of an original.
Result<void> check_original(BlobStore& blobs, const BlobEntry& entry) {
  Sha256 hasher;
  for (std::int64_t at = 0; at < entry.bytes;) {
    TRY(const std::string chunk, blobs.read(entry.key, at, kChunk));
    if (chunk.empty()) break;
    hasher.update(chunk);
    at += std::ssize(chunk);
  }
  if (!entry.key.ends_with(hasher.hex()))
    return fail(ErrorCode::checksum_mismatch, "move.damaged", entry.key + " differs on the new side");
  return {};
}

Result<void> check_blobs(const House& to, const MoveReport& report, const MoveProgress& progress) {
  std::int64_t count = 0;
  std::int64_t bytes = 0;
  std::optional<Error> problem;
  for (const std::string_view prefix : {"originals/", "derived/"}) {
    TRY_OK(to.blobs.list(prefix, [&](const BlobEntry& entry) {
      ++count;
      bytes += entry.bytes;
      progress("check", entry.key, count);
      if (prefix == "originals/") {
        auto checked = check_original(to.blobs, entry);
        if (!checked) problem = std::move(checked).error();
      }
      return !problem;
    }));
    if (problem) return std::unexpected(*std::move(problem));
  }
  if (count == report.blobs && bytes == report.bytes) return {};
  return fail(ErrorCode::checksum_mismatch, "move.differs",
              std::format("{} files of {} bytes went, {} of {} bytes came", report.blobs, report.bytes, count, bytes));
}

Result<void> check_rows(Transaction& old, Database& to, const std::vector<Table>& tables, MoveReport& report,
                        const MoveProgress& progress) {
  for (const Table& table : tables) {
    if (table.name == "settings") continue; // holds the mark of the move
    TRY(const TableSum went, sum_of(old, table));
    TRY(const TableSum came, on(kNewSide, to.read([&](Transaction& tx) { return sum_of(tx, table); })));
    if (!(went == came)) {
      return fail(ErrorCode::checksum_mismatch, "move.differs",
                  std::format("{}: {} rows went, {} came, or their contents differ", table.name, went.rows, came.rows));
    }
    ++report.tables;
    report.rows += came.rows;
    progress("check", table.name, came.rows);
  }
  return {};
}

} // namespace

Result<MoveReport> move_house(const House& from, const House& to, const std::string& origin,
                              const MoveProgress& progress) {
  TRY_OK(check_belongs(from));
  TRY_OK(on(kNewSide, begin(to.database, origin)));
  MoveReport report;
  // One snapshot of the old side for all rows: what is compared is what was copied. Files may take days, and need none.
  const auto copy_rows = [&](Transaction& old) -> Result<void> {
    if (from.database.engine() == "postgres") TRY_OK(old.run(kWaitForNewSide));
    TRY(const std::vector<Table> tables, read_tables(old, from.database.engine()));
    for (const Table& table : tables)
      TRY_OK(copy_table(old, to.database, table, progress));
    return check_rows(old, to.database, tables, report, progress);
  };
  TRY_OK(on(kOldSide, from.database.read(copy_rows)));
  for (const std::string_view prefix : {"originals/", "derived/"})
    TRY_OK(copy_blobs(from, to, prefix, report, progress));
  TRY_OK(on(kNewSide, check_blobs(to, report, progress)));
  const auto end = [&](Transaction& tx) -> Result<void> {
    if (to.database.engine() == "postgres") TRY_OK(tx.run(kPostgresSequence));
    return tx.run(kDeleteSetting, kMovingSetting).transform([](const Rows&) {});
  };
  TRY_OK(on(kNewSide, to.database.transaction(end)));
  return report;
}

Result<bool> is_half_moved(Database& database) {
  return database.read(
      [](Transaction& tx) { return marker(tx).transform([](const std::string& from) { return !from.empty(); }); });
}

} // namespace mv::moving
