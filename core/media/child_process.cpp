#include "core/media/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <format>

namespace mv::media {
namespace {

constexpr std::chrono::seconds kStartTimeout{60}; // loading the libraries from a cold disk on a busy machine

std::string describe_status(int status) {
  if (WIFSIGNALED(status)) return std::format("killed by signal {}", WTERMSIG(status));
  if (WIFEXITED(status)) return std::format("exit status {}", WEXITSTATUS(status));
  return "ended";
}

} // namespace

ChildProcess::ChildProcess(std::filesystem::path program, std::int64_t memory_bytes)
    : program_(std::move(program)), memory_bytes_(memory_bytes) {}

ChildProcess::~ChildProcess() { stop(); }

Result<void> ChildProcess::start() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::unavailable, "media.no-decoder", std::strerror(errno));
  }

  // The child gets nothing of ours: three standard descriptors on /dev/null, its socket, and no environment (which
  // holds the keys of the storage).
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], kChildSocket);
  posix_spawn_file_actions_addclosefrom_np(&actions, kChildSocket + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Neither Ctrl-C at the terminal nor a mask of the server's threads is meant for the child.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

  std::string name = program_.string();
  std::string memory = std::to_string(memory_bytes_);
  std::string parent = std::to_string(::getpid());
  std::array<char*, 4> arguments = {name.data(), memory.data(), parent.data(), nullptr};
  std::string locale = "LANG=C.UTF-8";
  std::string arenas = "MALLOC_ARENA_MAX=2"; // threads of decoders would each reserve an arena of address space
  std::array<char*, 3> environment = {locale.data(), arenas.data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, name.c_str(), &actions, &attributes, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return fail(ErrorCode::unavailable, "media.no-decoder", name + ": " + std::strerror(error));
  }
  {
    const std::lock_guard lock(mutex_);
    pid_ = pid;
  }
  socket_ = ends[0];
  jobs_done_ = 0;
  // An empty frame says that the child is ready. What dies before it dies of itself, not of a family's photo.
  const auto hello = receive(std::chrono::steady_clock::now() + kStartTimeout);
  if (!hello || !hello->empty()) {
    stop();
    return fail(ErrorCode::unavailable, "media.no-decoder", name + " did not start: " + last_end_);
  }
  return {};
}

std::expected<AnswerMessage, JobFailure> ChildProcess::ask(const JobMessage& job, int original,
                                                           std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  renew_cpu_limit(timeout);
  auto body = send_job(encode(job), original) ? receive(deadline) : std::unexpected(JobFailure::crashed);
  if (body) {
    if (auto answer = decode_answer(*body)) {
      ++jobs_done_;
      return *std::move(answer);
    }
    body = std::unexpected(JobFailure::crashed); // it talks nonsense: not to be asked again
  }
  const bool kill_first = body.error() == JobFailure::timed_out;
  const int status = reap(kill_first);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitOutOfMemory) return std::unexpected(JobFailure::out_of_memory);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) return std::unexpected(JobFailure::timed_out);
  return std::unexpected(body.error());
}

bool ChildProcess::send_job(const std::string& body, int original) const {
  std::string frame(4, '\0');
  const auto length = static_cast<std::uint32_t>(body.size());
  std::memcpy(frame.data(), &length, sizeof length);
  frame += body;

  iovec part = {frame.data(), frame.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &original, sizeof original);
  // A job is far smaller than the socket's buffer, so one call takes all of it.
  const ssize_t sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(frame.size());
}

std::expected<std::string, JobFailure> ChildProcess::receive(Deadline deadline) {
  std::uint32_t length = 0;
  if (auto got = receive_exactly(reinterpret_cast<char*>(&length), sizeof length, deadline); !got) {
    return std::unexpected(got.error());
  }
  if (length > kMaxFrame) return std::unexpected(JobFailure::crashed);
  std::string body(length, '\0');
  if (auto got = receive_exactly(body.data(), length, deadline); !got) return std::unexpected(got.error());
  return body;
}

std::expected<void, JobFailure> ChildProcess::receive_exactly(char* into, std::size_t size, Deadline deadline) {
  while (size > 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::unexpected(JobFailure::timed_out);
    pollfd waiting = {socket_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = ready < 0 ? -1 : ::recv(socket_, into, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::unexpected(JobFailure::crashed);
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

void ChildProcess::renew_cpu_limit(std::chrono::milliseconds timeout) const {
  // Wall clock is what people wait for; this one holds even when the server is stopped in a debugger or gone.
  clockid_t clock = 0;
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return;
  const auto seconds = static_cast<rlim_t>(std::chrono::ceil<std::chrono::seconds>(timeout).count());
  // Decoders have a few threads each.
  const rlimit limit = {static_cast<rlim_t>(used.tv_sec) + 4 * seconds + 10, RLIM_INFINITY};
  ::prlimit(pid_, RLIMIT_CPU, &limit, nullptr);
}

void ChildProcess::stop() { static_cast<void>(reap(true)); }

void ChildProcess::kill_now() {
  const std::lock_guard lock(mutex_);
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

int ChildProcess::reap(bool kill_first) {
  // Without its socket a child that still listens ends by itself; one that misbehaves gets no time for it.
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  const std::lock_guard lock(mutex_);
  if (pid_ <= 0) return 0;
  int status = 0;
  pid_t done = kill_first ? 0 : ::waitpid(pid_, &status, WNOHANG);
  if (done != pid_) {
    // A child that closed its socket is ending; its own status tells more than our signal, so it gets a moment.
    for (int i = 0; i < 50 && !kill_first && done != pid_; ++i) {
      ::poll(nullptr, 0, 10);
      done = ::waitpid(pid_, &status, WNOHANG);
    }
    if (done != pid_) {
      ::kill(pid_, SIGKILL);
      while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
      }
    }
  }
  pid_ = -1;
  last_end_ = describe_status(status);
  return status;
}

} // namespace mv::media
