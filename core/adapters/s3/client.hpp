#pragma once

// Signed requests to one bucket, by libcurl: connections are used again, what fails in passing is tried again after a
// rest of random length, and a store that does not answer is left alone for a while. Safe from every thread.

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/adapters/s3/settings.hpp"
#include "core/adapters/s3/sign.hpp"
#include "core/base/clock.hpp"
#include "core/base/dependency.hpp"
#include "core/base/result.hpp"

namespace mv::s3 {

/// Gives up to `length` bytes from `offset`; fewer when it likes, none only at the end.
using ReadBytes = std::function<Result<std::string>(std::int64_t offset, std::int64_t length)>;

/// The body of a request. It is read from its beginning for each attempt, in pieces, so that memory stays flat.
struct Payload {
  std::int64_t size = 0;
  std::string sha256; ///< Of the whole, lower-case hex. The store refuses bytes that differ.
  ReadBytes read;
};

/// Of bytes that stay where they are while the payload is used.
[[nodiscard]] Payload payload_of(std::string_view bytes);

struct Request {
  std::string_view operation; ///< Its name in metrics: a literal.
  std::string_view method;
  std::string key; ///< In the bucket, our prefix not included; "" is the bucket itself.
  Query query{};
  std::vector<std::string> headers{}; ///< `Name: value` each.
  const Payload* payload = nullptr;
  std::string range{};       ///< `0-1023`; not part of what is signed.
  std::FILE* sink = nullptr; ///< Takes the body of a success in place of `Answer::body`; emptied before each attempt.
  bool once = false;         ///< One attempt, of a few seconds.
  bool long_work = false;    ///< The store may work for minutes before it says a word.
};

struct Answer {
  long status = 0;
  std::map<std::string, std::string, std::less<>> headers; ///< Lower-case names.
  std::string body;
  [[nodiscard]] bool good() const { return status >= 200 && status < 300; }
  [[nodiscard]] std::string header(std::string_view lower_case_name) const;
  [[nodiscard]] std::string code() const; ///< S3's word for what is wrong, `NoSuchKey`; "" where it says none.
};

class Client {
public:
  /// `clock` and `metrics` must outlive it.
  Client(Settings settings, const Clock& clock, Metrics& metrics);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// The store's answer, whatever it says: a refusal is an answer. `unavailable` (`storage.unreachable`) when it gave
  /// none, or said each time that it cannot now; `dependency.resting` while it is left alone.
  [[nodiscard]] Result<Answer> send(const Request& request);

  /// An address under which everybody may do `method` with `key` for `lasts` milliseconds.
  [[nodiscard]] std::string presign(std::string_view method, const std::string& key, TimeMs lasts, Query query) const;

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Dependency& dependency() { return dependency_; }

private:
  struct Handle;
  struct Attempt;
  [[nodiscard]] std::string url_of(const Request& request) const;
  [[nodiscard]] Attempt attempt(const Request& request);
  [[nodiscard]] std::unique_ptr<Handle> borrow();
  void give_back(std::unique_ptr<Handle> handle);

  Settings settings_;
  const Clock& clock_;
  Dependency dependency_;
  std::mutex mutex_; // guards idle_
  std::vector<std::unique_ptr<Handle>> idle_;
};

/// What an answer that is no success means to whoever asked for a blob.
[[nodiscard]] std::unexpected<Error> refusal(const Answer& answer, std::string_view operation);

} // namespace mv::s3
