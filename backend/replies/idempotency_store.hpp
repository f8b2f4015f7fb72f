#pragma once

// What creations answered, kept for a day under the key that the client chose, so that a request which is sent again
// after a lost answer creates nothing a second time.

#include "backend/http/router.hpp"
#include "backend/replies/joining_database.hpp"
#include "core/base/clock.hpp"

namespace mv {

/// Safe from every thread. The reply is a row of the transaction that did the work, so that no death of the process can
/// part them; services take part in it when they stand on the same `JoiningDatabase`.
class DatabaseIdempotencyStore final : public http::IdempotencyStore {
public:
  DatabaseIdempotencyStore(JoiningDatabase& db, const Clock& clock) : db_(db), clock_(clock) {}

  Result<std::optional<http::KeptReply>> run_once(const std::string& user_id, std::string_view key,
                                                  std::string_view fingerprint,
                                                  const std::function<Result<http::KeptReply>()>& work) override;

  /// Forgets replies older than a day. Run by a job.
  [[nodiscard]] Result<void> sweep();

private:
  /// The reply under the key; nothing where the work is to be done.
  Result<std::optional<http::KeptReply>> find(const std::string& user_id, std::string_view key,
                                              std::string_view fingerprint);

  JoiningDatabase& db_;
  const Clock& clock_;
};

} // namespace mv
