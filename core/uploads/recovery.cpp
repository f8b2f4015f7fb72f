// What uploads leave behind: those that were cut off when they had all their bytes, bytes that belong to none, and
// those that nobody goes on with.

#include "core/uploads/service.hpp"
#include "core/uploads/sql.hpp"

namespace mv::uploads {

Result<void> UploadService::recover(bool alone) {
  if (alone) {
    TRY_OK(db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(sql::release_all_uploads));
      return {};
    }));
  }
  TRY_OK(resume_unfinished());
  // Whoever expected these was an earlier life of this process, or has not been heard of for a day: a claim of theirs
  // means nothing, and to wait for its end would be to take the content for abandoned.
  TRY_OK(contents_.recover(alone ? INT64_MAX : clock_.now() - kDay,
                           [&](const std::string& id) { return resume(id, true); }));
  return sweep_store();
}

Result<void> UploadService::recover_old() {
  TRY_OK(resume_unfinished());
  TRY_OK(contents_.recover_old(clock_.now() - kDay, [&](const std::string& id) { return resume(id, true); }));
  return sweep_store();
}

Result<void> UploadService::resume_unfinished() {
  std::string after;
  constexpr int kBatch = 100;
  for (;;) {
    TRY(const Rows rows,
        db_.read([&](Transaction& tx) { return tx.run(sql::list_unfinished_uploads, after, kBatch); }));
    for (const Row& row : rows) {
      after = row.text(0);
      resume(after, false);
    }
    if (rows.size() < kBatch) return {};
  }
}

Result<void> UploadService::sweep_store() {
  return store_.sweep([&](const std::string& id) -> Result<bool> {
    TRY(const Rows rows, db_.read([&](Transaction& tx) { return tx.run(sql::find_upload, id); }));
    return !rows.empty() && rows.front().is_null(5);
  });
}

Result<std::int64_t> UploadService::sweep() {
  std::int64_t gone = 0;
  for (;;) {
    TRY(const Rows rows,
        db_.read([&](Transaction& tx) { return tx.run(sql::list_expired_uploads, clock_.now(), 100); }));
    for (const Row& row : rows) {
      TRY_OK(drop(row.text(0)));
      ++gone;
    }
    if (rows.size() < 100) return gone;
  }
}

} // namespace mv::uploads
