#include "core/accounts/sessions.hpp"

#include <format>
#include <optional>
#include <tuple>
#include <utility>

#include "core/accounts/sql.hpp"
#include "core/base/encoding.hpp"
#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/base/iso_time.hpp"
#include "core/base/random.hpp"
#include "core/events/outbox.hpp"

namespace mv::accounts {
namespace {

// Prefixes tell people and secret scanners what they have found.
constexpr std::string_view kAccessPrefix = "mva_";
constexpr std::string_view kRefreshPrefix = "mvr_";
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLength = 4 + 43;

constexpr std::size_t kMaxUserAgent = 300;
constexpr TimeMs kTouchEvery = kMinute;
constexpr std::int64_t kSweepAtOnce = 1000;

/// Sixteen kilobytes of nonsense are refused before they cost a hash.
bool looks_like(std::string_view token, std::string_view prefix) {
  return token.size() == kTokenLength && token.starts_with(prefix);
}

/// Browsers send what they like; the database takes UTF-8 without NUL.
std::string kept_user_agent(std::string_view sent) {
  std::string kept = repair_utf8(sent.substr(0, kMaxUserAgent));
  std::erase_if(kept, [](char c) { return c >= 0 && c < 0x20; });
  return kept;
}

std::unexpected<Error> refuse(std::string_view key) { return fail(ErrorCode::unauthenticated, key); }

} // namespace

struct Sessions::TokenPair {
  std::string access;
  std::string refresh;
};

Result<Sessions::TokenPair> Sessions::issue(Transaction& tx, std::string_view session_id, TimeMs now) {
  TokenPair pair{.access = std::string(kAccessPrefix) + random_token(kTokenBytes),
                 .refresh = std::string(kRefreshPrefix) + random_token(kTokenBytes)};
  TRY_OK(tx.run(sql::insert_session_token, sha256_hex(pair.access), session_id, "access", now, now + times_.access));
  TRY_OK(tx.run(sql::insert_session_token, sha256_hex(pair.refresh), session_id, "refresh", now, now + times_.refresh));
  return pair;
}

Result<void> Sessions::announce_end(Transaction& tx, std::string_view user_id, std::string_view session_id) {
  // For those who hold the session's connections open; no client hears of it.
  TRY_OK(events::Outbox(tx).add({.type = std::string(kSessionEnded),
                                 .space_id = "",
                                 .user_id = std::string(user_id),
                                 .at = clock_.now(),
                                 .data = std::format(R"({{"sessionId":"{}"}})", session_id)}));
  return {};
}

Result<IssuedTokens> Sessions::start(Transaction& tx, std::string_view user_id, const Device& device) {
  const TimeMs now = clock_.now();
  const std::string id = new_id();
  TRY_OK(tx.run(sql::insert_session, id, user_id, kept_user_agent(device.user_agent), device.address, now,
                now + times_.refresh));
  TRY(const Rows surplus, tx.run(sql::delete_surplus_sessions, user_id, kMaxSessions));
  for (const Row& row : surplus)
    TRY_OK(announce_end(tx, user_id, row.text(0)));
  TRY(TokenPair pair, issue(tx, id, now));
  return IssuedTokens{.user_id = std::string(user_id),
                      .session_id = id,
                      .access_token = std::move(pair.access),
                      .refresh_token = std::move(pair.refresh),
                      .access_expires_at = now + times_.access};
}

Result<IssuedTokens> Sessions::refresh(std::string_view refresh_token, const Device& device) {
  if (!looks_like(refresh_token, kRefreshPrefix)) return refuse("auth.token-invalid");
  const std::string hash = sha256_hex(refresh_token);

  // A replay commits, since it ends the session; that is why it is no error inside the transaction.
  TRY(std::optional<IssuedTokens> issued, db_.transaction([&](Transaction& tx) -> Result<std::optional<IssuedTokens>> {
    TRY(const Rows rows, tx.run(sql::find_refresh_token, hash));
    if (rows.empty()) return refuse("auth.token-invalid");
    const Row& token = rows.front();
    const std::string& session_id = token.text(0);
    const std::string& user_id = token.text(1);
    const TimeMs now = clock_.now();
    if (token.integer(2) <= now || token.integer(3) <= now) return refuse("auth.token-expired");

    TRY(const Rows spent, tx.run(sql::spend_refresh_token, now, hash));
    if (spent.empty()) {
      TRY_OK(tx.run(sql::delete_session, session_id, user_id));
      TRY_OK(announce_end(tx, user_id, session_id));
      return std::nullopt;
    }
    TRY_OK(tx.run(sql::extend_session, now, now + times_.refresh, kept_user_agent(device.user_agent), device.address,
                  session_id));
    TRY(TokenPair pair, issue(tx, session_id, now));
    return IssuedTokens{.user_id = user_id,
                        .session_id = session_id,
                        .access_token = std::move(pair.access),
                        .refresh_token = std::move(pair.refresh),
                        .access_expires_at = now + times_.access};
  }));
  if (!issued) return refuse("auth.token-replayed");
  return *std::move(issued);
}

Result<Identity> Sessions::authenticate(std::string_view access_token) {
  if (!looks_like(access_token, kAccessPrefix)) return refuse("auth.token-invalid");
  const TimeMs now = clock_.now();
  const std::string hash = sha256_hex(access_token);
  const RecentSessions::Look look = recent_ != nullptr ? recent_->find(hash) : RecentSessions::Look();
  if (look.identity) return *look.identity;
  TRY(const Rows rows, db_.read_one(sql::find_access_token, hash));
  if (rows.empty()) return refuse("auth.token-invalid");
  const Row& row = rows.front();
  if (row.integer(4) <= now || row.integer(5) <= now) return refuse("auth.token-expired");
  if (now - row.integer(6) >= kTouchEvery) touch(row.text(1), now);
  Identity identity{
      .user_id = row.text(0), .session_id = row.text(1), .is_owner = row.integer(2) != 0, .locale = row.text(3)};
  if (recent_ != nullptr) recent_->keep(look, identity, std::min(row.integer(4), row.integer(5)));
  return identity;
}

void Sessions::touch(std::string_view session_id, TimeMs now) {
  // A page that opens asks ten things at once: one of them writes the time, the others do not queue for it. That it
  // was not written, because the database is busy, is no reason to refuse anything; the next request tries again.
  const std::unique_lock lock(touching_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  std::ignore = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::touch_session, now, session_id, now - kTouchEvery));
    return {};
  });
}

Result<bool> Sessions::is_alive(std::string_view session_id) {
  return db_.read([&](Transaction& tx) -> Result<bool> {
    TRY(const Rows rows, tx.run(sql::find_live_session, session_id, clock_.now()));
    return !rows.empty();
  });
}

Result<Items<SessionInfo>> Sessions::list(const Identity& who) {
  return db_.read([&](Transaction& tx) -> Result<Items<SessionInfo>> {
    TRY(const Rows rows, tx.run(sql::list_sessions, who.user_id, clock_.now()));
    Items<SessionInfo> list;
    list.items.reserve(rows.size());
    for (const Row& row : rows) {
      list.items.push_back({.id = row.text(0),
                            .user_agent = row.text(1),
                            .address = row.text(2),
                            .created_at = iso_utc(row.integer(3)),
                            .last_used_at = iso_utc(row.integer(4)),
                            .current = row.text(0) == who.session_id});
    }
    return list;
  });
}

Result<void> Sessions::end(std::string_view user_id, std::string_view session_id) {
  auto ended = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run(sql::delete_session, session_id, user_id));
    if (rows.empty()) return fail(ErrorCode::not_found, "session.not-found");
    return announce_end(tx, user_id, session_id);
  });
  if (!ended) forget_recent();
  return ended;
}

Result<void> Sessions::end_by_refresh_token(std::string_view refresh_token) {
  if (!looks_like(refresh_token, kRefreshPrefix)) return {};
  bool known = false;
  auto ended = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run(sql::find_refresh_token, sha256_hex(refresh_token)));
    known = !rows.empty();
    if (!known) return {};
    TRY_OK(tx.run(sql::delete_session, rows.front().text(0), rows.front().text(1)));
    return announce_end(tx, rows.front().text(1), rows.front().text(0));
  });
  if (!known) forget_recent();
  return ended;
}

void Sessions::forget_recent() {
  if (recent_ != nullptr) recent_->forget_all();
}

Result<void> Sessions::end_others(Transaction& tx, std::string_view user_id, std::string_view kept_session_id) {
  TRY(const Rows ended, tx.run(sql::delete_other_sessions, user_id, kept_session_id));
  for (const Row& row : ended)
    TRY_OK(announce_end(tx, user_id, row.text(0)));
  return {};
}

Result<void> Sessions::sweep() {
  // In pieces, so that signing in never waits long for the writer.
  for (bool more = true; more;) {
    TRY(more, db_.transaction([&](Transaction& tx) -> Result<bool> {
      TRY(const Rows sessions, tx.run(sql::delete_expired_sessions, clock_.now(), kSweepAtOnce));
      for (const Row& row : sessions)
        TRY_OK(announce_end(tx, row.text(1), row.text(0)));
      TRY(const Rows tokens, tx.run(sql::delete_expired_session_tokens, clock_.now(), kSweepAtOnce));
      return std::cmp_equal(sessions.size(), kSweepAtOnce) || std::cmp_equal(tokens.size(), kSweepAtOnce);
    }));
  }
  return {};
}

} // namespace mv::accounts
