#pragma once

// Whose access tokens are, kept for seconds, so that a database that many processes share is not asked at each request.
// All that is kept is of one version, which changes with the end of any session: what was kept until then is not
// believed any more, by any process. See docs/decisions/0014-sessions-of-one-version.md.

#include <optional>
#include <string>
#include <string_view>

#include "core/accounts/identity.hpp"
#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/cache.hpp"
#include "core/ports/shared_version.hpp"

namespace mv::accounts {

/// So long the word of a process that was cut off from the others may be old.
inline constexpr TimeMs kRecentLasts = 10 * kSecond;

/// Safe from every thread. Metrics: `memoryverse_session_looks_total{outcome}` with `kept` and `asked`.
class RecentSessions {
public:
  /// The references must outlive it.
  RecentSessions(SharedVersion& version, Cache& cache, const Clock& clock, Metrics& metrics);

  /// What is known of a token, and where an answer of the database would be kept.
  struct Look {
    std::optional<Identity> identity; ///< Whose it is, if that is kept.
    std::string place;                ///< "" where nothing can be kept now.
    TimeMs at = 0;                    ///< When it was looked.
  };
  /// `token_hash`: SHA-256 of the token, hex. Call it before the database is asked.
  [[nodiscard]] Look find(std::string_view token_hash);
  /// What the database said after `look`; `until` is when the token or its session runs out.
  void keep(const Look& look, const Identity& identity, TimeMs until);

  /// After the commit by which a session ended or an identity changed, and before anybody is told of it.
  void forget_all() { version_.change(); }

private:
  SharedVersion& version_;
  Cache& cache_;
  const Clock& clock_;
  Counter& kept_;
  Counter& asked_;
};

} // namespace mv::accounts
