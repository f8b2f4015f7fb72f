#pragma once

// One HTTP POST at a time, by libcurl, with every limit that keeps a bad receiver from holding the sender.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/dependency.hpp"

namespace mv::telemetry {

struct PostAnswer {
  int status = 0;        ///< 0: no answer; `problem` says why.
  int retry_after_s = 0; ///< What the receiver asks for; 0 when it does not.
  std::string problem{}; ///< In libcurl's words, without the address.

  /// 429 and 408 say that the receiver is well, and so does every other refusal.
  [[nodiscard]] CallOutcome outcome() const;
  [[nodiscard]] bool accepted() const { return status >= 200 && status < 300; }
  /// Whether the same again may be taken later.
  [[nodiscard]] bool passing() const { return status == 0 || status == 408 || status == 429 || status >= 500; }
};

/// Keeps its connection from one call to the next. Used by one thread at a time.
class Poster {
public:
  /// `timeout` is for the whole call, connecting included.
  explicit Poster(std::chrono::milliseconds timeout);
  ~Poster();
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;

  void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }
  /// `headers` as `Name: value`. Follows no redirection: what is sent goes to whom the operator named.
  [[nodiscard]] PostAnswer post(const std::string& url, const std::vector<std::string>& headers,
                                const std::string& body);

private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  std::chrono::milliseconds timeout_;
};

/// Whether it is an `http` or `https` address with a host that libcurl can read.
[[nodiscard]] bool is_http_url(const std::string& url);

} // namespace mv::telemetry
