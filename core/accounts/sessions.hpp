#pragma once

// Sessions: one for each device that is signed in. A session is a family of tokens: short-lived access tokens, and
// refresh tokens of which each works once and is followed by the next. A refresh token that comes a second time was
// stolen, or its thief came first; nobody can tell which, so the whole session ends. There is no grace period: two
// tabs of one browser must take turns (the web client holds a Web Lock while it refreshes), and a client that lost
// the answer signs in again.
//
// Tokens are opaque, 32 random bytes, and stored as SHA-256. Looking one up is one read by primary key, or none where
// recent looks are kept. Either way an ended session is refused from the next request on, in every process.

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/accounts/identity.hpp"
#include "core/accounts/recent_sessions.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/contracts/accounts.hpp"
#include "core/ports/database.hpp"

namespace mv::accounts {

/// Type of the event, to the person alone, that a session is over; `data` is `{"sessionId": …}`.
inline constexpr std::string_view kSessionEnded = "session.ended";

/// Type of the event, to the person alone, that their own account says something else now.
inline constexpr std::string_view kAccountChanged = "account.changed";

struct SessionTimes {
  TimeMs access = 15 * kMinute;
  TimeMs refresh = 60 * kDay; ///< From the last refresh on.
};

/// Devices of one person; the longest unused one makes room.
inline constexpr std::int64_t kMaxSessions = 100;

/// A fresh pair, told to the client once and never again.
struct IssuedTokens {
  std::string user_id;
  std::string session_id;
  std::string access_token;
  std::string refresh_token;
  TimeMs access_expires_at = 0;
};

/// Safe from every thread.
class Sessions {
public:
  /// The references must outlive it, and `recent`, where recent looks are kept.
  Sessions(Database& db, const Clock& clock, SessionTimes times, RecentSessions* recent = nullptr)
      : db_(db), clock_(clock), times_(times), recent_(recent) {}

  [[nodiscard]] const SessionTimes& times() const { return times_; }

  /// A new session; joins the transaction that decided on it.
  [[nodiscard]] Result<IssuedTokens> start(Transaction& tx, std::string_view user_id, const Device& device);

  /// `auth.token-invalid` for an unknown token or one of an ended session, `auth.token-expired`, and
  /// `auth.token-replayed` for a spent one, whose session is ended by then. All `unauthenticated`.
  [[nodiscard]] Result<IssuedTokens> refresh(std::string_view refresh_token, const Device& device);

  /// Whose access token it is: `auth.token-invalid` or `auth.token-expired` (unauthenticated).
  [[nodiscard]] Result<Identity> authenticate(std::string_view access_token);

  /// False once it ended or ran out: for connections that outlive their access token.
  [[nodiscard]] Result<bool> is_alive(std::string_view session_id);

  [[nodiscard]] Result<Items<SessionInfo>> list(const Identity& who);
  /// `session.not-found` for another person's.
  [[nodiscard]] Result<void> end(std::string_view user_id, std::string_view session_id);
  /// For signing out with nothing but the refresh token; an unknown one is no error.
  [[nodiscard]] Result<void> end_by_refresh_token(std::string_view refresh_token);
  /// Joins the caller's transaction.
  [[nodiscard]] Result<void> end_others(Transaction& tx, std::string_view user_id, std::string_view kept_session_id);

  /// Forgets what ran out: the work of the job `sessions.sweep`. Run it every hour or so.
  [[nodiscard]] Result<void> sweep();

private:
  struct TokenPair;
  [[nodiscard]] Result<TokenPair> issue(Transaction& tx, std::string_view session_id, TimeMs now);
  [[nodiscard]] Result<void> announce_end(Transaction& tx, std::string_view user_id, std::string_view session_id);
  void touch(std::string_view session_id, TimeMs now);
  /// Where a session is gone already: whoever ended it may have died before they told anybody.
  void forget_recent();

  Database& db_;
  const Clock& clock_;
  SessionTimes times_;
  RecentSessions* recent_;
  std::mutex touching_;
};

} // namespace mv::accounts
