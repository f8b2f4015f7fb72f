#include "backend/tests/topology.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "core/testing/free_port.hpp"

namespace mv::test {

namespace fs = std::filesystem;

namespace {

Compose compose() {
  return Compose({{"POSTGRES_PASSWORD", std::string(PostgresServer::password())},
                  {"REDIS_PASSWORD", "a-word-for-redis"},
                  {"S3_ACCESS_KEY", Rgw::shared().access_key()},
                  {"S3_SECRET_KEY", Rgw::shared().secret_key()},
                  {"SECRET_KEY", "one key for all of these replicas"}});
}

std::vector<std::string> without_program(std::vector<std::string> command) {
  command.erase(command.begin());
  return command;
}

/// In place of the built client, which these tests do not look at.
fs::path make_web_root() {
  std::string name = (fs::temp_directory_path() / "memoryverse-web-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  std::ofstream(fs::path(name) / "index.html") << "<!doctype html><title>MemoryVerse</title>";
  return name;
}

} // namespace

TopologyTest::TopologyTest()
    : compose_(compose()),
      redis_({.arguments = without_program(compose_.command("redis"))}),
      web_root_(make_web_root()) {
  std::vector<std::string> web;
  std::vector<std::string> realtime;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string port = std::to_string(free_port());
    api_[i] = replica("web", {"--web-port", port, "--web-root", web_root_.string()});
    web.push_back("http://127.0.0.1:" + port);
    realtime_[i] = replica("realtime");
    realtime.push_back(realtime_[i]->realtime());
    worker_[i] = replica("worker");
  }
  gateway_ = std::make_unique<Gateway>(web, realtime);
  me_ = std::make_unique<Client>(gateway_->client());
  me_->register_as("Vera");
}

TopologyTest::~TopologyTest() { fs::remove_all(web_root_); }

std::unique_ptr<TestServer> TopologyTest::replica(const std::string& service,
                                                  const std::vector<std::string>& places) const {
  EXPECT_EQ(compose_.replicas(service), 2U) << service;
  const std::string store = Rgw::shared().url("topology");
  std::vector<std::string> arguments = compose_.command(service);
  arguments.insert(arguments.end(), places.begin(), places.end());
  return std::make_unique<TestServer>(
      ServerOptions{.arguments = arguments,
                    .variables = compose_.server_environment(
                        {{"memoryverse:" + std::string(PostgresServer::password()) + "@postgres:5432/memoryverse",
                          database_.substr(database_.find("//") + 2)},
                         {"s3://memories/?endpoint=http://rgw:8000", store},
                         {"@redis:6379", "@127.0.0.1:" + std::to_string(redis_.port())},
                         {"172.16.0.0/12", "127.0.0.0/8"}})});
}

} // namespace mv::test
