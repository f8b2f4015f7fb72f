#include "core/testing/postgres_server.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <format>
#include <fstream>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "core/testing/free_port.hpp"

extern char** environ;

namespace mv::test {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUser = "postgres"; // PostgreSQL does not run as root
constexpr std::string_view kOwner = "mv";

fs::path programs() {
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql"))
    if (fs::exists(version.path() / "bin" / "initdb")) return version.path() / "bin";
  throw std::runtime_error("PostgreSQL's server is not installed");
}

/// As its user, where we are root; ends with us, however we end.
pid_t start_program(std::vector<std::string> arguments, const fs::path& log) {
  std::vector<std::string> whole;
  if (::geteuid() == 0) {
    whole = {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT", "--"};
  } else {
    whole = {"setpriv", "--pdeathsig=INT", "--"};
  }
  whole.insert(whole.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& argument : whole)
    argv.push_back(argument.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP); // Ctrl-C is ours to pass on
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, "setpriv", &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) throw std::runtime_error("cannot start setpriv");
  return pid;
}

std::string whole_file(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

void run_program(const std::vector<std::string>& arguments, const fs::path& log) {
  const pid_t pid = start_program(arguments, log);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error(arguments.front() + ": " + whole_file(log));
}

} // namespace

fs::path PostgresServer::make_folder_in(const fs::path& parent) {
  std::string name = (parent / "memoryverse-postgres-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder in " + parent.string());
  if (::geteuid() == 0) {
    const passwd* const user = ::getpwnam(std::string(kUser).c_str());
    if (user == nullptr || ::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("no user postgres");
    }
  }
  return name;
}

PostgresServer::PostgresServer(PostgresServerOptions options) : options_(std::move(options)) {
  folder_ = make_folder_in(options_.parent.empty() ? fs::temp_directory_path() : options_.parent);
  std::ofstream(folder_ / "password") << password() << '\n';
  ::chmod((folder_ / "password").c_str(), 0644);
  run_program({programs() / "initdb", "-D", folder_ / "data", "-U", std::string(kOwner), "-E", "UTF8",
               // Another order of letters than ours on purpose: what we keep must not depend on it.
               "--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8", "--auth-local=trust",
               "--auth-host=scram-sha-256", "--pwfile", folder_ / "password", "--no-sync", "--no-instructions"},
              folder_ / "initdb.log");
  port_ = free_port();
  start();
}

PostgresServer::PostgresServer(Copy /*copy*/, const PostgresServer& primary) : options_(primary.options_) {
  folder_ = make_folder_in(options_.parent.empty() ? fs::temp_directory_path() : options_.parent);
  run_program({programs() / "pg_basebackup", "-D", folder_ / "data", "-d", primary.socket_address("postgres"), "-R",
               "--checkpoint=fast", "--no-sync"},
              folder_ / "copy.log");
  port_ = free_port();
  start();
}

PostgresServer PostgresServer::replica_of(const PostgresServer& primary) { return PostgresServer(Copy(), primary); }

PostgresServer::~PostgresServer() {
  if (pid_ > 0) end(SIGQUIT); // nothing in it is worth an orderly end
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

std::string PostgresServer::socket_address(std::string_view name) const {
  return std::format("postgresql://{}@/{}?host={}&port={}", kOwner, name, folder_.string(), port_);
}

std::string PostgresServer::url(std::string_view name) const {
  return std::format("postgresql://{}:{}@127.0.0.1:{}/{}", kOwner, password(), port_, name);
}

std::string PostgresServer::name_in(std::string_view url) { return std::string(url.substr(url.rfind('/') + 1)); }

void PostgresServer::start() {
  std::vector<std::string> arguments{programs() / "postgres", "-D", folder_ / "data", "-p",
                                     std::to_string(port_),   "-k", folder_};
  std::vector<std::string> settings{"listen_addresses=127.0.0.1", "shared_buffers=32MB", "max_connections=120",
                                    "autovacuum_naptime=10",      "lc_messages=C",       "wal_level=replica"};
  if (!options_.durable) settings.insert(settings.end(), {"fsync=off", "full_page_writes=off"});
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  for (const std::string& setting : settings)
    arguments.insert(arguments.end(), {"-c", setting});
  pid_ = start_program(arguments, folder_ / "log");

  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (true) {
    try {
      const pqxx::connection ready(socket_address("postgres"));
      return;
    } catch (const pqxx::failure&) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        throw std::runtime_error("PostgreSQL ended: " + log());
      }
      if (std::chrono::steady_clock::now() > until) throw std::runtime_error("PostgreSQL does not answer: " + log());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

void PostgresServer::end(int signal) {
  thaw();
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

// Each backend has a process group of its own. The first process comes first, and starts no others meanwhile.
void PostgresServer::signal_all(int signal) const {
  ::kill(pid_, signal);
  std::ifstream children(std::format("/proc/{0}/task/{0}/children", pid_));
  for (pid_t child = 0; children >> child;)
    ::kill(child, signal);
}

void PostgresServer::freeze() { signal_all(SIGSTOP); }

void PostgresServer::thaw() { signal_all(SIGCONT); }

void PostgresServer::stop() { end(SIGINT); }

void PostgresServer::kill() { end(SIGQUIT); }

std::string PostgresServer::run(std::string_view name, const std::string& sql) {
  pqxx::connection connection(socket_address(name));
  pqxx::nontransaction work(connection);
  const pqxx::result rows = work.exec(sql);
  return rows.empty() || rows.columns() == 0 || rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
}

std::string PostgresServer::make_database(std::string_view copy_of) {
  const std::string name = std::format("test_{}", ++databases_);
  run("postgres", std::format("CREATE DATABASE {} TEMPLATE {}", name, copy_of.empty() ? "template0" : copy_of));
  return url(name);
}

void PostgresServer::drop_database(std::string_view url) {
  run("postgres", std::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_in(url)));
}

std::string PostgresServer::log() const { return whole_file(folder_ / "log"); }

} // namespace mv::test
