#pragma once

// A real server with a few toy routes on free ports, one for a test program (Drogon's application is one a process),
// and a small HTTP client to speak to it.

#include <atomic>
#include <filesystem>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "backend/http/server.hpp"
#include "core/base/metrics.hpp"

namespace mv::http::testing {

// Bodies of the toy routes.
enum class Colour { red, green };
struct Inner {
  double number = 0;
};
struct Note {
  std::string title;
  std::optional<std::int64_t> count{};
  std::vector<std::string> tags{};
  std::optional<Inner> inner{};
  Colour colour = Colour::red;
};
std::vector<FieldError> validate(const Note& note);
struct NoteQuery {
  std::optional<std::int64_t> limit;
  std::optional<std::string> cursor;
  std::optional<bool> favourite;
};
std::vector<FieldError> validate(const NoteQuery& query);

/// A reply as the client saw it. Header names are in lower case; of repeated ones the last is kept, and all cookies.
struct Answer {
  int status = 0;
  std::string body;
  std::map<std::string, std::string> headers;
  std::vector<std::string> cookies;
};

struct Ask {
  std::string method = "GET";
  std::string path;
  std::vector<std::string> headers{};
  std::optional<std::string> body{};
  bool to_web = false; ///< To the web port instead of the API's.
};

class ToyServer {
public:
  static ToyServer& get();

  [[nodiscard]] Answer ask(const Ask& ask) const;
  /// Bytes to a fresh connection as they are; what came back until the server closed it or the bytes held `until`.
  [[nodiscard]] std::string say(const std::string& bytes, const std::string& until = "\r\n\r\n") const;
  [[nodiscard]] const Ports& ports() const { return ports_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const Router& router() const { return router_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }

  std::atomic<int> created = 0;       ///< How often POST /api/v1/notes ran.
  std::atomic<int> kept_made = 0;     ///< How often GET /api/v1/kept/{id} ran.
  std::atomic<int> blocked = 0;       ///< Handlers of /api/v1/block that wait.
  std::atomic<bool> released = false; ///< Lets them go.
  std::atomic<int> sockets_closed = 0;

private:
  ToyServer();
  ~ToyServer();
  void add_routes();
  void add_sockets();
  void make_files();

  class Store;
  class Replies;
  std::filesystem::path folder_;
  Router router_;
  Metrics metrics_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Replies> replies_;
  std::unique_ptr<Server> server_;
  Ports ports_;
  std::thread thread_;
};

inline constexpr std::string_view kGoodToken = "Authorization: Bearer good";

} // namespace mv::http::testing
