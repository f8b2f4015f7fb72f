#pragma once

// Replies that are given again for as long as nothing changes that their reader may see. Whether it has is asked of the
// database each time, so that nothing needs to be taken back when it does, and nobody is believed but the database:
// see docs/decisions/0017-known-by-the-last-event.md.

#include "backend/http/router.hpp"
#include "backend/replies/joining_database.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/cache.hpp"

namespace mv {

/// Safe from every thread. Services that make the replies must stand on the same `JoiningDatabase`. Metrics:
/// `memoryverse_kept_replies_total{outcome}` with `found` and `made`.
class DatabaseReplyCache final : public http::ReplyCache {
public:
  /// `program` names the release: another one may answer otherwise from the same rows. The references must outlive it.
  DatabaseReplyCache(JoiningDatabase& db, Cache& cache, std::string program, Metrics& metrics);

  Result<std::shared_ptr<const std::string>> find_or_make(const std::string& user_id, std::string_view asked,
                                                          const std::function<Result<void>()>& make,
                                                          const std::function<std::string()>& pack) override;

private:
  JoiningDatabase& db_;
  Cache& cache_;
  std::string program_;
  Counter& found_;
  Counter& made_;
};

} // namespace mv
