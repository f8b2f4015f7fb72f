#include "core/media/media_process.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <format>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "core/media/child_process.hpp"
#include "core/media/protocol.hpp"
#include "core/media/sniff.hpp"

namespace mv::media {
namespace {

/// A descriptor that closes itself.
class Descriptor {
public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

private:
  int fd_;
};

Decoded refused(const Sniffed& type, std::string_view reason, std::string cause = {}) {
  Decoded decoded;
  decoded.kind = type.kind;
  decoded.mime_type = type.mime_type;
  decoded.reason = reason;
  decoded.cause = std::move(cause);
  decoded.complete = true;
  return decoded;
}

std::string_view reason_of(JobFailure failure) {
  switch (failure) {
    case JobFailure::timed_out:
      return "media.timeout";
    case JobFailure::out_of_memory:
      return "media.too-big";
    case JobFailure::crashed:
      return "media.crashed";
  }
  return "media.crashed";
}

Result<void> write_whole(const std::filesystem::path& path, std::span<const char> bytes) {
  std::filesystem::path unfinished = path;
  unfinished += ".part";
  {
    const Descriptor file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    std::span<const char> left = bytes;
    while (file.get() >= 0 && !left.empty()) {
      const ssize_t written = ::write(file.get(), left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;
      left = left.subspan(static_cast<std::size_t>(written));
    }
    if (file.get() < 0 || !left.empty()) {
      const int error = errno;
      ::unlink(unfinished.c_str());
      const bool full = error == ENOSPC || error == EDQUOT;
      return fail(full ? ErrorCode::insufficient_storage : ErrorCode::internal, "media.cannot-write",
                  unfinished.string() + ": " + std::strerror(error));
    }
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) {
    return fail(ErrorCode::internal, "media.cannot-write", path.string() + ": " + std::strerror(errno));
  }
  return {};
}

} // namespace

/// A job that waits for a thread of the pool, or is in its hands; lives on the stack of whoever asked.
struct WaitingJob {
  const JobMessage& message;
  int original;
  std::chrono::milliseconds timeout;
  std::optional<Result<std::expected<AnswerMessage, JobFailure>>> answer{};
};

struct MediaDecoder::Pool {
  MediaDecoderOptions options;
  mutable std::mutex mutex;
  std::condition_variable work;     ///< A job came, or the end.
  std::condition_variable answered; ///< Some job has its answer, or its asker has left.
  int askers = 0;                   ///< Inside `decode`; the pool outlives them.
  std::deque<WaitingJob*> quick;
  std::deque<WaitingJob*> full;
  std::vector<ChildProcess*> children; ///< One per thread, registered by it.
  int alive = 0;
  bool stopping = false;
  std::vector<std::thread> threads;

  void log(std::string_view text) const {
    if (options.log) options.log(text);
  }

  /// What each thread does: owns one child, and gives it one job after the other.
  void serve() {
    ChildProcess child(options.program, options.memory_bytes);
    std::unique_lock lock(mutex);
    children.push_back(&child);
    while (true) {
      work.wait(lock, [&] { return stopping || !quick.empty() || !full.empty(); });
      if (stopping) break;
      std::deque<WaitingJob*>& queue = quick.empty() ? full : quick;
      WaitingJob& job = *queue.front();
      queue.pop_front();
      lock.unlock();
      auto answer = run(child, job);
      lock.lock();
      job.answer.emplace(std::move(answer));
      answered.notify_all();
    }
    std::erase(children, &child);
  }

  Result<std::expected<AnswerMessage, JobFailure>> run(ChildProcess& child, const WaitingJob& job) {
    while (true) {
      if (child.running() && child.jobs_done() >= options.jobs_per_process) end(child);
      if (!child.running()) {
        TRY_OK(child.start());
        const std::lock_guard lock(mutex);
        ++alive;
        // Whoever stops the pool kills the children that it sees; this one it may not have seen.
        if (stopping) return fail(ErrorCode::unavailable, "media.stopping");
      }
      const bool fresh = child.jobs_done() == 0;
      auto answer = child.ask(job.message, job.original, job.timeout);
      if (answer) return answer;
      {
        const std::lock_guard lock(mutex);
        --alive;
        if (stopping) return fail(ErrorCode::unavailable, "media.stopping");
      }
      log(std::format("the decoder gave no answer ({}): {}", reason_of(answer.error()), child.last_end()));
      // The fault may have been left behind by an earlier file: only a fresh child's death is this file's doing.
      if (fresh || answer.error() == JobFailure::timed_out) return answer;
    }
  }

  void end(ChildProcess& child) {
    child.stop();
    const std::lock_guard lock(mutex);
    --alive;
  }
};

MediaDecoder::MediaDecoder(std::unique_ptr<Pool> pool) : pool_(std::move(pool)) {}

Result<std::unique_ptr<MediaDecoder>> MediaDecoder::open(MediaDecoderOptions options) {
  std::error_code unknown; // what cannot be looked at cannot be started either
  const bool is_folder = std::filesystem::is_directory(options.program, unknown);
  if (is_folder || ::access(options.program.c_str(), X_OK) != 0) {
    return fail(ErrorCode::unavailable, "media.no-decoder",
                options.program.string() + ": " + std::strerror(is_folder ? EISDIR : errno) +
                    "; name the program memoryverse-media, or leave it out to have the one beside this program");
  }
  options.processes = std::clamp(options.processes, 1, 64);
  auto pool = std::make_unique<Pool>();
  pool->options = std::move(options);
  Pool& shared = *pool;
  for (int i = 0; i < shared.options.processes; ++i) {
    shared.threads.emplace_back([&shared] { shared.serve(); });
  }
  return std::unique_ptr<MediaDecoder>(new MediaDecoder(std::move(pool)));
}

MediaDecoder::~MediaDecoder() {
  {
    const std::lock_guard lock(pool_->mutex);
    pool_->stopping = true;
    for (ChildProcess* child : pool_->children)
      child->kill_now();
    for (std::deque<WaitingJob*>* queue : {&pool_->quick, &pool_->full}) {
      for (WaitingJob* job : *queue)
        job->answer.emplace(fail(ErrorCode::unavailable, "media.stopping"));
      queue->clear();
    }
  }
  pool_->work.notify_all();
  pool_->answered.notify_all();
  for (std::thread& thread : pool_->threads)
    thread.join();
  std::unique_lock lock(pool_->mutex);
  pool_->answered.wait(lock, [&] { return pool_->askers == 0; });
}

Result<Decoded> MediaDecoder::decode(const DecodeRequest& request) {
  const MediaDecoderOptions& options = pool_->options;
  // O_NONBLOCK: the path should be a file of ours, but opening a pipe would wait for ever.
  const Descriptor original(::open(request.original.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts{};
  if (original.get() < 0 || ::fstat(original.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::not_found, "media.no-original", request.original.string() + ": " + std::strerror(errno));
  }
  std::array<std::byte, kSniffBytes> head{};
  const ssize_t got = ::pread(original.get(), head.data(), head.size(), 0);
  if (got < 0) return fail(ErrorCode::internal, "media.cannot-read", std::strerror(errno));
  const Sniffed type = sniff(std::span(head).first(static_cast<std::size_t>(got)), request.file_name);
  if (facts.st_size == 0) return refused(type, "media.empty");
  if (!is_for_decoder(type)) return refused(type, "");
  if (facts.st_size > options.max_file_bytes) return refused(type, "media.too-big", "the file has too many bytes");

  const JobMessage message = {.step = request.step,
                              .mime_type = std::string(type.mime_type),
                              .decodable = type.decodable,
                              .max_pixels = options.max_pixels};
  const bool quick = request.step == DecodeStep::quick;
  WaitingJob job = {
      .message = message, .original = original.get(), .timeout = quick ? options.quick_timeout : options.full_timeout};
  {
    std::unique_lock lock(pool_->mutex);
    if (pool_->stopping) return fail(ErrorCode::unavailable, "media.stopping");
    (quick ? pool_->quick : pool_->full).push_back(&job);
    ++pool_->askers;
    pool_->work.notify_one();
    pool_->answered.wait(lock, [&] { return job.answer.has_value(); });
    --pool_->askers;
    if (pool_->stopping) pool_->answered.notify_all(); // still under the lock: the pool goes when it is let go
  }
  TRY(auto answer, std::move(*job.answer));
  if (!answer) return refused(type, reason_of(answer.error()));

  Decoded decoded = std::move(answer->decoded);
  decoded.kind = type.kind;
  decoded.mime_type = type.mime_type;
  for (std::size_t i = 0; i < decoded.derivatives.size(); ++i) {
    Derivative& made = decoded.derivatives[i];
    made.path = request.output_folder / std::format("{}.webp", made.size);
    TRY_OK(write_whole(made.path, answer->files[i]));
  }
  return decoded;
}

std::int64_t MediaDecoder::max_file_bytes() const { return pool_->options.max_file_bytes; }

int MediaDecoder::children() const {
  const std::lock_guard lock(pool_->mutex);
  return pool_->alive;
}

int MediaDecoder::waiting() const {
  const std::lock_guard lock(pool_->mutex);
  return static_cast<int>(pool_->quick.size() + pool_->full.size());
}

} // namespace mv::media
