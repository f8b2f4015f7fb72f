#include "core/events/follower.hpp"

#include <algorithm>

#include "core/base/log.hpp"

namespace mv::events {

Follower::Follower(std::string name, EventBus& bus, Step step, const FollowerTimes& times)
    : name_(std::move(name)),
      step_(std::move(step)),
      times_(times),
      subscription_(bus.subscribe([this](std::int64_t) {
        {
          const std::scoped_lock lock(mutex_);
          news_ = true;
        }
        wake_.notify_one();
      })),
      thread_([this] { work(); }) {}

Follower::~Follower() {
  subscription_.reset();
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Follower::work() {
  std::chrono::milliseconds rest{0};
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    news_ = false;
    lock.unlock();
    const Result<bool> more = step_();
    if (!more) log_warning("events wait", {{"reader", name_}, {"reason", more.error()}});
    lock.lock();
    if (more) {
      rest = std::chrono::milliseconds{0};
      if (!*more) wake_.wait_for(lock, times_.look_every, [this] { return stopping_ || news_; });
    } else {
      // News does not end the rest: what failed would fail again.
      rest = rest.count() == 0 ? times_.first_rest : std::min(rest * 2, times_.longest_rest);
      wake_.wait_for(lock, rest, [this] { return stopping_; });
    }
  }
}

} // namespace mv::events
