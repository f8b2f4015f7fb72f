#pragma once

// A file becomes a memory: the one way in, for every kind of upload. Safe from every thread.

#include <functional>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/contracts/memories.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/database.hpp"
#include "core/ports/job_queue.hpp"
#include "core/uploads/content.hpp"

namespace mv::uploads {

/// A file that has arrived whole.
struct IncomingFile {
  BlobInfo content;
  std::string head;      ///< Its first bytes, up to media::kSniffBytes.
  std::string file_name; ///< As the client called it: untrusted, any bytes.
  std::optional<std::string> space_id;
  std::optional<std::string> collection_id;
  std::string pending_id; ///< Journal id; that of the upload where there is one.
  /// Puts the bytes under the key, durably. Called once, only when the content is not known yet.
  std::function<Result<void>(const BlobKey&)> store;
  /// Runs in the transaction that makes the memory (or finds the duplicate). May be empty.
  std::function<Result<void>(Transaction&, const std::string& memory_id, const std::string& media_id, bool duplicate)>
      also;
};

class Intake {
public:
  Intake(Database& db, ContentStore& contents, JobQueue& jobs, const Clock& clock, Metrics& metrics);

  /// Acknowledged means: bytes and rows are on disk. The same bytes twice in a space are one memory, also when both
  /// arrive at once; the second is answered with the first and `duplicate`.
  [[nodiscard]] Result<Uploaded> receive(const std::string& user_id, const IncomingFile& file);

  /// Whether `user_id` may add to that space or collection; gives the space. Asked before bytes are taken.
  [[nodiscard]] Result<std::string> check_target(const std::string& user_id, const std::optional<std::string>& space_id,
                                                 const std::optional<std::string>& collection_id);
  /// Which of these are known in the space already.
  [[nodiscard]] Result<Items<KnownFile>> check_duplicates(const std::string& user_id, const DuplicateCheck& check);

private:
  [[nodiscard]] Result<std::string> target(Transaction& tx, const std::string& user_id,
                                           const std::optional<std::string>& space_id,
                                           const std::optional<std::string>& collection_id);
  [[nodiscard]] Result<Uploaded> answer(Transaction& tx, const std::string& user_id, const std::string& memory_id,
                                        const std::string& media_id, bool duplicate);
  [[nodiscard]] Result<std::optional<Uploaded>> answer_known(const std::string& user_id, const IncomingFile& file);
  [[nodiscard]] Result<Uploaded> create(const std::string& user_id, const IncomingFile& file);
  [[nodiscard]] Result<Uploaded> take(const std::string& user_id, const IncomingFile& file);

  Database& db_;
  ContentStore& contents_;
  JobQueue& jobs_;
  const Clock& clock_;
  Counter& arrived_;
  Counter& duplicates_;
  Counter& bytes_;
};

/// The last part of a path of any system, without control characters, at most 255 characters; "" becomes "file".
[[nodiscard]] std::string clean_file_name(std::string_view name);

} // namespace mv::uploads
