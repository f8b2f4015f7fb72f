#pragma once

// Resumable uploads, tus 1.0.0 (https://tus.io/protocols/resumable-upload) without its HTTP: creation, chunks with
// checksums, termination, expiration. An offset is told only once its bytes are synced to disk. Safe from every
// thread; one upload takes one writer at a time.

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"
#include "core/uploads/intake.hpp"

namespace mv::uploads {

struct UploadLimits {
  std::int64_t max_bytes = std::int64_t{64} << 30; ///< Of one file.
  TimeMs keep_for = 7 * kDay;                      ///< After the last chunk.
  std::int64_t max_unfinished = 1000;              ///< Of one person.
};

/// What an upload is at the moment.
struct UploadState {
  std::string id;
  std::int64_t length = 0;
  std::int64_t received = 0;
  TimeMs expires_at = 0;
  std::string memory_id; ///< Set once the memory exists.
  std::string media_id;
  bool duplicate = false;
};

/// A checksum that a client sent along with a chunk.
struct Checksum {
  std::string algorithm; ///< `sha1` or `sha256`.
  std::string hex;       ///< Lower case.
};

/// Decoded `Upload-Metadata`: filename, filetype, sha256, sha1, spaceId, collectionId and what else a client sends.
using UploadMetadata = std::map<std::string, std::string>;

class UploadService {
public:
  UploadService(Database& db, ContentStore& contents, Intake& intake, const Clock& clock, UploadLimits limits);
  ~UploadService();
  UploadService(const UploadService&) = delete;
  UploadService& operator=(const UploadService&) = delete;

  /// With a `sha256` that the space knows, the upload is finished at once and no byte needs to be sent.
  [[nodiscard]] Result<UploadState> create(const std::string& user_id, std::int64_t length,
                                           const UploadMetadata& metadata);
  /// `not_found` (`upload.not-found`) also for another person's; `gone` (`upload.expired`).
  [[nodiscard]] Result<UploadState> find(const std::string& user_id, const std::string& id);
  /// Takes a chunk; the last one makes the memory. `conflict` for a wrong offset or a second writer,
  /// `checksum_mismatch` with nothing kept, `too_large` for bytes past the length.
  [[nodiscard]] Result<UploadState> append(const std::string& user_id, const std::string& id, std::int64_t offset,
                                           std::string_view bytes, const std::optional<Checksum>& checksum);
  [[nodiscard]] Result<void> terminate(const std::string& user_id, const std::string& id);

  /// At start, before requests come: finishes what had arrived whole, and removes files without an upload. What other
  /// processes on the same database are busy with is left to them; what they left behind is taken for that after a day.
  [[nodiscard]] Result<void> recover();
  /// Removes what expired. Run by a job; gives how many went.
  [[nodiscard]] Result<std::int64_t> sweep();

  [[nodiscard]] const UploadLimits& limits() const { return limits_; }

private:
  struct Record;
  struct Running;
  class Claim;

  [[nodiscard]] Result<Record> load(Transaction& tx, const std::string& id);
  [[nodiscard]] Result<Record> load_own(const std::string& user_id, const std::string& id);
  [[nodiscard]] Result<UploadState> finish(Record record);
  [[nodiscard]] Result<BlobInfo> whole_content(const std::string& id, std::int64_t length);
  [[nodiscard]] Result<BlobInfo> stored_content(const std::string& id, std::int64_t length);
  [[nodiscard]] Result<void> drop(const std::string& id);
  [[nodiscard]] Result<std::optional<Claim>> claim(const std::string& id);
  [[nodiscard]] std::filesystem::path part_path(const std::string& id) const;

  Database& db_;
  ContentStore& contents_;
  Intake& intake_;
  const Clock& clock_;
  UploadLimits limits_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Running>> running_; ///< Hashes of uploads under way; dropped when too many.
};

} // namespace mv::uploads
