#pragma once

// A thread that follows the outbox for a reader of its own: it calls a step when events may have come, again while
// there is more, and later where a step failed.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/result.hpp"
#include "core/ports/event_bus.hpp"

namespace mv::events {

struct FollowerTimes {
  std::chrono::milliseconds look_every{5'000}; ///< For events of which no notice came.
  std::chrono::milliseconds first_rest{500};   ///< After a failure; doubled with each one that follows.
  std::chrono::milliseconds longest_rest{30'000};
};

class Follower {
public:
  /// True when there may be more at once, false when it waits for news. Called by one thread.
  using Step = std::function<Result<bool>()>;

  /// `name` is for the log. `bus` must outlive the follower, and so must what `step` uses. The first step comes at
  /// once.
  Follower(std::string name, EventBus& bus, Step step, const FollowerTimes& times = {});
  /// Returns when the step under way has ended.
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

private:
  void work();

  std::string name_;
  Step step_;
  FollowerTimes times_;

  std::mutex mutex_; // guards news_ and stopping_
  std::condition_variable wake_;
  bool news_ = true;
  bool stopping_ = false;
  std::unique_ptr<void, std::function<void(void*)>> subscription_;
  std::thread thread_;
};

} // namespace mv::events
