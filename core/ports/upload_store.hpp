#pragma once

// The UploadStore port: the bytes of uploads that are not whole yet. Adapters: core/uploads/local_upload_store, for
// stores with a local folder, and core/adapters/s3, for processes that may end and never come back.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/database.hpp"

namespace mv {

/// What a store must write in the transaction that acknowledges a chunk. May be empty.
using Acknowledge = std::function<Result<void>(Transaction&)>;

/// A piece that a client puts into the store itself.
struct DirectPiece {
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
  std::string address; ///< For one PUT of exactly these bytes.
};

/// Safe from every thread; of one upload at most one call runs at a time, in all processes together.
class UploadStore {
public:
  virtual ~UploadStore() = default;
  /// Makes room for an upload, before its row is written.
  [[nodiscard]] virtual Result<void> create(const std::string& id) = 0;
  /// Durable when it returns, but not part of the upload until what it gives back is committed. What an earlier call
  /// left past `offset` without being acknowledged is forgotten. `gone` with `upload.expired` when nothing is known of
  /// the upload.
  [[nodiscard]] virtual Result<Acknowledge> append(const std::string& id, std::int64_t offset,
                                                   std::string_view bytes) = 0;
  /// Up to `length` of the acknowledged bytes; fewer when it likes, none at the end. `gone` when they are not there
  /// any more, since `store` has moved them.
  [[nodiscard]] virtual Result<std::string> read(const std::string& id, std::int64_t offset, std::int64_t length) = 0;
  /// Makes a blob of the whole upload, whose bytes are `content`; durable and visible when it returns. Called again
  /// after a crash, it finds its work done.
  [[nodiscard]] virtual Result<void> store(const std::string& id, const BlobInfo& content, const BlobKey& key) = 0;
  /// Where a client may put the pieces of a whole upload of `length` bytes, for `lasts` milliseconds; none where the
  /// store takes no clients.
  [[nodiscard]] virtual std::vector<DirectPiece> direct_pieces(const std::string& id, std::int64_t length,
                                                               TimeMs lasts) = 0;
  /// Whether all of those pieces are there, each of its size; gives what makes them the upload. `conflict` with
  /// `upload.incomplete` when one is not.
  [[nodiscard]] virtual Result<Acknowledge> collect(const std::string& id, std::int64_t length) = 0;
  /// Forgets the bytes. What cannot be removed now is left to `sweep`.
  virtual void remove(const std::string& id) = 0;
  /// Removes the bytes of every upload that `wanted` does not know, and what other writers left behind.
  [[nodiscard]] virtual Result<void> sweep(const std::function<Result<bool>(const std::string& id)>& wanted) = 0;
};

} // namespace mv
