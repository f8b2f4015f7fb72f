#include "core/uploads/claim.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/uploads/sql.hpp"

namespace mv::uploads {

namespace {

/// How long an upload is its writer's without a sign of life.
constexpr TimeMs kClaimLasts = 30 * kSecond;
constexpr auto kRenewEvery = std::chrono::seconds(10);

} // namespace

Result<std::unique_ptr<UploadClaim>> UploadClaim::take(Database& db, const Clock& clock, const std::string& upload_id,
                                                       bool force) {
  std::string writer = new_id();
  const TimeMs now = clock.now();
  const auto mine = db.transaction([&](Transaction& tx) -> Result<bool> {
    TRY(const Rows taken, tx.run(sql::claim_upload, upload_id, writer, now + kClaimLasts, force ? INT64_MAX : now));
    if (!taken.empty()) return true;
    TRY(const Rows upload, tx.run(sql::find_upload, upload_id));
    if (upload.empty()) return fail(ErrorCode::not_found, "upload.not-found");
    return false;
  });
  if (!mine) return std::unexpected(mine.error());
  if (!*mine) return nullptr;
  return std::unique_ptr<UploadClaim>(new UploadClaim(db, clock, upload_id, std::move(writer)));
}

UploadClaim::UploadClaim(Database& db, const Clock& clock, std::string upload_id, std::string writer)
    : db_(db),
      clock_(clock),
      upload_id_(std::move(upload_id)),
      writer_(std::move(writer)),
      renewing_([this](const std::stop_token& stop) { renew(stop); }) {}

UploadClaim::~UploadClaim() {
  renewing_.request_stop();
  renewing_.join();
  const auto released = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::release_upload, upload_id_, writer_));
    return {};
  });
  if (!released) log_warning("an upload stays claimed for a while", {{"reason", released.error()}});
}

void UploadClaim::renew(const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  while (!never.wait_for(lock, stop, kRenewEvery, [] { return false; }) && !stop.stop_requested()) {
    const auto renewed = db_.transaction(
        [&](Transaction& tx) { return tx.run(sql::renew_upload, upload_id_, writer_, clock_.now() + kClaimLasts); });
    // Whoever took it over is found out when the chunk is acknowledged.
    if (!renewed || renewed->empty()) log_warning("an upload's claim was not renewed", {{"upload", upload_id_}});
  }
}

} // namespace mv::uploads
