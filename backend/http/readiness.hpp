#pragma once

// `/health/ready`: what this process can do for whoever is sent to it, by its parts.

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "backend/http/server.hpp"

namespace mv::http {

class Readiness {
public:
  /// Before the first question.
  void add(HealthCheck check) { checks_.push_back(std::move(check)); }
  /// From now on this process is not ready, whatever its checks say.
  void set_ending() { ending_ = true; }

  struct Answer {
    int status = 200; ///< Or 503.
    std::string json;
  };
  /// Asks every part. From any thread.
  [[nodiscard]] Answer ask();

private:
  /// Logs what has become of a part, once and not at each question.
  void tell_change(const HealthCheck& check, std::string_view state, const Result<void>& result);

  std::vector<HealthCheck> checks_;
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> told_; // by check, its state as the log has it
};

} // namespace mv::http
