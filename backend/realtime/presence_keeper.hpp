#pragma once

// Keeps Presence true for the people who are connected to this process, and tells their families when somebody came or
// went. All of it happens on a thread of its own: a Presence that is slow holds no event up.
//
// A person is there from the first connection on, and gone some seconds after the last one, so that a page that is
// loaded again and a phone between two networks are no news. A process that stops takes no word back, since its clients
// come back to another one; the words run out where they do not.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/base/clock.hpp"
#include "core/ports/database.hpp"
#include "core/ports/presence.hpp"

namespace mv::realtime {

struct PresenceOptions {
  std::chrono::milliseconds settle{250};          ///< After a change, so that many at once are one transaction.
  std::chrono::milliseconds gone_after{10'000};   ///< Without a connection.
  std::chrono::milliseconds repeat_every{15'000}; ///< The word that people are here; see kPresenceLasts.
};

/// Safe from every thread; `came`, `went` and `moved` return at once.
class PresenceKeeper {
public:
  /// The references must outlive it.
  PresenceKeeper(Database& db, Presence& presence, const Clock& clock, PresenceOptions options = {});
  ~PresenceKeeper();
  PresenceKeeper(const PresenceKeeper&) = delete;
  PresenceKeeper& operator=(const PresenceKeeper&) = delete;

  /// A connection more of `user_id`, who is in these families.
  void came(const std::string& user_id, const std::set<std::string>& families);
  /// One less.
  void went(const std::string& user_id);
  /// The families of somebody who is connected are others now.
  void moved(const std::string& user_id, const std::set<std::string>& families);

private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using People = std::set<std::string>;
  using BySpace = std::map<std::string, People>;

  struct Person {
    int connections = 0;
    SteadyTime left_at{}; // when there is none
    std::set<std::string> families;
  };
  struct Activity {
    std::string space_id;
    std::string user_id;
    bool here = false;
  };

  void change(const std::string& user_id, const std::function<void(Person&)>& how);
  void work();
  /// Who is here by now, by space; forgets who is gone. With the lock held.
  [[nodiscard]] BySpace wanted(SteadyTime now);
  /// When to look again, if nothing changes until then. With the lock held.
  [[nodiscard]] SteadyTime next_look() const;
  void bring_up_to_date(const BySpace& wanted, bool repeat);
  void announce(const std::vector<Activity>& news);

  Database& db_;
  Presence& presence_;
  const Clock& clock_;
  PresenceOptions options_;
  const std::string holder_; // this process

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool dirty_ = false;
  std::unordered_map<std::string, Person> people_;

  BySpace vouched_; // the thread's alone: what Presence was told
  SteadyTime repeated_at_ = std::chrono::steady_clock::now();
  std::thread thread_;
};

} // namespace mv::realtime
