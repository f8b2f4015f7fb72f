#include "core/adapters/redis/pool.hpp"

#include <format>

#include "core/base/hash.hpp"
#include "core/base/log.hpp"

namespace mv::redis {

Script::Script(std::string_view text) : text_(text), sha1_(sha1_hex(text)) {}

Result<std::unique_ptr<Pool>> Pool::open(Address address, Metrics& metrics, PoolOptions options) {
  TRY(Tls tls, Tls::open(address));
  std::unique_ptr<Pool> pool(new Pool(std::move(address), std::move(tls), metrics, options));
  auto first = pool->connect();
  if (!first && first.error().key == kRefused)
    return fail(ErrorCode::invalid, kRefused, std::format("{}: {}", pool->address().shown(), first.error().cause));
  if (first)
    pool->idle_.push_back(*std::move(first));
  else
    pool->note(false, first.error());
  return pool;
}

Pool::Pool(Address address, Tls tls, Metrics& metrics, PoolOptions options)
    : address_(std::move(address)),
      tls_(std::move(tls)),
      options_(options),
      prefix_(std::format("mv:{}:", address_.database)),
      dependency_("redis", metrics, options_.breaker),
      shown_idle_(metrics.gauge("memoryverse_redis_connections", "Connections to Redis.", {{"state", "idle"}})),
      shown_used_(metrics.gauge("memoryverse_redis_connections", "Connections to Redis.", {{"state", "used"}})) {}

Result<Reply> Pool::run(std::span<const std::string_view> words) {
  TRY(DependencyCall call, dependency_.begin(words.front()));
  auto outcome = wait_for_room() ? run_once(words) : fail(ErrorCode::unavailable, kDown, "every connection is in use");
  const bool answers = outcome || outcome.error().key == kError;
  call.end(outcome ? CallOutcome::success : answers ? CallOutcome::refused : CallOutcome::failure);
  note(answers, outcome ? Error{} : outcome.error());
  return outcome;
}

Result<Reply> Pool::run_once(std::span<const std::string_view> words) {
  auto connection = take_idle();
  if (!connection) {
    auto opened = Connection::open(address_, tls_, options_.timeouts);
    if (!opened) {
      put_back(std::nullopt);
      return std::unexpected(std::move(opened).error());
    }
    connection = *std::move(opened);
  }
  auto reply = connection->run(words);
  if (!reply && reply.error().key != kError) {
    connection.reset();
    forget_idle();
  }
  put_back(std::move(connection));
  return reply;
}

Result<Reply> Pool::run(const Script& script, std::span<const std::string_view> keys,
                        std::span<const std::string_view> arguments) {
  const std::string count = std::to_string(keys.size());
  std::vector<std::string_view> words{"EVALSHA", script.sha1(), count};
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto reply = run(words);
  if (reply || reply.error().key != kError || !reply.error().cause.starts_with("NOSCRIPT")) return reply;
  words[0] = "EVAL";
  words[1] = script.text();
  return run(words);
}

Result<void> Pool::ping() {
  return run({"PING"}).transform([](const Reply&) {});
}

bool Pool::wait_for_room() {
  std::unique_lock lock(mutex_);
  const bool room = room_.wait_for(lock, options_.timeouts.command, [this] { return used_ < options_.connections; });
  if (room) ++used_;
  show();
  return room;
}

std::optional<Connection> Pool::take_idle() {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (idle_.empty()) return std::nullopt;
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    show();
    lock.unlock();
    // A Redis that was started anew has closed them all: found out here, it costs nobody an answer.
    if (!connection.closed()) return connection;
  }
}

void Pool::put_back(std::optional<Connection> connection) {
  {
    const std::scoped_lock lock(mutex_);
    --used_;
    if (connection) idle_.push_back(*std::move(connection));
    show();
  }
  room_.notify_one();
}

void Pool::forget_idle() {
  std::vector<Connection> gone; // closed outside the lock
  const std::scoped_lock lock(mutex_);
  gone.swap(idle_);
}

void Pool::note(bool answers, const Error& error) {
  {
    const std::scoped_lock lock(mutex_);
    if (told_down_ == !answers) return;
    told_down_ = !answers;
  }
  if (answers)
    log_info("redis answers again", {{"address", address_.shown()}});
  else if (error.key == kRefused)
    log_error("redis refuses us, see MEMORYVERSE_REDIS_URL; going on without it",
              {{"address", address_.shown()}, {"error", error}});
  else
    log_warning("redis does not answer; going on without it", {{"address", address_.shown()}, {"error", error}});
}

void Pool::show() {
  shown_idle_.set(static_cast<double>(idle_.size()));
  shown_used_.set(static_cast<double>(used_));
}

} // namespace mv::redis
