#include "core/accounts/recent_sessions.hpp"

#include <algorithm>
#include <sstream>

#include "core/base/hash.hpp"

namespace mv::accounts {

namespace {

Counter& counter(Metrics& metrics, std::string_view outcome) {
  return metrics.counter("memoryverse_session_looks_total", "Whether a session was kept, or the database was asked.",
                         {{"outcome", outcome}});
}

} // namespace

RecentSessions::RecentSessions(SharedVersion& version, Cache& cache, const Clock& clock, Metrics& metrics)
    : version_(version),
      cache_(cache),
      clock_(clock),
      kept_(counter(metrics, "kept")),
      asked_(counter(metrics, "asked")) {}

RecentSessions::Look RecentSessions::find(std::string_view token_hash) {
  Look look{.identity = std::nullopt, .place = {}, .at = clock_.now()};
  const auto version = version_.read();
  if (version) {
    look.place = "session:" + sha256_hex(*version + ' ' + std::string(token_hash));
    if (const auto kept = cache_.find(look.place)) {
      std::istringstream text(*kept);
      TimeMs from = 0;
      TimeMs until = 0;
      Identity identity;
      std::string locale; // behind a mark, as it may be empty
      text >> from >> until >> identity.user_id >> identity.session_id >> identity.is_owner >> locale;
      identity.locale = locale.substr(std::min<std::size_t>(1, locale.size()));
      // A clock that was set back, or another machine's, must not make it last.
      if (text && look.at < until && look.at - from < kRecentLasts && from - look.at < kRecentLasts) {
        kept_.add();
        look.identity = std::move(identity);
        return look;
      }
    }
  }
  asked_.add();
  return look;
}

void RecentSessions::keep(const Look& look, const Identity& identity, TimeMs until) {
  if (look.place.empty()) return;
  std::ostringstream text;
  text << look.at << ' ' << until << ' ' << identity.user_id << ' ' << identity.session_id << ' ' << identity.is_owner
       << " :" << identity.locale;
  cache_.keep(look.place, std::make_shared<const std::string>(text.str()));
}

} // namespace mv::accounts
