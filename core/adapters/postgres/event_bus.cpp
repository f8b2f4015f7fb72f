#include "core/adapters/postgres/event_bus.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <format>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>

#include "core/adapters/postgres/failure.hpp"
#include "core/base/log.hpp"

namespace mv::postgres {

namespace {

constexpr const char* kChannel = "memoryverse_events";
constexpr std::chrono::milliseconds kLookEvery{10'000};
constexpr std::chrono::milliseconds kLongest{30'000}; // of a statement
constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{5'000};

/// True when `wake` was the reason.
bool wait_for(int wake, int socket, std::chrono::milliseconds longest) {
  std::array<pollfd, 2> watched{
      {{.fd = wake, .events = POLLIN, .revents = 0}, {.fd = socket, .events = POLLIN, .revents = 0}}};
  ::poll(watched.data(), socket < 0 ? 1 : 2, static_cast<int>(longest.count()));
  if ((watched[0].revents & POLLIN) == 0) return false;
  std::uint64_t times = 0;
  return ::read(wake, &times, sizeof times) > 0;
}

} // namespace

/// The connection. Throws what libpqxx throws.
class PostgresEventBus::Line {
public:
  Line(const Address& address, Pulse& pulse, const std::function<void(std::int64_t)>& heard)
      : connection_(address.connection_text()),
        line_(pulse, connection_.sock(), connection_.hostname(), connection_.port()) {
    const auto waiting = wait();
    connection_.set_notice_handler([](pqxx::zview) {});
    const int own = connection_.backendpid();
    connection_.listen(kChannel, [own, heard](const pqxx::notification& notice) {
      std::int64_t seq = 0;
      const std::string_view text = notice.payload;
      std::from_chars(text.data(), text.data() + text.size(), seq);
      if (notice.backend_pid != own && seq > 0) heard(seq);
    });
  }

  [[nodiscard]] int socket() const { return connection_.sock(); }
  void read() { connection_.get_notifs(); }
  void send(std::int64_t seq) {
    const auto waiting = wait();
    pqxx::nontransaction(connection_).exec(std::format("NOTIFY {}, '{}'", kChannel, seq));
  }
  /// How far the outbox has come.
  [[nodiscard]] std::int64_t latest() {
    const auto waiting = wait();
    return pqxx::nontransaction(connection_).exec("SELECT COALESCE(MAX(seq), 0) FROM events")[0][0].as<std::int64_t>();
  }

private:
  [[nodiscard]] Pulse::Line::Wait wait() { return {line_, kLongest}; }

  pqxx::connection connection_;
  Pulse::Line line_;
};

Result<std::unique_ptr<PostgresEventBus>> PostgresEventBus::open(std::string_view url, Metrics* metrics) {
  TRY(Address address, Address::parse(url));
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) return fail(ErrorCode::unavailable, "database.busy", "no descriptor is free");
  return std::unique_ptr<PostgresEventBus>(new PostgresEventBus(std::move(address), wake, metrics));
}

PostgresEventBus::PostgresEventBus(Address address, int wake, Metrics* metrics)
    : address_(std::move(address)), pulse_(address_), wake_(wake) {
  if (metrics != nullptr) {
    connected_ = &metrics->gauge("memoryverse_event_bus_connected", "Whether notices of other processes arrive.");
    reconnects_ = &metrics->counter("memoryverse_event_bus_reconnects_total", "Connections that broke.");
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

PostgresEventBus::~PostgresEventBus() {
  thread_.request_stop();
  this->wake();
  thread_.join();
  ::close(wake_);
}

void PostgresEventBus::wake() const {
  constexpr std::uint64_t kOnce = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &kOnce, sizeof kOnce); // fails only when it is awake already
}

void PostgresEventBus::publish(std::int64_t seq) {
  tell(seq);
  std::int64_t known = to_publish_.load();
  while (known < seq && !to_publish_.compare_exchange_weak(known, seq)) {
  }
  this->wake();
}

std::unique_ptr<void, std::function<void(void*)>> PostgresEventBus::subscribe(
    std::function<void(std::int64_t seq)> listener) {
  return local_.subscribe(std::move(listener));
}

void PostgresEventBus::tell(std::int64_t seq) {
  std::int64_t known = told_.load();
  while (known < seq && !told_.compare_exchange_weak(known, seq)) {
  }
  local_.publish(seq);
}

void PostgresEventBus::work(const std::stop_token& stop) {
  std::chrono::milliseconds pause = kFirstPause;
  while (!stop.stop_requested()) {
    try {
      Line line(address_, pulse_, [this](std::int64_t seq) { tell(seq); });
      if (connected_ != nullptr) connected_->set(1);
      pause = kFirstPause;
      talk(line, stop);
    } catch (const std::exception& thrown) {
      if (connected_ != nullptr) connected_->set(0);
      if (reconnects_ != nullptr) reconnects_->add();
      log_warning("no notices of events from other processes, connecting again",
                  {{"error", explain(thrown, "listen", address_).error}});
      // What is to be published meanwhile wakes us too early, which does no harm: each try has a pause of its own.
      const auto until = std::chrono::steady_clock::now() + pause;
      while (!stop.stop_requested() && std::chrono::steady_clock::now() < until)
        wait_for(wake_, -1,
                 std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()) +
                     std::chrono::milliseconds(1));
      pause = std::min(pause * 2, kLongestPause);
    }
  }
}

void PostgresEventBus::talk(Line& line, const std::stop_token& stop) {
  std::int64_t published = 0;
  auto look_at = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    const std::int64_t to_publish = to_publish_.load();
    if (to_publish > published) {
      line.send(to_publish);
      published = to_publish;
    }
    line.read();
    const auto now = std::chrono::steady_clock::now();
    if (now >= look_at) {
      if (const std::int64_t latest = line.latest(); latest > told_.load()) tell(latest);
      look_at = now + kLookEvery;
    }
    wait_for(wake_, line.socket(), std::chrono::ceil<std::chrono::milliseconds>(look_at - now));
  }
}

} // namespace mv::postgres
