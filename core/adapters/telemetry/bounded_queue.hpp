#pragma once

// Between those who must not wait and the thread that sends: what does not fit is refused at once.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

namespace mv::telemetry {

/// Safe from every thread.
template <typename T>
class BoundedQueue {
public:
  explicit BoundedQueue(std::size_t bound) : bound_(bound) {}

  /// False when it is full.
  [[nodiscard]] bool push(T item) {
    std::size_t size = 0;
    {
      const std::scoped_lock lock(mutex_);
      if (items_.size() >= bound_) return false;
      items_.push_back(std::move(item));
      size = items_.size();
    }
    // The first begins the wait of a batch, the later ones may end it.
    if (size == 1 || size >= wanted_) ready_.notify_one();
    return true;
  }

  /// Waits for the first item, then at most `patience` for a batch of `most`. Empty only when `stop` was asked for and
  /// nothing is left; then nothing is waited for.
  [[nodiscard]] std::vector<T> pop(std::size_t most, std::chrono::milliseconds patience, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wanted_ = most;
    ready_.wait(lock, stop, [this] { return !items_.empty(); });
    ready_.wait_for(lock, stop, patience, [&] { return items_.size() >= most; });
    std::vector<T> batch;
    while (!items_.empty() && batch.size() < most) {
      batch.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    return batch;
  }

private:
  const std::size_t bound_;
  std::mutex mutex_; // guards items_
  std::condition_variable_any ready_;
  std::deque<T> items_;
  std::atomic<std::size_t> wanted_ = 1;
};

} // namespace mv::telemetry
