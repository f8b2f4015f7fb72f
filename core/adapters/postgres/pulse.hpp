#pragma once

// Notices a server that says nothing any more: frozen, cut off, its disk gone. Inside this folder only.
//
// PostgreSQL keeps the timeouts of statements itself, and TCP's are satisfied by a kernel that lives on: neither helps
// who waits for such a server.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/adapters/postgres/address.hpp"

namespace mv::postgres {

/// Where a wait has lasted three seconds, it asks whether the server takes connections at all. One that does not say so
/// within five more is silent: all waits on it end as if their connections had broken, and it is asked again until it
/// answers. A long statement of a server that does answer goes on, for as long as its caller allows. One thread; safe
/// from every thread.
class Pulse {
public:
  explicit Pulse(const Address& address);
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  /// It was asked and did not answer, and has not answered since.
  [[nodiscard]] bool silent() const { return silent_.load(std::memory_order_relaxed); }

  /// One connection. Used by one thread at a time; must not outlive the pulse.
  class Line {
  public:
    Line(Pulse& pulse, int socket);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// From before a statement is sent until its answer is read.
    class Wait {
    public:
      Wait(Line& line, std::chrono::milliseconds longest);
      ~Wait() { line_.began_.store(0, std::memory_order_release); }
      Wait(const Wait&) = delete;
      Wait& operator=(const Wait&) = delete;

    private:
      Line& line_;
    };

  private:
    friend class Pulse;
    Pulse& pulse_;
    int socket_; // a descriptor of its own: libpq may close its one, whose number is then another's
    std::atomic<std::int64_t> began_ = 0; // steady milliseconds; 0 where nothing is waited for
    std::atomic<std::int64_t> until_ = 0;
  };

private:
  void watch(const std::stop_token& stop);
  /// Ends the waits that began at `latest` or before, and those whose time is over.
  void end_waits(std::int64_t latest, std::int64_t now);
  [[nodiscard]] bool somebody_waits_since(std::int64_t time);

  const std::string text_; // for libpq
  const std::string shown_;
  std::atomic<bool> silent_ = false;
  std::mutex mutex_; // guards `lines_`
  std::condition_variable_any wake_;
  std::vector<Line*> lines_;
  std::jthread thread_; // last: it uses all the rest
};

} // namespace mv::postgres
