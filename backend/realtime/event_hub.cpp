#include "backend/realtime/event_hub.hpp"

#include <algorithm>
#include <format>
#include <optional>
#include <set>
#include <utility>

#include "backend/http/json.hpp"
#include "core/base/iso_time.hpp"
#include "core/base/log.hpp"
#include "core/contracts/events.hpp"
#include "core/spaces/access.hpp"
#include "core/spaces/events.hpp"

namespace mv::realtime {
namespace {

constexpr std::int64_t kBatch = 500;

// RFC 6455, section 7.4.1.
constexpr int kGoingAway = 1001;
constexpr int kPolicyViolation = 1008;
constexpr int kTryAgainLater = 1013;

constexpr std::string_view kNotSignedIn = "sign in first";
constexpr std::string_view kSignedOut = "signed out";

/// Types are names of ours and data is JSON already: nothing to escape.
std::string written(std::int64_t seq, std::string_view type, TimeMs at, std::string_view data) {
  return std::format(R"({{"seq":{},"type":"{}","at":"{}","data":{}}})", seq, type, iso_utc(at), data);
}

std::string written(const events::Event& event) { return written(event.seq, event.type, event.at, event.data); }

struct SpaceIds {
  std::unordered_set<std::string> all;
  std::set<std::string> families; ///< Where there is somebody to be seen by.
};

Result<SpaceIds> space_ids_of(Transaction& tx, const std::string& user_id) {
  TRY(const std::vector<spaces::SpaceAccess> accesses, spaces::spaces_of(tx, user_id));
  SpaceIds ids;
  for (const spaces::SpaceAccess& access : accesses) {
    ids.all.insert(access.space_id);
    if (!access.personal) ids.families.insert(access.space_id);
  }
  return ids;
}

/// An event without a space is for one person; one with both is for a member alone.
bool may_hear(const events::Event& event, const std::string& user_id, const std::unordered_set<std::string>& spaces) {
  if (event.type == accounts::kSessionEnded) return false;
  if (!event.user_id.empty() && event.user_id != user_id) return false;
  return event.space_id.empty() ? !event.user_id.empty() : spaces.contains(event.space_id);
}

} // namespace

Result<std::unique_ptr<EventHub>> EventHub::open(Database& db, EventBus& bus, accounts::Sessions& sessions,
                                                 const Clock& clock, Metrics& metrics, HubOptions options,
                                                 PresenceKeeper* presence) {
  TRY(const std::int64_t latest, db.read([](Transaction& tx) { return events::Outbox(tx).latest(); }));
  std::unique_ptr<EventHub> hub(new EventHub(db, sessions, clock, metrics, options, presence, latest));
  hub->subscription_ = bus.subscribe([&hub = *hub](std::int64_t) {
    {
      const std::lock_guard lock(hub.mutex_);
      hub.news_ = true;
    }
    hub.wake_.notify_one();
  });
  {
    const std::lock_guard lock(hub->mutex_);
    hub->news_ = true; // what came between the look at the latest and the subscription
  }
  hub->wake_.notify_one();
  return hub;
}

EventHub::EventHub(Database& db, accounts::Sessions& sessions, const Clock& clock, Metrics& metrics, HubOptions options,
                   PresenceKeeper* presence, std::int64_t position)
    : db_(db),
      sessions_(sessions),
      clock_(clock),
      connected_(metrics.gauge("memoryverse_realtime_connections", "WebSocket connections that are signed in.")),
      sent_(metrics.counter("memoryverse_realtime_messages_total", "Messages handed to WebSocket connections.")),
      dropped_(
          metrics.counter("memoryverse_realtime_dropped_total", "Connections dropped because they read too slowly.")),
      options_(options),
      presence_(presence),
      position_(position),
      thread_([this] { work(); }) {}

EventHub::~EventHub() {
  subscription_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  for (const auto& [key, peer] : peers_)
    peer.connection->close(kGoingAway, "the server stops");
  for (const auto& [key, waiting] : waiting_)
    waiting.connection->close(kGoingAway, "the server stops");
}

http::WebSocketRoute EventHub::route() {
  http::WebSocketRoute route;
  route.path = "/api/v1/events";
  route.opened = [this](const http::ConnectionPtr& connection, const http::Handshake& handshake) {
    opened(connection, handshake);
  };
  route.message = [this](const http::ConnectionPtr& connection, std::string_view text) { message(connection, text); };
  route.closed = [this](const http::ConnectionPtr& connection) { closed(connection); };
  route.description =
      "Events as they happen: `{seq, type, at, data}`. Authorised by the header, the cookie, or a first message "
      "`{\"type\": \"auth\", \"accessToken\": …}` within five seconds. `hello` tells where the stream goes on from, "
      "`resync` that too much was missed to tell it all. `user.activity` tells members of a family's space that one of "
      "them came or went (`/api/v1/spaces/{id}/presence` has the list; read it after each connect).";
  return route;
}

void EventHub::opened(const http::ConnectionPtr& connection, const http::Handshake& handshake) {
  auto query = http::QueryCodec<EventQuery>::read(handshake.query);
  if (!query || query->since.value_or(0) < 0)
    return connection->close(kPolicyViolation, "since is a number of an event");
  {
    const std::lock_guard lock(mutex_);
    if (handshake.identity) {
      joining_.push_back({connection, query->since, handshake.identity->user_id, handshake.identity->session_id});
    } else {
      const auto deadline = std::chrono::steady_clock::now() + options_.sign_in_within;
      waiting_.emplace(connection.get(), Waiting{connection, query->since, deadline});
    }
  }
  wake_.notify_one();
}

void EventHub::message(const http::ConnectionPtr& connection, std::string_view text) {
  std::optional<std::int64_t> since;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(connection.get());
    if (found == waiting_.end()) return; // signed in already: clients have nothing more to say
    since = found->second.since;
    waiting_.erase(found);
  }
  const auto said = http::Codec<EventAuthentication>::read(text);
  if (!said || said->type != "auth") return connection->close(kPolicyViolation, kNotSignedIn);
  auto who = sessions_.authenticate(said->access_token);
  if (!who) {
    const bool refused = who.error().code == ErrorCode::unauthenticated;
    return connection->close(refused ? kPolicyViolation : kTryAgainLater, refused ? kNotSignedIn : "try again");
  }
  {
    const std::lock_guard lock(mutex_);
    joining_.push_back({connection, since, std::move(who->user_id), std::move(who->session_id)});
  }
  wake_.notify_one();
}

void EventHub::closed(const http::ConnectionPtr& connection) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.erase(connection.get());
    leaving_.push_back(connection);
  }
  wake_.notify_one();
}

void EventHub::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, options_.look_every,
                   [this] { return stopping_ || news_ || !joining_.empty() || !leaving_.empty(); });
    if (stopping_) return;
    news_ = false;
    const std::vector<Joining> joining = std::exchange(joining_, {});
    const std::vector<http::ConnectionPtr> leaving = std::exchange(leaving_, {});
    close_the_silent();
    lock.unlock();

    // Leaving comes first, since it makes room. Who left before it could join is closed by now, and joins no more.
    for (const http::ConnectionPtr& connection : leaving)
      drop(connection.get());
    for (const Joining& one : joining)
      join(one);
    deliver_news();
    if (std::chrono::steady_clock::now() - verified_at_ >= options_.verify_every) verify_sessions();
    connected_.set(static_cast<double>(peers_.size()));
    lock.lock();
  }
}

void EventHub::close_the_silent() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(waiting_, [now](const auto& entry) {
    if (entry.second.deadline > now) return false;
    entry.second.connection->close(kPolicyViolation, kNotSignedIn);
    return true;
  });
}

void EventHub::join(const Joining& joining) {
  if (!joining.connection->open()) return;
  const auto count = per_user_.find(joining.user_id);
  if (count != per_user_.end() && count->second >= options_.connections_per_user)
    return joining.connection->close(kTryAgainLater, "too many connections");

  // A session that ended after this look is in the events that follow.
  const auto alive = sessions_.is_alive(joining.session_id);
  if (!alive || !*alive) return joining.connection->close(kPolicyViolation, kSignedOut);
  auto spaces = db_.read([&](Transaction& tx) { return space_ids_of(tx, joining.user_id); });
  if (!spaces) return joining.connection->close(kTryAgainLater, "try again");

  Peer peer{joining.connection, joining.user_id, joining.session_id, std::move(spaces->all)};
  if (!catch_up(peer, joining.since)) return peer.connection->close(kTryAgainLater, "try again");
  ++per_user_[peer.user_id];
  if (presence_ != nullptr) presence_->came(peer.user_id, spaces->families);
  peers_.emplace(peer.connection.get(), std::move(peer));
}

bool EventHub::catch_up(Peer& peer, std::optional<std::int64_t> since) {
  // Up to where the others are; the rest comes to all at once.
  auto oldest = db_.read([](Transaction& tx) { return events::Outbox(tx).oldest(); });
  if (!oldest) return false;
  std::int64_t seen = since.value_or(position_);
  const bool told_all = seen <= position_ && seen >= *oldest - 1 && position_ - seen <= options_.most_missed;
  if (!told_all) seen = position_;
  if (!peer.connection->send(written(seen, "hello", clock_.now(), "{}"))) return false;
  if (!told_all) return peer.connection->send(written(seen, "resync", clock_.now(), "{}"));

  while (seen < position_) {
    const auto missed = db_.read([&](Transaction& tx) { return events::Outbox(tx).read_after(seen, kBatch); });
    if (!missed) return false;
    if (missed->empty()) break;
    for (const events::Event& event : *missed) {
      if (event.seq > position_) return true;
      seen = event.seq;
      if (may_hear(event, peer.user_id, peer.spaces) && !peer.connection->send(written(event))) return false;
    }
  }
  return true;
}

void EventHub::deliver_news() {
  for (;;) {
    const auto news = db_.read([&](Transaction& tx) { return events::Outbox(tx).read_after(position_, kBatch); });
    if (!news) return log_warning("events could not be read; trying again", {{"cause", news.error().cause}});
    for (const events::Event& event : *news) {
      position_ = event.seq;
      deliver(event);
    }
    flush();
    if (std::cmp_less(news->size(), kBatch)) return;
  }
}

void EventHub::deliver(const events::Event& event) {
  const bool ends_session = event.type == accounts::kSessionEnded;
  const bool changes_members = event.type == spaces::kMembersChanged;
  // What came before is for those who were there before.
  if (ends_session || changes_members) flush();
  if (ends_session) return end_session(event);
  if (changes_members) refresh_memberships();
  const std::vector<Peer*>& audience = audience_of(event);
  if (audience.empty()) return;
  const auto text = std::make_shared<const std::string>(written(event)); // once for all
  for (Peer* peer : audience) {
    if (peer->unsent.empty()) to_flush_.push_back(peer);
    peer->unsent.push_back(text);
  }
}

const std::vector<EventHub::Peer*>& EventHub::audience_of(const events::Event& event) {
  const auto [known, added] = audiences_.try_emplace(event.space_id + ' ' + event.user_id);
  if (added) {
    for (auto& [key, peer] : peers_) {
      if (may_hear(event, peer.user_id, peer.spaces)) known->second.push_back(&peer);
    }
  }
  return known->second;
}

void EventHub::flush() {
  std::vector<Key> gone;
  for (Peer* peer : to_flush_) {
    if (peer->connection->send_all(peer->unsent)) {
      sent_.add(peer->unsent.size());
    } else {
      if (peer->connection->open()) dropped_.add();
      gone.push_back(peer->connection.get());
    }
    peer->unsent.clear();
  }
  to_flush_.clear();
  audiences_.clear();
  for (const Key key : gone)
    drop(key);
}

void EventHub::end_session(const events::Event& event) {
  std::vector<Key> ended;
  for (const auto& [key, peer] : peers_) {
    if (peer.user_id == event.user_id && event.data.contains('"' + peer.session_id + '"')) ended.push_back(key);
  }
  for (const Key key : ended) {
    peers_.at(key).connection->close(kPolicyViolation, kSignedOut);
    drop(key);
  }
}

void EventHub::refresh_memberships() {
  std::unordered_map<std::string, std::unordered_set<std::string>> known;
  std::vector<Key> unknown;
  for (auto& [key, peer] : peers_) {
    auto found = known.find(peer.user_id);
    if (found == known.end()) {
      auto spaces = db_.read([&user_id = peer.user_id](Transaction& tx) { return space_ids_of(tx, user_id); });
      if (!spaces) {
        // Rather silent than telling somebody what is no longer theirs to hear: it connects again and asks.
        unknown.push_back(key);
        continue;
      }
      if (presence_ != nullptr) presence_->moved(peer.user_id, spaces->families);
      found = known.emplace(peer.user_id, std::move(spaces->all)).first;
    }
    peer.spaces = found->second;
  }
  for (const Key key : unknown) {
    peers_.at(key).connection->close(kTryAgainLater, "try again");
    drop(key);
  }
}

void EventHub::verify_sessions() {
  verified_at_ = std::chrono::steady_clock::now();
  std::vector<Key> ended;
  for (const auto& [key, peer] : peers_) {
    const auto alive = sessions_.is_alive(peer.session_id);
    if (alive && !*alive) ended.push_back(key);
  }
  for (const Key key : ended) {
    peers_.at(key).connection->close(kPolicyViolation, kSignedOut);
    drop(key);
  }
}

void EventHub::drop(Key key) {
  const auto found = peers_.find(key);
  if (found == peers_.end()) return;
  if (presence_ != nullptr) presence_->went(found->second.user_id);
  const auto count = per_user_.find(found->second.user_id);
  if (count != per_user_.end() && --count->second == 0) per_user_.erase(count);
  peers_.erase(found);
}

} // namespace mv::realtime
