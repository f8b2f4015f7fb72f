#pragma once

// BlobStore in a bucket of any S3. An object appears whole or not at all, and the store itself compares its bytes with
// the SHA-256 that we computed. What is written before its key is known lies in pieces below `.uploads/`, which no key
// of a blob can begin with, and is put together when it is committed.

#include <memory>
#include <string_view>

#include "core/adapters/s3/objects.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/direct_store.hpp"

namespace mv::s3 {

/// The key of an error that this machine's clock is to blame for.
inline constexpr std::string_view kWrongClock = "storage.wrong-clock";

class S3BlobStore final : public BlobStore, public DirectStore {
public:
  /// Makes the scratch folder and empties it; asks nothing of the store. `clock` and `metrics` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<S3BlobStore>> open(Settings settings, const Clock& clock,
                                                                 Metrics& metrics);

  /// Whether the bucket can be listed, written and removed from. What is wrong is said in one line of `cause`, with the
  /// setting to mend (`storage.misconfigured`, or `storage.unreachable`). For the start.
  [[nodiscard]] Result<void> check();
  /// Whether it answers at all, and takes our time for its own (else `kWrongClock`). For `/health/ready`.
  [[nodiscard]] Result<void> ping();
  /// Removes what writers that died left more than a day ago. Run by a job.
  [[nodiscard]] Result<void> sweep();

  [[nodiscard]] Result<std::unique_ptr<BlobWriter>> create() override;
  [[nodiscard]] Result<void> adopt(const std::filesystem::path& path, const BlobKey& key) override;
  [[nodiscard]] Result<std::string> read(const BlobKey& key, std::int64_t offset, std::int64_t length) override;
  [[nodiscard]] Result<void> fetch(const BlobKey& key, const std::filesystem::path& to) override;
  [[nodiscard]] Result<std::optional<std::int64_t>> size(const BlobKey& key) override;
  [[nodiscard]] Result<void> remove(const BlobKey& key) override;
  [[nodiscard]] Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit) override;
  [[nodiscard]] std::optional<std::filesystem::path> local_path(const BlobKey& key) const override;
  [[nodiscard]] std::filesystem::path scratch() const override { return client_.settings().scratch; }

  [[nodiscard]] std::string read_address(const BlobKey& key, TimeMs lasts, const DirectReply& reply) const override;

  /// Puts it under `key` unless a blob of the same size lies there.
  [[nodiscard]] Result<void> put(const BlobKey& key, const Payload& payload);
  [[nodiscard]] Objects& objects() { return objects_; }

private:
  S3BlobStore(Settings settings, const Clock& clock, Metrics& metrics);

  Client client_;
  Objects objects_;
};

} // namespace mv::s3
