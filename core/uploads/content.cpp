#include "core/uploads/content.hpp"

#include "core/uploads/sql.hpp"

namespace mv::uploads {

namespace {

std::string sharded(std::string_view root, const std::string& sha256) {
  return std::string(root) + '/' + sha256.substr(0, 2) + '/' + sha256.substr(2, 2) + '/' + sha256;
}

} // namespace

BlobKey original_key(const std::string& sha256) { return sharded("originals", sha256); }

BlobKey preview_key(const std::string& sha256, int size) {
  return sharded("derived", sha256) + '/' + std::to_string(size) + ".webp";
}

Result<void> ContentStore::expect(const std::string& pending_id, const std::string& sha256) {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::insert_pending_blob, pending_id, sha256, clock_.now(), owner_));
    return {};
  });
}

Result<bool> ContentStore::settle(Transaction& tx, const std::string& pending_id) {
  TRY(const Rows rows, tx.run(sql::delete_pending_blob, pending_id));
  return !rows.empty();
}

Result<void> ContentStore::remove_in(Transaction& tx, const std::string& sha256, const std::string& pending_id) {
  // First of all, as what is read after it is then as new as the lock.
  TRY_OK(tx.run(sql::hold_pending_blobs));
  TRY(const Rows users, tx.run(sql::content_in_use, sha256, pending_id));
  if (!users.empty()) return {};
  // The files go inside the transaction that holds the list, so that nobody can begin to expect the same content
  // meanwhile.
  TRY_OK(blobs_.remove(original_key(sha256)));
  for (const int size : {256, 1080, 2048})
    TRY_OK(blobs_.remove(preview_key(sha256, size)));
  return {};
}

Result<void> ContentStore::abandon(const std::string& pending_id, const std::string& sha256) {
  return db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(remove_in(tx, sha256, pending_id));
    TRY_OK(settle(tx, pending_id));
    return {};
  });
}

Result<void> ContentStore::remove_unused(const std::string& sha256) {
  return db_.transaction([&](Transaction& tx) { return remove_in(tx, sha256, ""); });
}

Result<void> ContentStore::recover(const std::optional<std::string>& owner, TimeMs before, const Resume& resume) {
  constexpr int kBatch = 100;
  std::string after;
  for (;;) {
    TRY(const Rows rows,
        db_.read([&](Transaction& tx) { return tx.run(sql::list_pending_blobs, after, owner, before, kBatch); }));
    for (const Row& row : rows) {
      after = row.text(0);
      if (!resume(after)) TRY_OK(abandon(after, row.text(1)));
    }
    if (rows.size() < kBatch) return {};
  }
}

} // namespace mv::uploads
