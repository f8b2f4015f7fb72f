#include "backend/http/request_pool.hpp"

namespace mv::http {

RequestPool::RequestPool(std::size_t threads, std::size_t queue, Metrics& metrics)
    : bound_(queue),
      depth_(metrics.gauge("memoryverse_http_pool_waiting", "Requests that wait for a thread.")),
      busy_(metrics.gauge("memoryverse_http_pool_busy", "Threads that handle a request.")),
      waited_(metrics.histogram("memoryverse_http_pool_wait_seconds", "Time that a request waited for a thread.")),
      refused_(metrics.counter("memoryverse_http_pool_refused_total", "Requests refused because the queue was full.")) {
  metrics.gauge("memoryverse_http_pool_threads", "Threads that handle requests.").set(static_cast<double>(threads));
  threads_.reserve(threads);
  for (std::size_t made = 0; made < threads; ++made)
    threads_.emplace_back([this] { work(); });
}

RequestPool::~RequestPool() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
}

bool RequestPool::submit(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() >= bound_ || stopping_) {
      refused_.add();
      return false;
    }
    push(std::move(task));
  }
  ready_.notify_one();
  return true;
}

void RequestPool::submit_always(Task task) {
  {
    const std::scoped_lock lock(mutex_);
    push(std::move(task));
  }
  ready_.notify_one();
}

void RequestPool::push(Task task) {
  queue_.push_back({.run = std::move(task)});
  depth_.set(static_cast<double>(queue_.size()));
}

void RequestPool::work() {
  while (true) {
    Waiting task;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
      depth_.set(static_cast<double>(queue_.size()));
    }
    waited_.observe(std::chrono::steady_clock::now() - task.since);
    busy_.add(1);
    task.run();
    busy_.add(-1);
  }
}

void Strand::post(RequestPool::Task task) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(task));
    if (running_) return;
    running_ = true;
  }
  pool_.submit_always([self = shared_from_this()] { self->run(); });
}

std::size_t Strand::waiting() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size();
}

void Strand::run() {
  RequestPool::Task task;
  {
    const std::scoped_lock lock(mutex_);
    task = std::move(queue_.front());
    queue_.pop_front();
  }
  task();
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.empty()) {
      running_ = false;
      return;
    }
  }
  // One task a turn, so that a busy socket does not keep a thread to itself.
  pool_.submit_always([self = shared_from_this()] { self->run(); });
}

} // namespace mv::http
