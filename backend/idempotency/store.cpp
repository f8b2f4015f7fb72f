#include "backend/idempotency/store.hpp"

#include "backend/idempotency/sql.hpp"
#include "core/base/log.hpp"

namespace mv {

namespace {

constexpr TimeMs kAbandonedAfter = kMinute;
constexpr TimeMs kKeptFor = kDay;

} // namespace

Result<std::optional<http::KeptReply>> DatabaseIdempotencyStore::begin(const std::string& user_id, std::string_view key,
                                                                       std::string_view fingerprint) {
  const TimeMs now = clock_.now();
  return db_.transaction([&](Transaction& tx) -> Result<std::optional<http::KeptReply>> {
    TRY_OK(tx.run(sql::forget_abandoned_key, user_id, key, now - kAbandonedAfter));
    TRY(const Rows taken, tx.run(sql::take_key, user_id, key, fingerprint, now));
    if (!taken.empty()) return std::nullopt;
    TRY(const Rows rows, tx.run(sql::find_key, user_id, key));
    if (rows.empty()) return fail(ErrorCode::conflict, "idempotency.in-progress");
    const Row& row = rows.front();
    if (row.text(0) != fingerprint) return fail(ErrorCode::unprocessable, "idempotency.key-reused");
    if (row.is_null(1)) return fail(ErrorCode::conflict, "idempotency.in-progress");
    return http::KeptReply{
        .status = static_cast<int>(row.integer(1)), .body = row.text(2), .etag = row.text(3), .location = row.text(4)};
  });
}

void DatabaseIdempotencyStore::finish(const std::string& user_id, std::string_view key, const http::KeptReply& reply) {
  const auto kept = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::keep_reply, user_id, key, reply.status, reply.body, reply.etag, reply.location));
    return {};
  });
  if (!kept) log_warning("reply not kept", {{"reason", kept.error()}});
}

void DatabaseIdempotencyStore::abandon(const std::string& user_id, std::string_view key) {
  const auto gone = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::forget_key, user_id, key));
    return {};
  });
  if (!gone) log_warning("key not given back", {{"reason", gone.error()}});
}

Result<void> DatabaseIdempotencyStore::sweep() {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::forget_old_keys, clock_.now() - kKeptFor));
    return {};
  });
}

} // namespace mv
