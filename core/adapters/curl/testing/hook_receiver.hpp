#pragma once

// For tests: an HTTP server on a free port of this machine that notes what it is sent and answers as told.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mv::test {

struct ReceivedHook {
  std::string path;
  std::map<std::string, std::string> headers; ///< Lower-case names.
  std::string body;
};

struct HookReply {
  int status = 204;
  std::string body{};
  std::vector<std::string> headers{}; ///< `Name: value` each.
  bool hang = false;                  ///< Never answers, until the other side hangs up.
};

class HookReceiver {
public:
  /// `reply` is called for one request at a time.
  explicit HookReceiver(std::function<HookReply(const ReceivedHook&)> reply = {});
  ~HookReceiver();
  HookReceiver(const HookReceiver&) = delete;
  HookReceiver& operator=(const HookReceiver&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& path = "/hook") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] std::vector<ReceivedHook> received() const;
  /// Waits until `count` requests have come, half a minute at most; gives all.
  [[nodiscard]] std::vector<ReceivedHook> wait_for(std::size_t count) const;
  /// From now on.
  void answer_with(std::function<HookReply(const ReceivedHook&)> reply);

private:
  void serve();
  void serve_one(int socket);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_; // guards what follows
  mutable std::condition_variable news_;
  std::function<HookReply(const ReceivedHook&)> reply_;
  std::vector<ReceivedHook> received_;
  std::thread thread_;
};

} // namespace mv::test
