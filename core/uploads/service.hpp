#pragma once

// Resumable uploads, tus 1.0.0 (https://tus.io/protocols/resumable-upload) without its HTTP: creation, chunks with
// checksums, termination, expiration. An offset is told only once its bytes are durable. Safe from every thread; one
// upload takes one writer at a time, in all processes that share the database.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"
#include "core/ports/upload_store.hpp"
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
  UploadService(Database& db, ContentStore& contents, UploadStore& store, Intake& intake, const Clock& clock,
                UploadLimits limits)
      : db_(db), contents_(contents), store_(store), intake_(intake), clock_(clock), limits_(limits) {}

  /// With a `sha256` that the space knows, the upload is finished at once and no byte needs to be sent.
  [[nodiscard]] Result<UploadState> create(const std::string& user_id, std::int64_t length,
                                           const UploadMetadata& metadata);
  /// `not_found` (`upload.not-found`) also for another person's; `gone` (`upload.expired`).
  [[nodiscard]] Result<UploadState> find(const std::string& user_id, const std::string& id);
  /// Takes a chunk; the last one makes the memory. `conflict` for a wrong offset or a second writer,
  /// `checksum_mismatch` with nothing kept, `too_large` for bytes past the length.
  [[nodiscard]] Result<UploadState> append(const std::string& user_id, const std::string& id, std::int64_t offset,
                                           std::string_view bytes, const std::optional<Checksum>& checksum);
  /// Begins an upload whose bytes the client puts into the store itself: its id, where the pieces go, and until when.
  /// The metadata must hold the `sha256`. `forbidden` (`upload.not-direct`) where the store takes no clients. Of
  /// content that the space knows the state comes back finished, and no pieces.
  struct Direct {
    UploadState state;
    std::vector<DirectPiece> pieces;
  };
  [[nodiscard]] Result<Direct> begin_direct(const std::string& user_id, std::int64_t length,
                                            const UploadMetadata& metadata);
  /// Addresses anew, when the first ones have run out.
  [[nodiscard]] Result<Direct> continue_direct(const std::string& user_id, const std::string& id);
  /// Reads what the client has put, compares size and SHA-256, and only then makes the memory. Once it is finished, it
  /// answers the same again.
  [[nodiscard]] Result<UploadState> complete_direct(const std::string& user_id, const std::string& id);
  [[nodiscard]] Result<void> terminate(const std::string& user_id, const std::string& id);

  /// Finishes what had arrived whole, and removes what no upload refers to. At start, before requests come, with
  /// `alone` where no other process shares the database: then all that is unfinished was left by one that died. Else
  /// what other processes are busy with is left to them, and what they left behind is taken for that after a day.
  [[nodiscard]] Result<void> recover(bool alone);
  /// The same for a job that runs while this process takes uploads: what it expects itself is left alone as well.
  [[nodiscard]] Result<void> recover_old();
  /// Removes what expired. Run by a job; gives how many went.
  [[nodiscard]] Result<std::int64_t> sweep();

  [[nodiscard]] const UploadLimits& limits() const { return limits_; }

private:
  struct Record;

  [[nodiscard]] Result<Record> load(Transaction& tx, const std::string& id);
  [[nodiscard]] Result<Record> load_own(const std::string& user_id, const std::string& id);
  [[nodiscard]] Result<UploadState> finish(Record record);
  [[nodiscard]] Result<BlobInfo> whole_content(const Record& record);
  [[nodiscard]] Result<BlobInfo> stored_content(const std::string& id, std::int64_t length);
  [[nodiscard]] Result<std::string> head_of(const std::string& id, const BlobKey& key);
  [[nodiscard]] Result<void> drop(const std::string& id);
  [[nodiscard]] Result<void> resume_unfinished();
  [[nodiscard]] Result<void> sweep_store();       ///< Removes the bytes that belong to no unfinished upload.
  bool resume(const std::string& id, bool force); ///< Whether it is finished now; false where somebody else is at it.

  Database& db_;
  ContentStore& contents_;
  UploadStore& store_;
  Intake& intake_;
  const Clock& clock_;
  UploadLimits limits_;
};

} // namespace mv::uploads
