#include "core/adapters/redis/redis_shared_version.hpp"

#include <algorithm>
#include <chrono>

#include "core/base/random.hpp"

namespace mv::redis {

namespace {

constexpr std::size_t kBytes = 16;
constexpr std::chrono::steady_clock::duration kTellAgain = std::chrono::milliseconds(100); // and later twice as late

} // namespace

RedisSharedVersion::RedisSharedVersion(Pool& pool, std::string_view name)
    : pool_(pool),
      key_(pool.prefix() + "version:" + std::string(name)),
      maker_good_([this](const std::stop_token& stop) { make_good(stop); }) {}

std::optional<std::string> RedisSharedVersion::read() {
  if (is_owed()) tell();
  if (is_owed()) return std::nullopt;
  auto known = pool_.run({"GET", key_});
  if (!known) return std::nullopt;
  if (known->kind == Reply::Kind::text) return std::move(known->text);
  // Of several that find none one gives it; whoever was not first takes theirs.
  auto made = pool_.run({"SET", key_, random_token(kBytes), "NX"});
  if (made) made = pool_.run({"GET", key_});
  if (!made || made->kind != Reply::Kind::text) return std::nullopt;
  return std::move(made->text);
}

void RedisSharedVersion::change() {
  ++asked_;
  tell();
  if (!is_owed()) return;
  const std::scoped_lock lock(mutex_);
  owes_.notify_one();
}

void RedisSharedVersion::tell() {
  const std::uint64_t covered = asked_;
  if (!pool_.run({"SET", key_, random_token(kBytes)})) return;
  std::uint64_t told = told_;
  while (told < covered && !told_.compare_exchange_weak(told, covered)) {
  }
}

void RedisSharedVersion::make_good(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (owes_.wait(lock, stop, [this] { return is_owed(); }) && !stop.stop_requested()) {
    // A Redis that is away is spared by the breaker; one that answers and takes no writes, by the same rest here.
    const auto longest = pool_.options().breaker.rest;
    auto rest = std::min(kTellAgain, longest);
    while (is_owed() && !stop.stop_requested()) {
      lock.unlock();
      tell();
      lock.lock();
      owes_.wait_for(lock, stop, rest, [this] { return !is_owed(); });
      rest = std::min(2 * rest, longest);
    }
  }
}

} // namespace mv::redis
