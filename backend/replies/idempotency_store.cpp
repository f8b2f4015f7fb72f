#include "backend/replies/idempotency_store.hpp"

#include "backend/replies/sql.hpp"

namespace mv {

namespace {

constexpr TimeMs kAbandonedAfter = kMinute;
constexpr TimeMs kKeptFor = kDay;

} // namespace

Result<std::optional<http::KeptReply>> DatabaseIdempotencyStore::find(const std::string& user_id, std::string_view key,
                                                                      std::string_view fingerprint) {
  // Not a read, which a replica might answer from before the first request.
  TRY(const Rows rows, db_.execute_alone(sql::find_key, {user_id, std::string(key)}));
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  if (row.text(0) != fingerprint) return fail(ErrorCode::unprocessable, "idempotency.key-reused");
  if (!row.is_null(1)) {
    return http::KeptReply{
        .status = static_cast<int>(row.integer(1)), .body = row.text(2), .etag = row.text(3), .location = row.text(4)};
  }
  // Releases before this one took the key first and came back with the reply. One of them may be at work beside us.
  if (row.integer(5) >= clock_.now() - kAbandonedAfter) return fail(ErrorCode::conflict, "idempotency.in-progress");
  return std::nullopt;
}

// The keys are not read inside the transaction: PostgreSQL would take the creations of different people, whose keys lie
// on one page of the index, for being in each other's way.
Result<std::optional<http::KeptReply>> DatabaseIdempotencyStore::run_once(
    const std::string& user_id, std::string_view key, std::string_view fingerprint,
    const std::function<Result<http::KeptReply>()>& work) {
  TRY(auto before, find(user_id, key, fingerprint));
  if (before) return before;
  auto done = db_.together([&](Transaction& tx) -> Result<void> {
    TRY(const http::KeptReply reply, work());
    // While another transaction does the same, this waits for its end.
    TRY(const Rows kept, tx.run(sql::keep_reply, user_id, key, fingerprint, reply.status, reply.body, reply.etag,
                                reply.location, clock_.now()));
    if (kept.empty()) return fail(ErrorCode::conflict, "idempotency.in-progress");
    return {};
  });
  if (done) return std::nullopt;
  // Perhaps it was refused because the same request came first, and took the last free place.
  TRY(before, find(user_id, key, fingerprint));
  if (before) return before;
  return std::unexpected(std::move(done).error());
}

Result<void> DatabaseIdempotencyStore::sweep() {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::forget_old_keys, clock_.now() - kKeptFor));
    return {};
  });
}

} // namespace mv
