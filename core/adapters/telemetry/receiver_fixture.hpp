#pragma once

// For tests: a small HTTP server on a free port of 127.0.0.1 that keeps what it is sent, and answers as it is told.

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mv::telemetry {

class Receiver {
public:
  struct Request {
    std::string target;                         ///< `/v1/traces`
    std::map<std::string, std::string> headers; ///< Lower-case names.
    std::string body;
  };

  Receiver();
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// What follows the status line, `429 Too Many Requests` with `Retry-After: 7`, from now on.
  void answer(std::string status, std::string header = {});
  /// The next request gets this, those after it 200.
  void answer_once(std::string status);
  /// While it holds, requests are taken but not answered.
  void hold(bool yes);
  /// The first `count` requests, once so many have arrived; fewer after half a minute.
  [[nodiscard]] std::vector<Request> wait_for(std::size_t count);
  [[nodiscard]] std::size_t count();

private:
  void serve();
  void serve_one(int connection);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  std::vector<Request> requests_;
  std::string status_ = "200 OK";
  std::string header_;
  std::string once_; // for the next request, where not empty
  bool holding_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace mv::telemetry
