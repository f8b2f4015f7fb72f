#pragma once

// A started server in a temporary folder on free ports, and a plain HTTP client: what black-box tests stand on. Nothing
// in here knows the server's types; replies are read as JSON.

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mv::test {

using Json = nlohmann::json;
using Headers = std::vector<std::string>; ///< `Name: value` each.

struct Reply {
  long status = 0;                            ///< 0: no answer at all.
  std::map<std::string, std::string> headers; ///< Lower-case names; of repeated ones the last.
  std::vector<std::string> cookies;           ///< Every Set-Cookie.
  std::string body;

  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
  [[nodiscard]] std::string header(const std::string& lower_case_name) const;
  /// The problem's key: the last part of its `type`.
  [[nodiscard]] std::string problem() const;
};

/// One form field or file.
struct FormPart {
  std::string name;
  std::string content;
  std::string file_name{}; ///< "" for a field.
  std::string type{};
};

/// Speaks to one server, as one person once `token` is set. Used by one thread at a time.
class Client {
public:
  explicit Client(std::string base) : base_(std::move(base)) {}

  std::string token; ///< Sent as a bearer token unless empty.

  Reply request(const std::string& method, const std::string& path, const std::string& body = {}, Headers headers = {});
  Reply get(const std::string& path, Headers headers = {}) { return request("GET", path, {}, std::move(headers)); }
  Reply del(const std::string& path, Headers headers = {}) { return request("DELETE", path, {}, std::move(headers)); }
  Reply head(const std::string& path, Headers headers = {}) { return request("HEAD", path, {}, std::move(headers)); }
  Reply post(const std::string& path, const Json& body, Headers headers = {}) {
    return send("POST", path, body, std::move(headers));
  }
  Reply put(const std::string& path, const Json& body, Headers headers = {}) {
    return send("PUT", path, body, std::move(headers));
  }
  Reply patch(const std::string& path, const Json& body, Headers headers = {}) {
    return send("PATCH", path, body, std::move(headers));
  }
  /// PATCH with the version that the caller read.
  Reply patch_if(const std::string& path, const Json& version, const Json& body);
  Reply form(const std::string& path, const std::vector<FormPart>& parts);
  /// POST /api/v1/media with one file.
  Reply upload(const std::string& file_name, const std::string& content,
               const std::map<std::string, std::string>& fields = {});

  /// Registers somebody and keeps the token. Gives the whole answer.
  Json register_as(const std::string& name, const std::string& invitation = {});

  [[nodiscard]] const std::string& base() const { return base_; }

private:
  Reply send(const std::string& method, const std::string& path, const Json& body, Headers headers);

  std::string base_;
};

struct ServerOptions {
  std::vector<std::string> arguments{};           ///< Over those of the harness.
  std::map<std::string, std::string> variables{}; ///< Environment.
  std::string program{};                          ///< In place of the server.
};

/// Whether servers are to be tried on PostgreSQL (MEMORYVERSE_TEST_DATABASE=postgres); else they run on SQLite.
bool on_postgres();

/// The server's process. Its folder goes with it, and its database.
class TestServer {
public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  /// Runs the program to its end, for settings that it must refuse.
  struct Ended {
    int status = 0;   ///< Of waitpid.
    std::string said; ///< On standard error.
  };
  [[nodiscard]] static Ended run_to_end(const ServerOptions& options);

  /// Starts it again on the same data, on the ports that it had.
  void start();
  /// What the next start runs.
  void set_program(std::string program) { options_.program = std::move(program); }
  /// Closes what this thread has kept open to servers, asks it to stop, and waits; gives the exit status.
  int stop();
  /// SIGTERM.
  void ask_to_stop() const;
  /// Until it has ended by itself; gives the exit status.
  int wait();
  /// SIGKILL to the server and its children.
  void kill();
  [[nodiscard]] bool running() const { return pid_ > 0; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  [[nodiscard]] Client client() const { return Client(api()); }
  /// `http://127.0.0.1:PORT`.
  [[nodiscard]] std::string api() const { return "http://127.0.0.1:" + std::to_string(api_port_); }
  [[nodiscard]] std::string realtime() const { return "ws://127.0.0.1:" + std::to_string(realtime_port_); }
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  /// Of its database on PostgreSQL; empty on SQLite.
  [[nodiscard]] const std::string& database_url() const { return database_url_; }
  /// Whether its files lie in an S3 store (MEMORYVERSE_TEST_STORAGE=s3), under a prefix of its own.
  [[nodiscard]] bool on_s3() const { return !prefix_.empty(); }
  /// Keys of the stored blobs below `prefix`, wherever they lie; on S3 also those of pieces, `.uploads/…`.
  [[nodiscard]] std::set<std::string> blob_keys(const std::string& prefix) const;
  /// Everything that it has said on standard error.
  [[nodiscard]] std::string log() const;

private:
  struct NotStarted {};
  TestServer(ServerOptions options, NotStarted);
  void make_folder();
  /// Gives the descriptor of its standard output.
  int spawn();

  ServerOptions options_;
  std::string prefix_; ///< In the bucket; "" where files lie in the data folder.
  std::filesystem::path folder_;
  std::filesystem::path data_;
  std::string database_url_;
  pid_t pid_ = -1;
  int api_port_ = 0;
  int realtime_port_ = 0;
};

/// Asks `ready` again and again until it says yes; false when it has not within half a minute.
bool eventually(const std::function<bool()>& ready);

/// The whole file.
std::string read_file(const std::filesystem::path& path);

/// Folder of the shared corpus, or "" where it is not on this machine.
std::filesystem::path corpus();

/// A PNG of `width` × `height` in one colour, different for each `seed`; small, and decodable.
std::string tiny_png(unsigned seed);

} // namespace mv::test
