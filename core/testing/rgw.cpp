#include "core/testing/rgw.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/base/ids.hpp"
#include "core/testing/free_port.hpp"

namespace mv::test {

namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

/// Starts a program that dies with this one, what it says in `log`.
pid_t start_program(const std::vector<std::string>& arguments, const fs::path& log) {
  std::vector<char*> argv;
  for (const auto& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork");
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  return pid;
}

std::size_t take(const char* bytes, std::size_t size, std::size_t count, void* body) {
  if (body != nullptr) static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

} // namespace

Rgw& Rgw::shared() {
  static Rgw rgw;
  return rgw;
}

Rgw::Rgw() : bucket_("mv-" + new_id()) {
  if (const char* const other = std::getenv("MEMORYVERSE_TEST_S3")) {
    endpoint_ = other;
    if (const char* const key = std::getenv("AWS_ACCESS_KEY_ID")) access_key_ = key;
    if (const char* const secret = std::getenv("AWS_SECRET_ACCESS_KEY")) secret_key_ = secret;
  } else {
    start();
  }
  if (const long status = request("PUT", "/" + bucket_); status != 200) {
    throw std::runtime_error("no bucket could be made at " + endpoint_ + ": HTTP " + std::to_string(status));
  }
}

Rgw::~Rgw() {
  if (pid_ <= 0) return; // a bucket in somebody else's store is left to them
  gateway_.reset();
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Rgw::start() {
  std::string name = (fs::temp_directory_path() / "memoryverse-rgw-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = name;
  fs::create_directory(folder_ / "data");
  const int port = free_port();
  endpoint_ = "http://127.0.0.1:" + std::to_string(port);
  const fs::path configuration = folder_ / "ceph.conf";
  std::ofstream(configuration) << "[client.rgw]\nrgw_backend_store = dbstore\nrgw_config_store = dbstore\n"
                               << "dbstore_db_dir = " << name << "/data\n"
                               << "dbstore_config_uri = file:" << name << "/data/config.db\n"
                               << "rgw_data = " << name << "/data\n"
                               << "rgw_frontends = beast endpoint=127.0.0.1:" << port << "\n"
                               << "rgw_dns_name = localhost\n" // buckets have names of their own below it
                               << "auth_supported = none\nadmin_socket =\nrun_dir = " << name << "\n"
                               << "log_file = " << name << "/rgw.log\n";
  // Once in a while radosgw-admin hangs half way; it is given up then, with what it has written.
  for (int tries = 0; !make_user(configuration); ++tries) {
    if (tries == 5) throw std::runtime_error("radosgw-admin hangs: " + text_of(folder_ / "admin.log"));
    fs::remove_all(folder_ / "data");
    fs::create_directory(folder_ / "data");
  }
  pid_ = start_program({"radosgw", "-c", configuration.string(), "-n", "client.rgw", "--no-mon-config", "-f"},
                       folder_ / "out.log");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (request("GET", "/") == 0) {
    if (::waitpid(pid_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > until) {
      throw std::runtime_error("radosgw does not start: " + text_of(folder_ / "out.log") +
                               text_of(folder_ / "rgw.log"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  gateway_ = std::make_unique<S3Gateway>(port);
  endpoint_ = "http://127.0.0.1:" + std::to_string(gateway_->port());
}

bool Rgw::make_user(const fs::path& configuration) const {
  const pid_t pid = start_program(
      {"radosgw-admin", "-c", configuration.string(), "-n", "client.rgw", "--no-mon-config", "user", "create", "--uid",
       "test", "--display-name", "Test", "--access-key", access_key_, "--secret", secret_key_},
      folder_ / "admin.log");
  int status = 0;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (status != 0) throw std::runtime_error("radosgw-admin: " + text_of(folder_ / "admin.log"));
  return true;
}

std::string Rgw::url(const std::string& prefix) const {
  return "s3://" + bucket_ + "/" + prefix + "?endpoint=" + endpoint_;
}

long Rgw::request(const std::string& method, const std::string& path, std::string* body) const {
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, (endpoint_ + path).c_str());
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:s3");
  curl_easy_setopt(easy, CURLOPT_USERNAME, access_key_.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, secret_key_.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
  long status = 0;
  if (curl_easy_perform(easy) == CURLE_OK) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_cleanup(easy);
  return status;
}

} // namespace mv::test
