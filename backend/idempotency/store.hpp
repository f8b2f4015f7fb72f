#pragma once

// What creations answered, kept for a day under the key that the client chose, so that a request which is sent again
// after a lost answer creates nothing a second time.

#include "backend/http/router.hpp"
#include "core/base/clock.hpp"
#include "core/ports/database.hpp"

namespace mv {

/// Safe from every thread. A request that dies between its work and its answer leaves its key taken for a minute; after
/// that the key may be tried again.
class DatabaseIdempotencyStore final : public http::IdempotencyStore {
public:
  DatabaseIdempotencyStore(Database& db, const Clock& clock) : db_(db), clock_(clock) {}

  Result<std::optional<http::KeptReply>> begin(const std::string& user_id, std::string_view key,
                                               std::string_view fingerprint) override;
  void finish(const std::string& user_id, std::string_view key, const http::KeptReply& reply) override;
  void abandon(const std::string& user_id, std::string_view key) override;

  /// Forgets replies older than a day. Run by a job.
  [[nodiscard]] Result<void> sweep();

private:
  Database& db_;
  const Clock& clock_;
};

} // namespace mv
