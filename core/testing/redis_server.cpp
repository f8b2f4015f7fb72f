#include "core/testing/redis_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "core/testing/free_port.hpp"

namespace mv::test {

namespace {

/// Starts it with its output on a pipe, and dies with us.
pid_t spawn(const std::vector<std::string>& command, int& output) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  std::vector<char*> words; // made before the fork: the child may not allocate
  for (const std::string& word : command)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::execvp(words[0], words.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output = ends[0];
  if (pid < 0) throw std::runtime_error("fork");
  return pid;
}

/// Everything up to `wanted`, or to the end.
std::string read_until(int descriptor, std::string_view wanted) {
  std::string text;
  std::array<char, 4096> piece{};
  while (!text.contains(wanted)) {
    const ssize_t count = ::read(descriptor, piece.data(), piece.size());
    if (count <= 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  return text;
}

void make_certificate(const std::filesystem::path& folder) {
  int output = -1;
  const pid_t pid = spawn({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                           "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                           "-keyout", (folder / "key.pem").string(), "-out", (folder / "certificate.pem").string()},
                          output);
  const std::string said = read_until(output, "\0never");
  ::close(output);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("openssl: " + said);
}

} // namespace

RedisServer::RedisServer(RedisServerOptions options) : options_(std::move(options)), port_(free_port()) {
  std::string name = (std::filesystem::temp_directory_path() / "memoryverse-redis-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = name;
  if (options_.tls) make_certificate(folder_);
  start();
}

RedisServer::~RedisServer() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> RedisServer::command() const {
  const std::string port = std::to_string(port_);
  std::vector<std::string> words{"redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                                 "--daemonize", "no", "--dir", folder_.string(), "--unixsocket", socket(),
                                 // Its own handling of signals and memory is of no use to a test.
                                 "--crash-log-enabled", "no"};
  if (options_.tls) {
    const std::string certificate = (folder_ / "certificate.pem").string();
    for (const std::string& word :
         {std::string("--port"), std::string("0"), std::string("--tls-port"), port, std::string("--tls-cert-file"),
          certificate, std::string("--tls-key-file"), (folder_ / "key.pem").string(), std::string("--tls-ca-cert-file"),
          certificate, std::string("--tls-auth-clients"), std::string("no")})
      words.push_back(word);
  } else {
    words.insert(words.end(), {"--port", port});
  }
  words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
  return words;
}

void RedisServer::start() {
  pid_ = spawn(command(), output_);
  const std::string said = read_until(output_, "Ready to accept connections");
  if (!said.contains("Ready to accept connections")) {
    kill();
    throw std::runtime_error("redis-server did not start: " + said);
  }
}

void RedisServer::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(output_);
  pid_ = -1;
}

void RedisServer::pause() { ::kill(pid_, SIGSTOP); }

void RedisServer::resume() { ::kill(pid_, SIGCONT); }

std::string RedisServer::url() const {
  if (options_.tls)
    return "rediss://localhost:" + std::to_string(port_) + "?ca=" + (folder_ / "certificate.pem").string();
  return "redis://127.0.0.1:" + std::to_string(port_);
}

} // namespace mv::test
