#include "backend/tests/gateway.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "core/testing/free_port.hpp"

namespace mv::test {

namespace fs = std::filesystem;

namespace {

void set(std::string& text, const std::string& name, const std::string& value) {
  const std::string place = "${" + name + "}";
  for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place))
    text.replace(at, place.size(), value);
}

/// As compose.production.yaml names them.
std::string servers(const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& address : addresses) {
    const std::string server = "server " + address.substr(address.find("//") + 2);
    text += server + " max_fails=1 fail_timeout=2s; " + server + " backup max_fails=0; ";
  }
  return text;
}

} // namespace

Gateway::Gateway(const std::vector<std::string>& web, const std::vector<std::string>& realtime) : port_(free_port()) {
  std::string name = (fs::temp_directory_path() / "memoryverse-gateway-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = name;
  fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  std::string conf = read_file(fs::path(SOURCE_FOLDER) / "infrastructure/gateway/nginx.conf.template");
  set(conf, "GATEWAY_LISTEN", "127.0.0.1:" + std::to_string(port_));
  set(conf, "GATEWAY_FOLDER", folder_.string());
  set(conf, "GATEWAY_RESOLVER", "");
  set(conf, "WEB_SERVERS", servers(web));
  set(conf, "REALTIME_SERVERS", servers(realtime));
  std::ofstream(folder_ / "nginx.conf") << conf;
  start();
}

Gateway::~Gateway() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  fs::remove_all(folder_);
}

void Gateway::start() {
  std::vector<std::string> words{"nginx", "-c", (folder_ / "nginx.conf").string(), "-g", "daemon off;", "-e", "stderr"};
  std::vector<char*> argv;
  for (std::string& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  const int failed = ::posix_spawn(&pid_, "/usr/sbin/nginx", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("nginx does not start");
  if (!eventually([&] { return client().get("/health/live").status == 200; }))
    throw std::runtime_error("nginx: " + read_file(folder_ / "log"));
}

} // namespace mv::test
