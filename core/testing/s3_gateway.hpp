#pragma once

// A small HTTP proxy in front of a test's RGW, for two reasons. It does harm when it is told to: what a network and a
// store under load do to requests. And it mends one thing: RGW on dbstore, the only RGW that runs without a Ceph
// cluster, answers a range with the right length and the wrong bytes, so that the gateway asks for the whole object and
// cuts the range out of it. All else passes as it is, signatures included.

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace mv::test {

/// What happens to one request.
enum class Harm {
  none,
  refuse,          ///< The connection is closed without a word.
  slow_down,       ///< 503 `SlowDown`, and the store hears nothing.
  fail_after,      ///< The store does it, and the client gets a 500.
  cut_request,     ///< Half of the body reaches the store.
  cut_reply,       ///< Half of the answer reaches the client.
  corrupt_request, ///< One byte of the body is another one.
  slow,            ///< Done, after half a second.
  lose,            ///< 404 `NoSuchKey`, whatever lies there.
  stall,           ///< Nothing is answered until the client gives up.
};

class S3Gateway {
public:
  /// Called for each request, on any thread: its method, and its path with the query.
  using Choose = std::function<Harm(const std::string& method, const std::string& path)>;

  explicit S3Gateway(int upstream_port);
  ~S3Gateway();
  S3Gateway(const S3Gateway&) = delete;
  S3Gateway& operator=(const S3Gateway&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// Null: no harm.
  void set_harm(Choose choose);
  [[nodiscard]] int requests() const { return requests_; }

private:
  struct Exchange;
  struct Guest;
  void accept_all();
  void serve(int client);
  [[nodiscard]] bool pass_on(int client, Exchange& exchange);
  [[nodiscard]] bool answer(int client, int upstream, const Exchange& exchange);

  int upstream_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_; // guards what follows
  Choose choose_;
  std::list<std::unique_ptr<Guest>> guests_;
  std::jthread acceptor_;
};

} // namespace mv::test
