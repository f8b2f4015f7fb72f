#include "core/adapters/postgres/pulse.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "core/base/log.hpp"

namespace mv::postgres {

namespace {

constexpr std::chrono::milliseconds kPatience{3'000};
constexpr std::chrono::milliseconds kLookEvery{250};
constexpr std::chrono::milliseconds kAskEvery{1'000}; // one that is silent, or slow

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

} // namespace

Pulse::Line::Line(Pulse& pulse, int socket) : pulse_(pulse), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  const std::scoped_lock lock(pulse_.mutex_);
  pulse_.lines_.push_back(this);
}

Pulse::Line::~Line() {
  {
    const std::scoped_lock lock(pulse_.mutex_);
    std::erase(pulse_.lines_, this);
  }
  if (socket_ >= 0) ::close(socket_);
}

Pulse::Line::Wait::Wait(Line& line, std::chrono::milliseconds longest) : line_(line) {
  const std::int64_t now = now_ms();
  line_.until_.store(now + longest.count(), std::memory_order_relaxed);
  line_.began_.store(now, std::memory_order_release);
}

// The last of two parameters of one name counts.
Pulse::Pulse(const Address& address)
    : text_(address.connection_text() + "&connect_timeout=5"),
      shown_(address.shown()),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

Pulse::~Pulse() = default;

void Pulse::watch(const std::stop_token& stop) {
  std::int64_t ask_at = 0;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kLookEvery, [] { return false; });
    }
    const std::int64_t now = now_ms();
    end_waits(0, now);
    if (now < ask_at || (!silent() && !somebody_waits_since(now - kPatience.count()))) continue;
    // A server that starts or stops, or has no place left, says so: it is not silent.
    const bool answered = ::PQping(text_.c_str()) != PQPING_NO_RESPONSE;
    if (answered == silent()) {
      silent_ = !answered;
      (answered ? log_info : log_warning)(
          answered ? "PostgreSQL answers again" : "PostgreSQL says nothing, and is not waited for",
          {{"address", shown_}});
    }
    if (!answered) end_waits(now_ms(), now_ms());
    ask_at = now_ms() + kAskEvery.count();
  }
}

void Pulse::end_waits(std::int64_t latest, std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  for (const Line* line : lines_) {
    const std::int64_t began = line->began_.load(std::memory_order_acquire);
    const bool over = began != 0 && (began <= latest || line->until_.load(std::memory_order_relaxed) < now);
    if (over) ::shutdown(line->socket_, SHUT_RDWR);
  }
}

bool Pulse::somebody_waits_since(std::int64_t time) {
  const std::scoped_lock lock(mutex_);
  return std::ranges::any_of(lines_, [time](const Line* line) {
    const std::int64_t began = line->began_.load(std::memory_order_acquire);
    return began != 0 && began <= time;
  });
}

} // namespace mv::postgres
