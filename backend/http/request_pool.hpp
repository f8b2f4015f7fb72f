#pragma once

// The threads that run handlers. Bounded: what does not fit is refused at once and answered 503, instead of piling up.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/metrics.hpp"

namespace mv::http {

class RequestPool {
public:
  using Task = std::function<void()>;

  RequestPool(std::size_t threads, std::size_t queue, Metrics& metrics);
  /// Runs what is queued, then ends the threads.
  ~RequestPool();
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;

  /// False when the queue is full. `task` must not throw. From any thread.
  [[nodiscard]] bool submit(Task task);
  /// Without a bound, for the closing of sockets, which may not be lost.
  void submit_always(Task task);

private:
  struct Waiting {
    Task run;
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  };
  void work();
  void push(Task task);

  std::size_t bound_;
  Gauge& depth_;
  Gauge& busy_;
  Histogram& waited_;
  Counter& refused_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_; // last: they use all the rest
};

/// Runs tasks on a pool one after the other, in their order. Shared by who submits.
class Strand : public std::enable_shared_from_this<Strand> {
public:
  explicit Strand(RequestPool& pool) : pool_(pool) {}
  void post(RequestPool::Task task);
  [[nodiscard]] std::size_t waiting() const;

private:
  void run();

  RequestPool& pool_;
  mutable std::mutex mutex_;
  std::deque<RequestPool::Task> queue_;
  bool running_ = false;
};

} // namespace mv::http
