#include "core/adapters/redis/redis_event_bus.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "core/base/log.hpp"
#include "core/base/random.hpp"

namespace mv::redis {

RedisEventBus::RedisEventBus(Pool& pool, Metrics& metrics, BusOptions options)
    : pool_(pool),
      options_(options),
      channel_(pool.prefix() + "events"),
      self_(random_token(12)),
      subscribed_(metrics.gauge("memoryverse_redis_subscribed", "1 while notices of other processes come in.")),
      subscriptions_(metrics.counter("memoryverse_redis_subscriptions_total", "Times that the subscription was made.")),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  if (wake_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  publisher_ = std::thread([this] { publish_on(); });
  subscriber_ = std::thread([this] { listen_on(); });
}

RedisEventBus::~RedisEventBus() {
  {
    const std::scoped_lock lock(outgoing_mutex_);
    stopping_ = true;
  }
  outgoing_changed_.notify_all();
  const std::uint64_t one = 1;
  std::ignore = ::write(wake_, &one, sizeof one);
  publisher_.join();
  subscriber_.join();
  ::close(wake_);
}

void RedisEventBus::publish(std::int64_t seq) {
  tell(seq);
  {
    const std::scoped_lock lock(outgoing_mutex_);
    outgoing_ = std::max(outgoing_, seq);
  }
  outgoing_changed_.notify_all();
}

std::unique_ptr<void, std::function<void(void*)>> RedisEventBus::subscribe(
    std::function<void(std::int64_t seq)> listener) {
  const std::scoped_lock lock(listeners_mutex_);
  const std::uint64_t number = next_++;
  listeners_.emplace(number, std::move(listener));
  return {this, [this, number](void*) {
            const std::scoped_lock inner(listeners_mutex_);
            listeners_.erase(number);
          }};
}

void RedisEventBus::tell(std::int64_t seq) {
  const std::scoped_lock lock(listeners_mutex_);
  highest_ = std::max(highest_, seq);
  for (const auto& [number, listener] : listeners_)
    listener(seq);
}

void RedisEventBus::publish_on() {
  std::unique_lock lock(outgoing_mutex_);
  for (;;) {
    outgoing_changed_.wait(lock, [this] { return stopping_ || outgoing_ > 0; });
    if (outgoing_ == 0) return;
    // What comes while this one is on its way is told at once, by its highest number.
    const std::string message = self_ + ' ' + std::to_string(std::exchange(outgoing_, 0));
    lock.unlock();
    // One that does not arrive is made up for: the others look at the outbox by themselves.
    std::ignore = pool_.run({"PUBLISH", channel_, message});
    lock.lock();
    if (stopping_) return;
  }
}

void RedisEventBus::listen_on() {
  auto pause = options_.first_pause;
  for (;;) {
    if (listen_once()) pause = options_.first_pause;
    const auto half = static_cast<std::uint32_t>(pause.count() / 2);
    const bool stop = wait_for(-1, pause - std::chrono::milliseconds(random_below(half + 1)));
    if (stop) return;
    pause = std::min(pause * 2, options_.longest_pause);
  }
}

bool RedisEventBus::listen_once() {
  auto opened = pool_.connect();
  if (!opened) return false;
  Connection connection = *std::move(opened);
  if (!connection.send(std::array<std::string_view, 2>{"SUBSCRIBE", channel_})) return false;
  bool stands = false;
  bool asked = false;
  auto last = std::chrono::steady_clock::now();
  for (;;) {
    if (wait_for(connection.descriptor(), options_.ping_every)) break;
    const auto now = std::chrono::steady_clock::now();
    pollfd readable{.fd = connection.descriptor(), .events = POLLIN, .revents = 0};
    if (::poll(&readable, 1, 0) > 0) {
      const auto messages = connection.receive();
      if (!messages) break;
      last = now;
      asked = false;
      for (const Reply& message : *messages) {
        if (!stands && message.kind == Reply::Kind::list && !message.items.empty() &&
            message.items[0].text == "subscribe") {
          stands = true;
          subscribed_.set(1);
          subscriptions_.add();
          std::int64_t known = 0;
          {
            const std::scoped_lock lock(listeners_mutex_);
            known = highest_;
          }
          tell(known); // what was told while nobody listened here is in the outbox
        } else {
          heard(message);
        }
      }
    } else if (now - last >= options_.ping_every) {
      if (asked || !connection.send(std::array<std::string_view, 1>{"PING"})) break;
      asked = true;
      last = now;
    }
  }
  if (stands) subscribed_.set(0);
  return stands;
}

void RedisEventBus::heard(const Reply& message) {
  if (message.items.size() != 3 || message.items[0].text != "message") return;
  const std::string_view text = message.items[2].text;
  const auto space = text.find(' ');
  if (space == std::string_view::npos || text.substr(0, space) == self_) return;
  const std::string_view number = text.substr(space + 1);
  std::int64_t seq = 0;
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), seq);
  if (problem == std::errc() && end == number.data() + number.size()) tell(seq);
}

bool RedisEventBus::wait_for(int descriptor, std::chrono::milliseconds most) {
  std::array<pollfd, 2> waited{pollfd{.fd = wake_, .events = POLLIN, .revents = 0},
                               pollfd{.fd = descriptor, .events = POLLIN, .revents = 0}};
  ::poll(waited.data(), waited.size(), static_cast<int>(most.count()));
  return waited[0].revents != 0;
}

} // namespace mv::redis
