#include "backend/realtime/presence_keeper.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/spaces/presence.hpp"

namespace mv::realtime {

namespace {

// Rows of one transaction, so that no other writer waits long.
constexpr std::size_t kAtOnce = 200;

std::vector<std::string> without(const std::set<std::string>& all, const std::set<std::string>& these) {
  std::vector<std::string> rest;
  std::ranges::set_difference(all, these, std::back_inserter(rest));
  return rest;
}

} // namespace

PresenceKeeper::PresenceKeeper(Database& db, Presence& presence, const Clock& clock, PresenceOptions options)
    : db_(db), presence_(presence), clock_(clock), options_(options), holder_(new_id()), thread_([this] { work(); }) {}

PresenceKeeper::~PresenceKeeper() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void PresenceKeeper::came(const std::string& user_id, const std::set<std::string>& families) {
  change(user_id, [&](Person& person) {
    ++person.connections;
    person.families = families;
  });
}

void PresenceKeeper::went(const std::string& user_id) {
  change(user_id, [](Person& person) {
    if (person.connections > 0 && --person.connections == 0) person.left_at = std::chrono::steady_clock::now();
  });
}

void PresenceKeeper::moved(const std::string& user_id, const std::set<std::string>& families) {
  change(user_id, [&](Person& person) { person.families = families; });
}

void PresenceKeeper::change(const std::string& user_id, const std::function<void(Person&)>& how) {
  {
    const std::scoped_lock lock(mutex_);
    how(people_[user_id]);
    dirty_ = true;
  }
  changed_.notify_one();
}

void PresenceKeeper::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_until(lock, next_look(), [this] { return stopping_ || dirty_; });
    if (changed_.wait_for(lock, options_.settle, [this] { return stopping_; })) return;
    dirty_ = false;
    const auto now = std::chrono::steady_clock::now();
    const BySpace here = wanted(now);
    const bool repeat = now - repeated_at_ >= options_.repeat_every;
    if (repeat) repeated_at_ = now;
    lock.unlock();
    bring_up_to_date(here, repeat);
    lock.lock();
  }
}

PresenceKeeper::SteadyTime PresenceKeeper::next_look() const {
  SteadyTime next = repeated_at_ + options_.repeat_every;
  for (const auto& [user_id, person] : people_) {
    if (person.connections == 0) next = std::min(next, person.left_at + options_.gone_after);
  }
  return next;
}

PresenceKeeper::BySpace PresenceKeeper::wanted(SteadyTime now) {
  std::erase_if(people_, [&](const auto& entry) {
    return entry.second.connections == 0 && entry.second.left_at + options_.gone_after <= now;
  });
  BySpace here;
  for (const auto& [user_id, person] : people_) {
    for (const std::string& space_id : person.families)
      here[space_id].insert(user_id);
  }
  return here;
}

void PresenceKeeper::bring_up_to_date(const BySpace& wanted, bool repeat) {
  std::vector<Activity> news;
  const auto note = [&news](const std::string& space_id, const std::vector<std::string>& users, bool here) {
    for (const std::string& user_id : users)
      news.push_back({space_id, user_id, here});
  };
  // What fails is tried again at the next look, since what was told stays noted as it is.
  for (const auto& [space_id, people] : wanted) {
    People& told = vouched_[space_id];
    const auto fresh = repeat ? std::vector<std::string>(people.begin(), people.end()) : without(people, told);
    if (fresh.empty()) continue;
    if (const auto came = presence_.keep(space_id, holder_, fresh)) {
      told.insert(fresh.begin(), fresh.end());
      note(space_id, *came, true);
    }
  }
  for (auto& [space_id, told] : vouched_) {
    const auto still = wanted.find(space_id);
    const auto over = without(told, still == wanted.end() ? People() : still->second);
    if (over.empty()) continue;
    if (const auto gone = presence_.leave(space_id, holder_, over)) {
      for (const std::string& user_id : over)
        told.erase(user_id);
      note(space_id, *gone, false);
    }
  }
  std::erase_if(vouched_, [](const auto& space) { return space.second.empty(); });
  if (repeat) {
    for (const auto& [space_id, told] : vouched_) {
      if (const auto gone = presence_.expire(space_id)) note(space_id, *gone, false);
    }
  }
  announce(news);
}

void PresenceKeeper::announce(const std::vector<Activity>& news) {
  for (std::size_t begin = 0; begin < news.size(); begin += kAtOnce) {
    const std::span some = std::span(news).subspan(begin, std::min(kAtOnce, news.size() - begin));
    const auto told = db_.transaction([&](Transaction& tx) -> Result<void> {
      for (const Activity& one : some)
        TRY_OK(spaces::announce_activity(tx, one.space_id, one.user_id, one.here, clock_.now()));
      return {};
    });
    // Whoever asks for the list reads the truth all the same.
    if (!told) log_warning("who came and went was not told", {{"reason", told.error()}});
  }
}

} // namespace mv::realtime
