#pragma once

// The BlobStore port: bytes under a key. Adapters: core/adapters/folder, core/adapters/s3.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace mv {

/// Keys are `[a-z0-9._-]` segments joined by `/`, never starting with a dot, at most 200 characters; anything
/// else is refused as `blob.bad-key`. Layout of ours: `originals/ab/cd/SHA256` and `derived/ab/cd/SHA256/256.webp`.
using BlobKey = std::string;

/// Whether `key` keeps to these rules.
[[nodiscard]] bool is_blob_key(std::string_view key);

/// What a finished write was.
struct BlobInfo {
  std::int64_t bytes = 0;
  std::string sha256; ///< 64 lower-case hex digits.
  std::string sha1;   ///< 40 lower-case hex digits.
};

/// One blob being written. Not visible under any key until `commit`; dropped unseen when destroyed before.
/// Used by one thread at a time.
class BlobWriter {
public:
  virtual ~BlobWriter() = default;
  [[nodiscard]] virtual Result<void> write(std::span<const std::byte> bytes) = 0;
  /// Ends the writing and tells size and hashes; call it before `commit`, whose key may depend on them.
  [[nodiscard]] virtual Result<BlobInfo> finish() = 0;
  /// Durable (file and folder synced) and visible under `key` when it returns. An existing blob with that key is
  /// kept when it has the same size and replaced otherwise.
  [[nodiscard]] virtual Result<void> commit(const BlobKey& key) = 0;
};

/// One entry of a listing.
struct BlobEntry {
  BlobKey key;
  std::int64_t bytes = 0;
  std::int64_t modified_ms = 0; ///< UTC milliseconds since the Unix epoch.
};

/// Safe from every thread.
class BlobStore {
public:
  virtual ~BlobStore() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<BlobWriter>> create() = 0;
  /// Takes over a finished local file (moved where the store can, copied else), durably. `path` is gone afterwards.
  [[nodiscard]] virtual Result<void> adopt(const std::filesystem::path& path, const BlobKey& key) = 0;
  /// Up to `length` bytes from `offset`; `not_found` with `blob.not-found` when there is none.
  [[nodiscard]] virtual Result<std::string> read(const BlobKey& key, std::int64_t offset, std::int64_t length) = 0;
  /// The whole blob into a new local file; `not_found` with `blob.not-found`, and no file, when there is none.
  [[nodiscard]] virtual Result<void> fetch(const BlobKey& key, const std::filesystem::path& to) = 0;
  /// Size in bytes; nothing when there is no such blob.
  [[nodiscard]] virtual Result<std::optional<std::int64_t>> size(const BlobKey& key) = 0;
  /// Removing what is not there succeeds.
  [[nodiscard]] virtual Result<void> remove(const BlobKey& key) = 0;
  /// Calls `visit` for each blob below `prefix` in key order, until it returns false. Streams: never holds the list.
  [[nodiscard]] virtual Result<void> list(std::string_view prefix,
                                          const std::function<bool(const BlobEntry&)>& visit) = 0;
  /// Where the bytes lie as a local file, for sendfile and decoders; nothing where the store has no files.
  [[nodiscard]] virtual std::optional<std::filesystem::path> local_path(const BlobKey& key) const = 0;
  /// Folder on the same file system as the store for unfinished uploads, so that `adopt` can rename.
  [[nodiscard]] virtual std::filesystem::path scratch() const = 0;
};

} // namespace mv
