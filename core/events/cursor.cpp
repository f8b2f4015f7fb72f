#include "core/events/cursor.hpp"

#include "core/events/sql.hpp"

namespace mv::events {

Result<std::optional<std::int64_t>> Cursor::find() {
  TRY(const Rows rows, tx_.run(sql::find_cursor, name_));
  if (rows.empty()) return std::nullopt;
  return rows.front().integer(0);
}

Result<void> Cursor::begin_at(std::int64_t seq) {
  TRY_OK(tx_.run(sql::insert_cursor, name_, seq));
  return {};
}

Result<void> Cursor::move(std::int64_t from, std::int64_t to) {
  TRY(const Rows rows, tx_.run(sql::move_cursor, name_, from, to));
  if (rows.empty()) return fail(ErrorCode::conflict, "events.cursor-moved");
  return {};
}

Result<std::optional<std::int64_t>> Cursor::lease(std::string_view owner, TimeMs until, TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::lease_cursor, name_, owner, until, now));
  if (rows.empty()) return std::nullopt;
  return rows.front().integer(0);
}

Result<void> Cursor::release(std::string_view owner) {
  TRY_OK(tx_.run(sql::release_cursor, name_, owner));
  return {};
}

} // namespace mv::events
