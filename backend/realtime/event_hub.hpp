#pragma once

// Events to everybody who listens, over WebSocket. One thread reads the outbox, once for all connections, and hands
// each event to those who may hear it; what a connection missed is read on the same thread, so that no event comes
// twice or out of order.
//
// Messages are `{seq, type, at, data}`. The first is `hello`, whose `seq` is where the stream goes on from: `since`, or
// the latest event where the client named none. Then come the missed events and the live ones. A `since` that the
// outbox no longer reaches back to (or that lies in the future, after a restored backup) gets `hello` and `resync` with
// the latest number: what the client holds is to be read anew.
//
// Who may hear an event is asked of the database when a connection joins, and again at each change of members; a
// session that ends takes its connections along.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "backend/http/websocket.hpp"
#include "backend/realtime/presence_keeper.hpp"
#include "core/accounts/sessions.hpp"
#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/events/outbox.hpp"
#include "core/ports/database.hpp"
#include "core/ports/event_bus.hpp"

namespace mv::realtime {

struct HubOptions {
  std::chrono::milliseconds sign_in_within{5000}; ///< For the first message, where the handshake said nothing.
  std::chrono::milliseconds look_every{2000};     ///< At the outbox and the deadlines, also without a notice.
  std::chrono::milliseconds verify_every{60'000}; ///< Whether sessions that are connected have run out.
  std::size_t connections_per_user = 20;
  std::int64_t most_missed = 5000; ///< Events that a connection is told of later; beyond them it reads anew.
};

/// Safe from every thread.
class EventHub {
public:
  /// The references must outlive the hub. It reads on from the latest event. `presence`, where there is one, is told
  /// who is connected.
  [[nodiscard]] static Result<std::unique_ptr<EventHub>> open(Database& db, EventBus& bus, accounts::Sessions& sessions,
                                                              const Clock& clock, Metrics& metrics,
                                                              HubOptions options = {},
                                                              PresenceKeeper* presence = nullptr);
  /// Closes all connections with 1001.
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  /// For `http::Server::add_websocket`; the hub must outlive the server.
  [[nodiscard]] http::WebSocketRoute route();

private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// Open, and not signed in yet.
  struct Waiting {
    http::ConnectionPtr connection;
    std::optional<std::int64_t> since;
    SteadyTime deadline;
  };
  /// Signed in, and on its way to the thread.
  struct Joining {
    http::ConnectionPtr connection;
    std::optional<std::int64_t> since;
    std::string user_id;
    std::string session_id;
  };
  /// Told of every event that it may hear, up to the position. The thread's alone.
  struct Peer {
    http::ConnectionPtr connection;
    std::string user_id;
    std::string session_id;
    std::unordered_set<std::string> spaces;
    std::vector<http::SharedText> unsent{}; ///< Of the events that are being delivered.
  };
  using Key = const http::Connection*;

  EventHub(Database& db, accounts::Sessions& sessions, const Clock& clock, Metrics& metrics, HubOptions options,
           PresenceKeeper* presence, std::int64_t position);

  // From the request pool.
  void opened(const http::ConnectionPtr& connection, const http::Handshake& handshake);
  void message(const http::ConnectionPtr& connection, std::string_view text);
  void closed(const http::ConnectionPtr& connection);

  // On the thread.
  void work();
  void close_the_silent();
  void join(const Joining& joining);
  [[nodiscard]] bool catch_up(Peer& peer, std::optional<std::int64_t> since);
  void deliver_news();
  /// Puts an event to what is unsent of each who may hear it.
  void deliver(const events::Event& event);
  [[nodiscard]] const std::vector<Peer*>& audience_of(const events::Event& event);
  /// Sends what is unsent, and drops who cannot take it.
  void flush();
  void end_session(const events::Event& event);
  void refresh_memberships();
  void verify_sessions();
  void drop(Key key);

  Database& db_;
  accounts::Sessions& sessions_;
  const Clock& clock_;
  Gauge& connected_;
  Counter& sent_;
  Counter& dropped_;
  HubOptions options_;
  PresenceKeeper* presence_; // may be null

  std::mutex mutex_; // guards what the request pool and the bus share with the thread
  std::condition_variable wake_;
  bool stopping_ = false;
  bool news_ = false;
  std::unordered_map<Key, Waiting> waiting_;
  std::vector<Joining> joining_;
  std::vector<http::ConnectionPtr> leaving_; // held, so that no new connection takes the address meanwhile

  std::int64_t position_; // the last event that was delivered
  std::unordered_map<Key, Peer> peers_;
  std::unordered_map<std::string, std::size_t> per_user_;
  // While events are delivered, and only as long as no peer comes, goes or changes its spaces.
  std::unordered_map<std::string, std::vector<Peer*>> audiences_; // by space and person
  std::vector<Peer*> to_flush_;
  SteadyTime verified_at_ = std::chrono::steady_clock::now();

  std::thread thread_;
  std::unique_ptr<void, std::function<void(void*)>> subscription_; // last: no notice comes while the rest goes
};

} // namespace mv::realtime
