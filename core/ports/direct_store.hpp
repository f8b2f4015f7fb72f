#pragma once

// The DirectStore port: a store to which clients may be sent for a blob, so that its bytes need not pass through us.
// Adapters: core/adapters/s3.

#include <string>

#include "core/base/clock.hpp"
#include "core/ports/blob_store.hpp"

namespace mv {

/// What the store is to say of the bytes; "" leaves a header to it.
struct DirectReply {
  std::string content_type;
  std::string disposition; ///< Content-Disposition.
  std::string cache_control;
};

/// Safe from every thread.
class DirectStore {
public:
  virtual ~DirectStore() = default;
  /// An address at which whoever has it may read the blob for `lasts` milliseconds, in whole or by ranges.
  [[nodiscard]] virtual std::string read_address(const BlobKey& key, TimeMs lasts, const DirectReply& reply) const = 0;
};

} // namespace mv
