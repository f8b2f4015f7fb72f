#include "backend/http/testing/toy_server.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <stdexcept>

#include "backend/http/http_text.hpp"
#include "backend/http/json_codec.hpp"
#include "core/base/log.hpp"

MV_JSON_REQUIRED(mv::http::testing::Note, "title")
MV_JSON_CODEC(mv::http::testing::Note)
MV_JSON_CODEC(mv::Page<mv::http::testing::Note>)
MV_QUERY_CODEC(mv::http::testing::NoteQuery)

namespace mv::http::testing {

std::vector<FieldError> validate(const Note& note) {
  if (note.title.size() > 20) return {{"/title", "too-long"}};
  return {};
}

std::vector<FieldError> validate(const NoteQuery& query) {
  if (query.limit && (*query.limit < 1 || *query.limit > 200)) return {{"?limit", "out-of-range"}};
  return {};
}

class ToyServer::Store final : public IdempotencyStore {
public:
  Result<std::optional<KeptReply>> run_once(const std::string& user, std::string_view key, std::string_view fingerprint,
                                            const std::function<Result<KeptReply>()>& work) override {
    const std::scoped_lock lock(mutex_);
    const std::string name = user + ' ' + std::string(key);
    if (const auto entry = entries_.find(name); entry != entries_.end()) {
      if (entry->second.fingerprint != fingerprint) return fail(ErrorCode::unprocessable, "idempotency.key-reused");
      return entry->second.reply;
    }
    TRY(KeptReply reply, work());
    entries_[name] = {std::string(fingerprint), std::move(reply)};
    return std::nullopt;
  }

private:
  struct Entry {
    std::string fingerprint;
    KeptReply reply;
  };
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

/// Nothing ever changes here.
class ToyServer::Replies final : public ReplyCache {
public:
  Result<std::shared_ptr<const std::string>> find_or_make(const std::string& user_id, std::string_view asked,
                                                          const std::function<Result<void>()>& make,
                                                          const std::function<std::string()>& pack) override {
    const std::scoped_lock lock(mutex_);
    auto& kept = kept_[user_id + ' ' + std::string(asked)];
    if (!kept) {
      TRY_OK(make());
      kept = std::make_shared<const std::string>(pack());
    }
    return kept;
  }

private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const std::string>> kept_;
};

ToyServer& ToyServer::get() {
  static ToyServer server;
  return server;
}

ToyServer::ToyServer() : store_(std::make_unique<Store>()), replies_(std::make_unique<Replies>()) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  set_up_log({.level = LogLevel::error});
  std::string name = (std::filesystem::temp_directory_path() / "mv-http-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  make_files();
  add_routes();
  ServerOptions options;
  options.web_port = 0;
  options.api_port = 0;
  options.realtime_port = 0;
  options.web_root = folder_ / "web";
  options.docs_root = folder_ / "docs";
  options.scratch = folder_ / "scratch";
  options.pool_threads = 2;
  options.pool_queue = 3;
  options.body_limit = 4UL * 1024 * 1024;
  options.memory_body = 64UL * 1024;
  options.cors_origins = {"https://friend.example"};
  options.trusted_proxies = {"127.0.0.1"};
  server_ = std::make_unique<Server>(options, router_, metrics_);
  add_sockets();
  server_->add_health_check({"toys", [] { return Result<void>(); }});
  // Shared, since the thread goes on after this function has returned.
  const auto ready = std::make_shared<std::latch>(1);
  thread_ = std::thread([this, ready] {
    const auto outcome = server_->run([this, ready](const Ports& ports) {
      ports_ = ports;
      ready->count_down();
    });
    if (!outcome) ready->count_down();
  });
  ready->wait();
}

ToyServer::~ToyServer() {
  released = true;
  server_->stop();
  thread_.join();
  std::filesystem::remove_all(folder_);
}

void ToyServer::make_files() {
  const auto write = [this](const std::filesystem::path& name, std::string_view text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  };
  write("web/index.html", "<!doctype html><title>toy</title>");
  write("web/assets/app-B7c3f2a1.js", "console.log('plain')");
  write("web/assets/app-B7c3f2a1.js.br", "packed by brotli");
  write("web/.secret", "dot file");
  write("secret.txt", "outside the web root");
  write("docs/swagger-ui-bundle.js", "// bundle");
  write("docs/swagger-ui.css", "/* css */");
  write("digits.bin", "0123456789");
  std::string large(3UL * 1024 * 1024, '\0');
  for (std::size_t at = 0; at < large.size(); ++at)
    large[at] = static_cast<char>('a' + at % 26);
  write("large.bin", large);
  std::filesystem::create_directories(folder_ / "scratch");
}

void ToyServer::add_routes() {
  router_.set_authenticator([](const Credentials& credentials) -> Result<std::optional<Identity>> {
    if (credentials.bearer == "good") return Identity{"u1", "s1", false, ""};
    if (credentials.bearer == "boss") return Identity{"u2", "s2", true, "ru"};
    if (!credentials.bearer.empty()) return fail(ErrorCode::unauthenticated, "auth.token-invalid");
    if (credentials.cookie("mv_access") == "good") return Identity{"u1", "s1", false, ""};
    return std::nullopt;
  });
  router_.set_idempotency(*store_);
  router_.set_reply_cache(*replies_);
  router_.get<NoteQuery, Note>("/api/v1/kept/{id}", {.summary = "Read a note that is kept", .kept = true},
                               [this](Context& context, const NoteQuery&) -> Result<Note> {
                                 const int nth = ++kept_made;
                                 if (context.param("id") == "none")
                                   return fail(ErrorCode::not_found, "request.not-found");
                                 context.set_header("Next-Cursor", "c" + std::to_string(nth));
                                 context.set_etag("e" + std::to_string(nth));
                                 return Note{.title = std::string(context.param("id")),
                                             .tags = std::vector<std::string>(100, "a tag with some text")};
                               });
  router_.post<Note, Note>("/api/v1/notes", {.status = 201, .summary = "Save a note", .idempotent = true},
                           [this](Context& context, Note note) -> Result<Note> {
                             ++created;
                             context.set_header("Location", "/api/v1/notes/1");
                             context.set_etag(std::int64_t{1});
                             if (note.title == "fail") return fail(ErrorCode::conflict, "space.already-member");
                             return note;
                           });
  router_.get<NoteQuery, Page<Note>>("/api/v1/notes", {.summary = "List notes"},
                                     [](Context&, const NoteQuery& query) -> Result<Page<Note>> {
                                       Page<Note> page;
                                       for (std::int64_t made = 0; made < query.limit.value_or(2); ++made) {
                                         page.items.push_back({.title = "a note with a title", .count = made});
                                       }
                                       return page;
                                     });
  router_.get<Note>("/api/v1/notes/{id}", {.summary = "Read a note"}, [](Context& context) -> Result<Note> {
    context.set_etag(std::int64_t{7});
    return Note{.title = std::string(context.param("id"))};
  });
  router_.patch<Note, Note>("/api/v1/notes/{id}", {.summary = "Change a note", .needs_if_match = true},
                            [](Context& context, Note note) -> Result<Note> {
                              TRY(const std::int64_t version, context.require_if_match());
                              if (version != 7) return fail(ErrorCode::precondition_failed, "version.changed");
                              return note;
                            });
  router_.del<Nothing>("/api/v1/notes/{id}", {}, [](Context&) -> Result<Nothing> { return Nothing{}; });
  router_.get<Note>("/api/v1/open", {.access = Access::anyone}, [](Context& context) -> Result<Note> {
    return Note{.title = context.who() == nullptr ? "nobody" : context.who()->user_id,
                .tags = {context.client_address(), context.locale()}};
  });
  router_.get<Note>("/api/v1/owner", {.access = Access::owner},
                    [](Context&) -> Result<Note> { return Note{.title = "boss"}; });
  router_.post<Nothing>("/api/v1/sign-in", {.access = Access::anyone, .secret = true},
                        [](Context& context) -> Result<Nothing> {
                          context.set_cookie({.name = "mv_access", .value = "good", .max_age_s = 600});
                          context.set_cookie({.name = "mv_refresh",
                                              .value = "r",
                                              .path = "/api/v1/auth",
                                              .max_age_s = 60,
                                              .same_site = SameSite::strict});
                          return Nothing{};
                        });
  router_.get<Note>("/api/v1/throw/{what}", {.access = Access::anyone}, [](Context& context) -> Result<Note> {
    if (context.param("what") == "int") throw 42;
    throw std::runtime_error("secret inner detail");
  });
  router_.get<Note>("/api/v1/block", {.access = Access::anyone}, [this](Context&) -> Result<Note> {
    ++blocked;
    blocked.notify_all();
    released.wait(false);
    return Note{.title = "released"};
  });
  router_.raw(Method::get, "/api/v1/files/{name}",
              {.access = Access::anyone, .response_type = "application/octet-stream"},
              [this](Context& context, RawRequest&) -> Result<RawReply> {
                return RawReply{.body = FileReply{.path = folder_ / std::string(context.param("name")),
                                                  .content_type = "application/octet-stream",
                                                  .etag = "tag",
                                                  .cache_control = {},
                                                  .file_name = "дача \"1\".bin",
                                                  .attachment = true},
                                .content_type = {}};
              });
  router_.raw(Method::get, "/api/v1/far", {.access = Access::anyone}, [](Context&, RawRequest&) -> Result<RawReply> {
    BytesReply far;
    far.size = 300'000;
    far.about.content_type = "application/octet-stream";
    far.read = [](std::int64_t offset, std::int64_t length) -> Result<std::string> {
      std::string piece;
      for (std::int64_t at = offset; at < offset + length; ++at)
        piece += static_cast<char>('a' + at % 26);
      return piece;
    };
    return RawReply{.body = std::move(far), .content_type = {}};
  });
  router_.raw(Method::post, "/api/v1/parts",
              {.access = Access::anyone, .body_limit = 4UL * 1024 * 1024, .request_type = "multipart/form-data"},
              [](Context&, RawRequest& request) -> Result<RawReply> {
                TRY(const auto parts, request.parts());
                std::string out;
                for (const Part& part : parts) {
                  out += part.name + '|' + part.file_name + '|' + part.content_type + '|' +
                         std::to_string(part.content.size()) + '\n';
                }
                return RawReply{.body = out, .content_type = "text/plain"};
              });
  router_.raw(Method::patch, "/api/v1/chunks",
              {.access = Access::anyone,
               .status = 204,
               .body_limit = 1024UL * 1024,
               .request_type = "application/offset+octet-stream"},
              [](Context& context, RawRequest& request) -> Result<RawReply> {
                context.set_header("Tus-Resumable", "1.0.0");
                context.set_header("Upload-Offset", std::to_string(request.body().size()));
                if (request.body().starts_with("bad"))
                  return fail(ErrorCode::checksum_mismatch, "upload.checksum-mismatch");
                return RawReply{};
              });
  router_.raw(Method::head, "/api/v1/chunks", {.access = Access::anyone},
              [](Context& context, RawRequest&) -> Result<RawReply> {
                context.set_header("Upload-Offset", "5");
                return RawReply{};
              });
  router_.raw(Method::options, "/api/v1/chunks", {.access = Access::anyone, .status = 204},
              [](Context& context, RawRequest&) -> Result<RawReply> {
                context.set_header("Tus-Version", "1.0.0");
                return RawReply{};
              });
}

void ToyServer::add_sockets() {
  WebSocketRoute route{.path = "/api/v1/events"};
  route.message_limit = 1000;
  route.unsent_limit = 256UL * 1024;
  route.opened = [](const ConnectionPtr& connection, const Handshake& shake) {
    connection->send("hello " + (shake.identity ? shake.identity->user_id : "nobody") + ' ' + shake.query);
  };
  route.message = [](const ConnectionPtr& connection, std::string_view text) {
    if (text == "throw") throw 42;
    if (text == "bye") return connection->close(1000, "bye");
    if (text == "flood") {
      const std::string piece(16UL * 1024, 'x');
      while (connection->send(piece)) {
      }
      return;
    }
    if (text == "flood in bursts") {
      const std::vector<SharedText> burst(3, std::make_shared<const std::string>(16UL * 1024, 'x'));
      while (connection->send_all(burst)) {
      }
      return;
    }
    connection->send(text);
  };
  route.closed = [this](const ConnectionPtr&) {
    ++sockets_closed;
    sockets_closed.notify_all();
  };
  server_->add_websocket(std::move(route));
}

namespace {

std::size_t keep_body(char* data, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(data, size * count);
  return size * count;
}

std::size_t keep_header(char* data, std::size_t size, std::size_t count, void* into) {
  auto& answer = *static_cast<Answer*>(into);
  const std::string_view line(data, size * count);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  const std::string name = to_lower(line.substr(0, colon));
  std::string_view value = line.substr(colon + 1);
  while (value.ends_with('\r') || value.ends_with('\n'))
    value.remove_suffix(1);
  answer.headers[name] = trim_blanks(value);
  if (name == "set-cookie") answer.cookies.push_back(answer.headers[name]);
  return size * count;
}

} // namespace

Answer ToyServer::ask(const Ask& ask) const {
  Answer answer;
  CURL* const curl = curl_easy_init();
  const std::uint16_t port = ask.to_web ? *ports_.web : *ports_.api;
  const std::string address = "http://127.0.0.1:" + std::to_string(port) + ask.path;
  curl_slist* headers = curl_slist_append(nullptr, "Expect:");
  for (const std::string& header : ask.headers)
    headers = curl_slist_append(headers, header.c_str());
  curl_easy_setopt(curl, CURLOPT_URL, address.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask.method.c_str());
  if (ask.method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (ask.body) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(ask.body->size()));
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, ask.body->data());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, ask.method.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (code != CURLE_OK && status == 0) answer.body = curl_easy_strerror(code);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return answer;
}

std::string ToyServer::say(const std::string& bytes, const std::string& until) const {
  const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(*ports_.api);
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  std::string got;
  if (connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    [[maybe_unused]] const auto sent = send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    char buffer[4096];
    ssize_t size = 0;
    while (got.find(until) == std::string::npos && (size = recv(handle, buffer, sizeof buffer, 0)) > 0) {
      got.append(buffer, static_cast<std::size_t>(size));
    }
  }
  close(handle);
  return got;
}

} // namespace mv::http::testing
