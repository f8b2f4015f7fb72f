#include "core/adapters/inprocess/inprocess_presence.hpp"

#include <algorithm>

namespace mv::inprocess {

namespace {

bool holds(const std::map<std::string, TimeMs, std::less<>>& words, TimeMs now) {
  return std::ranges::any_of(words, [now](const auto& word) { return word.second > now; });
}

} // namespace

Result<std::vector<std::string>> InprocessPresence::keep(std::string_view space_id, std::string_view holder,
                                                         std::span<const std::string> users) {
  const std::scoped_lock lock(mutex_);
  const TimeMs now = clock_.now();
  std::vector<std::string> came;
  if (users.empty()) return came;
  People& people = spaces_[std::string(space_id)];
  for (const std::string& user : users) {
    Words& words = people[user];
    if (!holds(words, now)) came.push_back(user);
    words[std::string(holder)] = now + kPresenceLasts;
  }
  return came;
}

Result<std::vector<std::string>> InprocessPresence::leave(std::string_view space_id, std::string_view holder,
                                                          std::span<const std::string> users) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> went;
  const auto space = spaces_.find(space_id);
  if (space == spaces_.end()) return went;
  for (const std::string& user : users) {
    const auto known = space->second.find(user);
    if (known == space->second.end()) continue;
    const auto word = known->second.find(holder);
    if (word == known->second.end()) continue;
    known->second.erase(word);
    if (holds(known->second, clock_.now())) continue;
    went.push_back(user);
    space->second.erase(known);
  }
  if (space->second.empty()) spaces_.erase(space);
  return went;
}

Result<std::vector<std::string>> InprocessPresence::expire(std::string_view space_id) {
  const std::scoped_lock lock(mutex_);
  const TimeMs now = clock_.now();
  std::vector<std::string> went;
  const auto space = spaces_.find(space_id);
  if (space == spaces_.end()) return went;
  std::erase_if(space->second, [&](const auto& person) {
    if (holds(person.second, now)) return false;
    went.push_back(person.first);
    return true;
  });
  if (space->second.empty()) spaces_.erase(space);
  return went;
}

Result<std::vector<std::string>> InprocessPresence::list(std::string_view space_id) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> here;
  if (const auto space = spaces_.find(space_id); space != spaces_.end()) {
    for (const auto& [user, words] : space->second) {
      if (holds(words, clock_.now())) here.push_back(user);
    }
  }
  return here;
}

} // namespace mv::inprocess
