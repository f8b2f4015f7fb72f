#pragma once

// Notices a server that says nothing any more: frozen, cut off, its disk gone. Inside this folder only.
//
// PostgreSQL keeps the timeouts of statements itself, and TCP's are satisfied by a kernel that lives on: neither helps
// who waits for such a server.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/adapters/postgres/address.hpp"

namespace mv::postgres {

/// Where a wait has lasted three seconds, it begins to connect to that server. One that says nothing within five more,
/// not even a refusal, is silent: all waits on it end as if their connections had broken. Where it is the only one of
/// the address it is asked again until it answers. A long statement of a server that does answer goes on, for as long
/// as its caller allows. One thread; safe from every thread.
class Pulse {
public:
  explicit Pulse(const Address& address);
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  /// No server of the address has answered when it was asked, nor since.
  [[nodiscard]] bool silent() const { return silent_.load(std::memory_order_relaxed); }

  /// One connection. Used by one thread at a time; must not outlive the pulse.
  class Line {
  public:
    /// `host` and `port` of the server that it leads to, of the several that an address may name.
    Line(Pulse& pulse, int socket, std::string host, std::string port);
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
    const std::pair<std::string, std::string> server_;
    int socket_; // a descriptor of its own: libpq may close its one, whose number is then another's
    std::atomic<std::int64_t> began_ = 0; // steady milliseconds; 0 where nothing is waited for
    std::atomic<std::int64_t> until_ = 0;
  };

private:
  using Server = std::pair<std::string, std::string>; // host and port

  void watch(const std::stop_token& stop);
  void look(const std::stop_token& stop);
  /// Whether it says anything within five seconds; yes where it could not be asked, or need not be any more.
  [[nodiscard]] bool answers(const Server& server, const std::stop_token& stop) const;
  void end_waits_on(const Server& server);
  void end_waits_past_their_time();
  [[nodiscard]] std::set<Server> waited_for();

  const std::map<std::string, std::string> parameters_; // of libpq, without the password
  const std::vector<Server> servers_;                   // all that the address names
  const std::string shown_;
  std::atomic<bool> silent_ = false;
  std::mutex mutex_; // guards `lines_`
  std::condition_variable_any wake_;
  std::vector<Line*> lines_;
  std::jthread thread_; // last: it uses all the rest
};

} // namespace mv::postgres
