#include "core/adapters/postgres/pulse.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <ranges>

#include "core/base/log.hpp"

namespace mv::postgres {

namespace {

constexpr std::chrono::milliseconds kPatience{3'000};
constexpr std::chrono::milliseconds kForAWord{5'000};
constexpr std::chrono::milliseconds kLookEvery{250};
constexpr std::chrono::milliseconds kAskEvery{1'000}; // one that is silent, or slow

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// What an address says to libpq. Without the password: a server that asks for one has answered, and need not sign
/// somebody in for it.
std::map<std::string, std::string> parameters_of(const Address& address) {
  std::map<std::string, std::string> parameters;
  PQconninfoOption* const options = ::PQconninfoParse(address.connection_text().c_str(), nullptr);
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr; ++option)
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  ::PQconninfoFree(options);
  parameters.erase("password");
  // It goes with the names one by one, of which the question takes one; that name is looked up again.
  if (parameters.contains("hostaddr") && parameters["hostaddr"].contains(',')) parameters.erase("hostaddr");
  return parameters;
}

std::vector<std::string> pieces_of(const std::map<std::string, std::string>& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  std::vector<std::string> pieces;
  if (found == parameters.end()) return {""};
  for (const auto piece : std::views::split(found->second, ','))
    pieces.emplace_back(piece.begin(), piece.end());
  return pieces;
}

/// One port, or none, is for all hosts.
std::vector<std::pair<std::string, std::string>> servers_of(const std::map<std::string, std::string>& parameters) {
  const std::vector<std::string> hosts = pieces_of(parameters, "host");
  const std::vector<std::string> ports = pieces_of(parameters, "port");
  std::vector<std::pair<std::string, std::string>> servers;
  for (std::size_t i = 0; i < hosts.size(); ++i)
    servers.emplace_back(hosts[i], ports[std::min(i, ports.size() - 1)]);
  return servers;
}

} // namespace

Pulse::Line::Line(Pulse& pulse, int socket, std::string host, std::string port)
    : pulse_(pulse), server_(std::move(host), std::move(port)), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
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

Pulse::Pulse(const Address& address)
    : parameters_(parameters_of(address)),
      servers_(servers_of(parameters_)),
      shown_(address.shown()),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

Pulse::~Pulse() = default;

void Pulse::watch(const std::stop_token& stop) {
  std::int64_t look_at = 0;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, kLookEvery, [] { return false; });
    }
    end_waits_past_their_time();
    if (now_ms() < look_at) continue;
    if (silent() || !waited_for().empty()) {
      look(stop);
      look_at = now_ms() + kAskEvery.count();
    }
  }
}

void Pulse::look(const std::stop_token& stop) {
  if (silent()) {
    const auto well = [&](const Server& server) { return answers(server, stop); };
    if (std::ranges::none_of(servers_, well)) return end_waits_on(servers_.front());
    silent_ = false;
    return log_info("PostgreSQL answers again", {{"address", shown_}});
  }
  for (const Server& server : waited_for()) {
    if (answers(server, stop)) continue;
    log_warning("PostgreSQL says nothing, and is not waited for", {{"host", server.first}, {"port", server.second}});
    // Before the waits end, so that nobody who was refused begins anew.
    const auto well = [&](const Server& other) { return other != server && answers(other, stop); };
    silent_ = std::ranges::none_of(servers_, well);
    end_waits_on(server);
  }
}

bool Pulse::answers(const Server& server, const std::stop_token& stop) const {
  std::map<std::string, std::string> parameters = parameters_;
  if (!server.first.empty()) parameters["host"] = server.first;
  if (!server.second.empty()) parameters["port"] = server.second;
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : parameters) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  const std::unique_ptr<PGconn, decltype(&::PQfinish)> connection(
      ::PQconnectStartParams(names.data(), values.data(), 0), &::PQfinish);
  if (!connection || ::PQstatus(connection.get()) == CONNECTION_BAD) return true;
  const auto until = std::chrono::steady_clock::now() + kForAWord;
  auto next = PGRES_POLLING_WRITING;
  while (std::chrono::steady_clock::now() < until) {
    if (stop.stop_requested()) return true;
    pollfd socket{.fd = ::PQsocket(connection.get()),
                  .events = static_cast<short>(next == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                  .revents = 0};
    if (::poll(&socket, 1, 100) <= 0) continue;
    next = ::PQconnectPoll(connection.get());
    if (next == PGRES_POLLING_OK || next == PGRES_POLLING_FAILED) return true;
  }
  return false;
}

void Pulse::end_waits_on(const Server& server) {
  const std::scoped_lock lock(mutex_);
  for (const Line* line : lines_) {
    const bool waits = line->began_.load(std::memory_order_acquire) != 0;
    if (waits && (silent() || line->server_ == server)) ::shutdown(line->socket_, SHUT_RDWR);
  }
}

void Pulse::end_waits_past_their_time() {
  const std::int64_t now = now_ms();
  const std::scoped_lock lock(mutex_);
  for (const Line* line : lines_) {
    const bool waits = line->began_.load(std::memory_order_acquire) != 0;
    if (waits && line->until_.load(std::memory_order_relaxed) < now) ::shutdown(line->socket_, SHUT_RDWR);
  }
}

std::set<Pulse::Server> Pulse::waited_for() {
  const std::int64_t long_ago = now_ms() - kPatience.count();
  std::set<Server> servers;
  const std::scoped_lock lock(mutex_);
  for (const Line* line : lines_) {
    const std::int64_t began = line->began_.load(std::memory_order_acquire);
    if (began != 0 && began <= long_ago) servers.insert(line->server_);
  }
  return servers;
}

} // namespace mv::postgres
