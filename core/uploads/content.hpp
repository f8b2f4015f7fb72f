#pragma once

// Where files lie in the BlobStore, and that none lies there that nobody refers to. A blob is journaled in
// `pending_blobs` before it is stored, and the journal entry goes in the transaction that refers to it; so whatever a
// crash leaves behind is known by the next start. Safe from every thread.

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/base/clock.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/database.hpp"

namespace mv::uploads {

/// `originals/ab/cd/SHA256`.
[[nodiscard]] BlobKey original_key(const std::string& sha256);
/// `derived/ab/cd/SHA256/1080.webp`; `size` is 256, 1080 or 2048.
[[nodiscard]] BlobKey preview_key(const std::string& sha256, int size);

class ContentStore {
public:
  /// `owner` is the same at each start and no other process's: what it expected is taken back at the next one.
  ContentStore(Database& db, BlobStore& blobs, const Clock& clock, std::string owner = {})
      : db_(db), blobs_(blobs), clock_(clock), owner_(std::move(owner)) {}

  [[nodiscard]] BlobStore& blobs() { return blobs_; }

  /// Announces content before it is stored, under an id of the caller's.
  [[nodiscard]] Result<void> expect(const std::string& pending_id, const std::string& sha256);
  /// In the transaction that refers to the content: it is expected no longer. False when nobody expected it under this
  /// id, as another process took this one for dead and may have removed the blob.
  [[nodiscard]] static Result<bool> settle(Transaction& tx, const std::string& pending_id);
  /// The content will not be referred to: forgets it, and removes the blob unless somebody else refers to or expects
  /// it.
  [[nodiscard]] Result<void> abandon(const std::string& pending_id, const std::string& sha256);
  /// Removes original and previews unless somebody refers to them. Idempotent: the handler of `content.remove`.
  [[nodiscard]] Result<void> remove_unused(const std::string& sha256);
  using Resume = std::function<bool(const std::string& pending_id)>;
  /// At start, before anything is expected: what this owner still expects from an earlier life, and anybody since
  /// before that time. `resume` may take one over by returning true.
  [[nodiscard]] Result<void> recover(TimeMs before, const Resume& resume) { return recover(owner_, before, resume); }
  /// At any time: only what anybody expects since before that time.
  [[nodiscard]] Result<void> recover_old(TimeMs before, const Resume& resume) {
    return recover(std::nullopt, before, resume);
  }

private:
  /// A batch at a time. NULL is nobody.
  [[nodiscard]] Result<void> recover(const std::optional<std::string>& owner, TimeMs before, const Resume& resume);
  [[nodiscard]] Result<void> remove_in(Transaction& tx, const std::string& sha256, const std::string& pending_id);

  Database& db_;
  BlobStore& blobs_;
  const Clock& clock_;
  const std::string owner_;
};

} // namespace mv::uploads
