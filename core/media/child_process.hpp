#pragma once

// One child of the decoder pool: started, asked, and ended by the thread that owns it.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <mutex>
#include <string>

#include "core/base/result.hpp"
#include "core/media/protocol.hpp"

namespace mv::media {

/// Why a job got no answer.
enum class JobFailure {
  timed_out,     ///< Killed, as it did not answer in time.
  crashed,       ///< Ended by itself, or talked nonsense and was killed.
  out_of_memory, ///< Ended by itself for want of memory.
};

/// Used by one thread, but `kill_now`, which any thread may call. The starting thread must live as long as the child:
/// the kernel kills a child when the thread that made it ends, which is wanted when the server dies.
class ChildProcess {
public:
  ChildProcess(std::filesystem::path program, std::int64_t memory_bytes);
  /// Leaves neither a process nor a zombie.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] bool running() const { return socket_ >= 0; }
  [[nodiscard]] int jobs_done() const { return jobs_done_; }
  /// How the last child ended, for the log.
  [[nodiscard]] const std::string& last_end() const { return last_end_; }

  /// Starts the program and waits until it has shut itself in; `unavailable` (`media.no-decoder`) when it does not.
  [[nodiscard]] Result<void> start();
  /// One job with the original's descriptor. After a failure the child is gone and waited for.
  [[nodiscard]] std::expected<AnswerMessage, JobFailure> ask(const JobMessage& job, int original,
                                                             std::chrono::milliseconds timeout);
  /// Ends and waits for it.
  void stop();
  /// Kills a running child from another thread; the owner's `ask` then fails.
  void kill_now();

private:
  using Deadline = std::chrono::steady_clock::time_point;

  [[nodiscard]] std::expected<std::string, JobFailure> receive(Deadline deadline);
  [[nodiscard]] std::expected<void, JobFailure> receive_exactly(char* into, std::size_t size, Deadline deadline);
  [[nodiscard]] bool send_job(const std::string& body, int original) const;
  void renew_cpu_limit(std::chrono::milliseconds timeout) const;
  [[nodiscard]] int reap(bool kill_first);

  const std::filesystem::path program_;
  const std::int64_t memory_bytes_;
  int socket_ = -1;
  int jobs_done_ = 0;
  std::string last_end_;
  std::mutex mutex_; ///< Guards pid_, so that a number that the kernel gave to somebody else is never killed.
  pid_t pid_ = -1;
};

} // namespace mv::media
