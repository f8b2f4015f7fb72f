#include "core/testing/rabbitmq_server.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <format>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "core/testing/free_port.hpp"

namespace mv::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

bool answers(std::uint16_t port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return connected;
}

} // namespace

RabbitMqServer::RabbitMqServer() {
  std::string name = (std::filesystem::temp_directory_path() / "memoryverse-rabbitmq-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = name;
  port_ = free_port();
  tls_port_ = free_port();
  node_port_ = free_port();
  epmd_port_ = free_port();
  std::ofstream(folder_ / "plugins") << "[].\n";
  std::ofstream(folder_ / "rabbitmq.conf") << std::format(
      "listeners.tcp.1 = 127.0.0.1:{}\nlisteners.ssl.1 = 127.0.0.1:{}\n"
      "ssl_options.cacertfile = {}/certificate.pem\nssl_options.certfile = {}/certificate.pem\n"
      "ssl_options.keyfile = {}/key.pem\nssl_options.verify = verify_none\n"
      "default_user = mv\ndefault_pass = secret\nlog.file = false\nlog.console = true\n",
      port_, tls_port_, name, name, name);
  const std::string prepare = std::format(
      "cd {} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem "
      "2>openssl.log{}",
      name, ::geteuid() == 0 ? " && chown -R rabbitmq . && chmod 755 ." : "");
  if (std::system(prepare.c_str()) != 0) throw std::runtime_error("openssl");
  // Started by us, so that it ends with us: what the server starts by itself outlives it.
  epmd_ = spawn(std::format("exec epmd -port {} -address 127.0.0.1", epmd_port_));
  start();
}

RabbitMqServer::~RabbitMqServer() {
  kill();
  ::kill(epmd_, SIGKILL);
  ::waitpid(epmd_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string RabbitMqServer::tls_url() const {
  return std::format("amqps://mv:secret@localhost:{}?ca={}/certificate.pem", tls_port_, folder_.string());
}

void RabbitMqServer::start() {
  pid_ = spawn("exec /usr/lib/rabbitmq/bin/rabbitmq-server");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(90);
  while (!answers(port_) || !answers(tls_port_)) {
    const bool gone = ::waitpid(pid_, nullptr, WNOHANG) != 0;
    if (gone) pid_ = -1;
    if (gone || std::chrono::steady_clock::now() > until) {
      std::ifstream log(folder_ / "log");
      throw std::runtime_error("rabbitmq-server does not start: " + std::string(std::istreambuf_iterator(log), {}));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void RabbitMqServer::kill() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

pid_t RabbitMqServer::spawn(const std::string& command) const {
  const std::string user = ::geteuid() == 0 ? "setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups " : "";
  const std::string folder = folder_.string();
  const std::string line = std::format(
      "exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME={0} LANG=C.UTF-8 RABBITMQ_NODENAME=mv{1}@localhost "
      "RABBITMQ_DIST_PORT={2} ERL_EPMD_PORT={3} ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_MNESIA_BASE={0}/data "
      "RABBITMQ_LOG_BASE={0}/logs RABBITMQ_ENABLED_PLUGINS_FILE={0}/plugins RABBITMQ_CONFIG_FILE={0}/rabbitmq.conf "
      "{4}sh -c '{5}' >>{0}/log 2>&1",
      folder, port_, node_port_, epmd_port_, user, command);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setpgid(0, 0); // so that `kill` reaches all of it
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
  if (pid < 0) throw std::runtime_error("fork");
  return pid;
}

} // namespace mv::test
