#include "backend/tests/harness.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "core/testing/postgres_server.hpp"
#include "core/testing/rgw.hpp"

extern char** environ;

namespace mv::test {

namespace fs = std::filesystem;

namespace {

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

/// One handle a thread, so that connections are used again.
thread_local std::unique_ptr<CURL, CurlFree> kept_handle;

CURL* handle() {
  static const bool started = curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK;
  if (started && !kept_handle) kept_handle.reset(curl_easy_init());
  curl_easy_reset(kept_handle.get());
  return kept_handle.get();
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::size_t take_body(const char* bytes, std::size_t size, std::size_t count, void* reply) {
  static_cast<Reply*>(reply)->body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(const char* bytes, std::size_t size, std::size_t count, void* target) {
  Reply& reply = *static_cast<Reply*>(target);
  std::string_view line(bytes, size * count);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
    line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    reply.headers.clear();
    reply.cookies.clear();
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    const std::string name = lower(std::string(line.substr(0, colon)));
    const auto start = line.find_first_not_of(' ', colon + 1);
    const std::string value(start == std::string_view::npos ? "" : line.substr(start));
    if (name == "set-cookie") reply.cookies.push_back(value);
    reply.headers[name] = value;
  }
  return size * count;
}

int port_after(const std::string& line, const std::string& scheme) {
  std::smatch match;
  if (!std::regex_search(line, match, std::regex(scheme + "://127\\.0\\.0\\.1:([0-9]+)"))) return 0;
  return std::stoi(match[1]);
}

void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>((value >> shift) & 0xffU);
}

void put_chunk(std::string& out, const std::string& type, const std::string& data) {
  put_u32(out, static_cast<std::uint32_t>(data.size()));
  const std::string body = type + data;
  out += body;
  put_u32(out, static_cast<std::uint32_t>(
                   crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

} // namespace

std::string Reply::header(const std::string& lower_case_name) const {
  const auto at = headers.find(lower_case_name);
  return at == headers.end() ? "" : at->second;
}

std::string Reply::problem() const {
  const Json problem = json();
  if (!problem.is_object() || !problem.contains("type")) return "";
  const std::string type = problem["type"];
  return type.substr(type.find_last_of(":/") + 1);
}

Reply Client::request(const std::string& method, const std::string& path, const std::string& body, Headers headers) {
  CURL* const easy = handle();
  Reply reply;
  const std::string url = base_ + path;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &reply);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, 120L);
  if (method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  }
  if (!token.empty()) headers.push_back("Authorization: Bearer " + token);
  headers.push_back("Expect:");
  curl_slist* list = nullptr;
  for (const auto& header : headers)
    list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
  if (curl_easy_perform(easy) == CURLE_OK) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
  curl_slist_free_all(list);
  return reply;
}

Reply Client::send(const std::string& method, const std::string& path, const Json& body, Headers headers) {
  headers.emplace_back("Content-Type: application/json");
  return request(method, path, body.dump(), std::move(headers));
}

Reply Client::patch_if(const std::string& path, const Json& version, const Json& body) {
  return patch(path, body, {"If-Match: \"" + version.dump() + "\""});
}

Reply Client::form(const std::string& path, const std::vector<FormPart>& parts) {
  const std::string boundary = "memoryverse-test-7d1f0c";
  std::string body;
  for (const auto& part : parts) {
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
    if (!part.file_name.empty()) body += "; filename=\"" + part.file_name + "\"";
    if (!part.type.empty()) body += "\r\nContent-Type: " + part.type;
    body += "\r\n\r\n" + part.content + "\r\n";
  }
  body += "--" + boundary + "--\r\n";
  return request("POST", path, body, {"Content-Type: multipart/form-data; boundary=" + boundary});
}

Reply Client::upload(const std::string& file_name, const std::string& content,
                     const std::map<std::string, std::string>& fields) {
  std::vector<FormPart> parts;
  for (const auto& [name, value] : fields)
    parts.push_back({name, value});
  parts.push_back({"file", content, file_name, "application/octet-stream"});
  return form("/api/v1/media", parts);
}

Json Client::register_as(const std::string& name, const std::string& invitation) {
  static std::atomic<int> number = 0;
  Json body{{"email", "person" + std::to_string(++number) + "." + std::to_string(::getpid()) + "@example.org"},
            {"password", "correct horse battery"},
            {"name", name}};
  if (!invitation.empty()) body["invitation"] = invitation;
  const Reply reply = post("/api/v1/auth/register", body);
  if (reply.status != 201) throw std::runtime_error("register: " + std::to_string(reply.status) + " " + reply.body);
  Json answer = reply.json();
  token = answer["accessToken"];
  answer["email"] = body["email"];
  return answer;
}

TestServer::TestServer(ServerOptions options) : TestServer(std::move(options), NotStarted()) {
  if (on_postgres()) database_url_ = PostgresServer::shared().make_database();
  start();
}

TestServer::TestServer(ServerOptions options, NotStarted /*yet*/) : options_(std::move(options)) { make_folder(); }

TestServer::Ended TestServer::run_to_end(const ServerOptions& options) {
  TestServer server(options, NotStarted());
  ::close(server.spawn());
  Ended ended;
  ::waitpid(server.pid_, &ended.status, 0);
  server.pid_ = -1;
  ended.said = server.log();
  return ended;
}

void TestServer::make_folder() {
  std::string name = (fs::temp_directory_path() / "memoryverse-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = name;
  data_ = folder_ / "data";
  const char* const storage = std::getenv("MEMORYVERSE_TEST_STORAGE");
  if (storage != nullptr && std::string_view(storage) == "s3" &&
      !options_.variables.contains("MEMORYVERSE_STORAGE_URL")) {
    const Rgw& rgw = Rgw::shared();
    prefix_ = folder_.filename().string();
    options_.variables["MEMORYVERSE_STORAGE_URL"] = rgw.url(prefix_);
    options_.variables["AWS_ACCESS_KEY_ID"] = rgw.access_key();
    options_.variables["AWS_SECRET_ACCESS_KEY"] = rgw.secret_key();
  }
}

TestServer::~TestServer() {
  if (pid_ > 0) stop();
  if (!database_url_.empty()) PostgresServer::shared().drop_database(database_url_);
  if (std::getenv("MEMORYVERSE_KEEP") == nullptr) fs::remove_all(folder_);
}

int TestServer::spawn() {
  const std::string program = options_.program.empty() ? SERVER_PROGRAM : options_.program;
  std::vector<std::string> arguments{program,
                                     "--roles",
                                     "api,realtime,worker",
                                     "--data",
                                     data_.string(),
                                     "--api-port",
                                     std::to_string(api_port_),
                                     "--realtime-port",
                                     std::to_string(realtime_port_)};
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  std::map<std::string, std::string> variables{{"MEMORYVERSE_ENV", "test"}};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (!text.starts_with("MEMORYVERSE_")) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!database_url_.empty()) variables["MEMORYVERSE_DATABASE_URL"] = database_url_;
  for (const auto& [name, value] : options_.variables)
    variables[name] = value;

  std::vector<std::string> entries;
  for (const auto& [name, value] : variables)
    entries.push_back(name + "=" + value);
  std::vector<char*> argv;
  std::vector<char*> envp;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  for (auto& entry : entries)
    envp.push_back(entry.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);

  int out[2];
  if (::pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3); // our connections to other servers, which it would keep open
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP); // so that `kill` reaches the decoders too
  const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(out[1]);
  if (failed != 0) throw std::runtime_error("spawn");
  return out[0];
}

void TestServer::start() {
  const int out = spawn();
  std::string said;
  char piece[512];
  while (said.find("MemoryVerse is ready") == std::string::npos || said.back() != '\n') {
    const ssize_t got = ::read(out, piece, sizeof piece);
    if (got <= 0) throw std::runtime_error("the server did not start: " + said + log());
    said.append(piece, static_cast<std::size_t>(got));
  }
  ::close(out);
  api_port_ = port_after(said, "API http"); // a web client's port comes before it
  realtime_port_ = port_after(said, "ws");
}

int TestServer::stop() {
  kept_handle.reset(); // a server that takes us for a proxy waits until we have left
  ask_to_stop();
  return wait();
}

void TestServer::ask_to_stop() const { ::kill(pid_, SIGTERM); }

int TestServer::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return status;
}

void TestServer::kill() {
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::set<std::string> TestServer::blob_keys(const std::string& prefix) const {
  std::set<std::string> keys;
  if (on_s3()) {
    std::string after;
    for (;;) {
      std::string page;
      const Rgw& rgw = Rgw::shared();
      const long status = rgw.request("GET",
                                      "/" + rgw.bucket() + "?list-type=2&max-keys=1000&prefix=" + prefix_ + "/" +
                                          prefix + (after.empty() ? "" : "&start-after=" + after),
                                      &page);
      if (status != 200) throw std::runtime_error("list: " + std::to_string(status) + " " + page);
      const std::regex key("<Key>([^<]*)</Key>");
      after.clear();
      for (std::sregex_iterator at(page.begin(), page.end(), key), end; at != end; ++at) {
        after = (*at)[1];
        keys.insert(after.substr(prefix_.size() + 1));
      }
      if (!page.contains("<IsTruncated>true")) return keys;
    }
  }
  const fs::path root = data_ / "files" / "blobs";
  if (!fs::exists(root / prefix)) return keys;
  for (const auto& entry : fs::recursive_directory_iterator(root / prefix)) {
    if (entry.is_regular_file()) keys.insert(fs::relative(entry.path(), root).string());
  }
  return keys;
}

std::string TestServer::log() const { return read_file(folder_ / "log"); }

bool on_postgres() {
  const char* const told = std::getenv("MEMORYVERSE_TEST_DATABASE");
  return told != nullptr && std::string_view(told) == "postgres";
}

bool eventually(const std::function<bool()>& ready) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!ready()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

fs::path corpus() {
  const char* const told = std::getenv("MEMORYVERSE_SHARED");
  const fs::path folder = (told != nullptr ? fs::path(told) : fs::path(SOURCE_FOLDER) / ".." / "shared") / "corpus";
  return fs::exists(folder) ? folder : fs::path();
}

std::string tiny_png(unsigned seed) {
  constexpr std::uint32_t kSide = 64;
  std::string pixels;
  for (std::uint32_t y = 0; y < kSide; ++y) {
    pixels += '\0';
    for (std::uint32_t x = 0; x < kSide; ++x) {
      pixels += static_cast<char>((seed * 37 + x) & 0xffU);
      pixels += static_cast<char>((seed >> 3U) + y);
      pixels += static_cast<char>((seed >> 11U) & 0xffU);
    }
  }
  uLongf size = compressBound(static_cast<uLong>(pixels.size()));
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(pixels.data()),
           static_cast<uLong>(pixels.size()));
  packed.resize(size);

  std::string header;
  put_u32(header, kSide);
  put_u32(header, kSide);
  header += std::string("\x08\x02\x00\x00\x00", 5);
  std::string png = "\x89PNG\r\n\x1a\n";
  put_chunk(png, "IHDR", header);
  put_chunk(png, "IDAT", packed);
  put_chunk(png, "IEND", "");
  return png;
}

} // namespace mv::test
