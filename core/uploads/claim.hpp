#pragma once

// The right to write to one upload: of all processes that share the database one has it, for as long as it gives signs
// of life. Inside this folder only.

#include <memory>
#include <string>
#include <thread>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"

namespace mv::uploads {

/// Renewed by a thread of its own until it goes, and given back then. `db` and `clock` must outlive it.
class UploadClaim {
public:
  /// Null while another writer has it; with `force` it is taken from them. `not_found` (`upload.not-found`) when there
  /// is no such upload.
  [[nodiscard]] static Result<std::unique_ptr<UploadClaim>> take(Database& db, const Clock& clock,
                                                                 const std::string& upload_id, bool force = false);
  ~UploadClaim();
  UploadClaim(const UploadClaim&) = delete;
  UploadClaim& operator=(const UploadClaim&) = delete;

  /// What a write to the upload must name, so that one that lost the claim writes nothing.
  [[nodiscard]] const std::string& writer() const { return writer_; }

private:
  UploadClaim(Database& db, const Clock& clock, std::string upload_id, std::string writer);
  void renew(const std::stop_token& stop);

  Database& db_;
  const Clock& clock_;
  std::string upload_id_;
  std::string writer_;
  std::jthread renewing_; // last: it uses all the rest
};

} // namespace mv::uploads
