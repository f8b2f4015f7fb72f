#include "backend/http/static_site.hpp"

#include <array>
#include <format>

#include "backend/http/http_text.hpp"
#include "core/base/encoding.hpp"

namespace mv::http {

namespace {

namespace fs = std::filesystem;

std::string etag_of(const fs::path& file) {
  std::error_code problem;
  const auto size = fs::file_size(file, problem);
  const auto changed = fs::last_write_time(file, problem).time_since_epoch().count();
  return problem ? std::string() : std::format("{:x}-{:x}", size, changed);
}

/// `index-B7c3f2a1.js`, as Vite names what it builds: content never changes under its name.
bool is_hashed(std::string_view path) { return path.starts_with("/assets/"); }

Result<Reply> serve(const Request& request, fs::path file, std::string_view name, std::string cache_control) {
  FileReply about{.path = std::move(file),
                  .content_type = std::string(type_of_file(name)),
                  .etag = {},
                  .cache_control = std::move(cache_control),
                  .file_name = {}};
  // The build leaves packed files beside those that gain from it. A range is of the plain file.
  std::string encoding;
  bool varies = false;
  for (const auto& [coding, suffix] : {std::pair("br", ".br"), std::pair("gzip", ".gz")}) {
    fs::path packed = about.path;
    packed += suffix;
    std::error_code problem;
    if (!fs::is_regular_file(packed, problem)) continue;
    varies = true;
    if (!encoding.empty() || !request.header("range").empty()) continue;
    if (!accepts_encoding(request.header("accept-encoding"), coding)) continue;
    encoding = coding;
    about.path = packed;
  }
  about.etag = etag_of(about.path);
  TRY(Reply reply, file_reply(request, about));
  if (!encoding.empty() && reply.status == 200) reply.set("Content-Encoding", encoding);
  if (varies) reply.set("Vary", "Accept-Encoding");
  return reply;
}

bool wants_page(const Request& request) {
  const std::string_view mode = request.header("sec-fetch-mode");
  if (!mode.empty()) return mode == "navigate";
  return request.header("accept").contains("text/html");
}

constexpr std::string_view kDocsPage = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>MemoryVerse API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
)";

constexpr std::string_view kDocsScript = R"(window.ui = SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  persistAuthorization: false,
});
)";

constexpr auto kDocsFiles = std::to_array<std::string_view>(
    {"/swagger-ui.css", "/swagger-ui-bundle.js", "/favicon-32x32.png", "/favicon-16x16.png"});

Reply text_reply(std::string_view text, std::string_view name) {
  Reply reply;
  reply.content_type = type_of_file(name);
  reply.body = std::string(text);
  reply.set("Cache-Control", "no-cache");
  return reply;
}

} // namespace

std::optional<fs::path> resolve_below(const fs::path& root, std::string_view path) {
  if (root.empty() || !path.starts_with('/')) return std::nullopt;
  fs::path file = root;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    const auto name = percent_decode(part);
    // Dot files are nobody's business, which does for `.` and `..` too.
    if (!name || name->empty() || name->front() == '.' || name->find_first_of("/\\") != std::string::npos ||
        contains_nul(*name)) {
      return std::nullopt;
    }
    file /= *name;
  }
  std::error_code problem;
  if (!fs::is_regular_file(file, problem)) return std::nullopt;
  return file;
}

Result<Reply> client_reply(const Request& request, const fs::path& web_root) {
  const std::string_view path = request.path();
  if (auto file = resolve_below(web_root, path)) {
    return serve(request, *std::move(file), path, is_hashed(path) ? "public, max-age=31536000, immutable" : "no-cache");
  }
  if (path != "/" && !wants_page(request)) return fail(ErrorCode::not_found, "request.not-found");
  auto index = resolve_below(web_root, "/index.html");
  if (!index) return fail(ErrorCode::not_found, "request.not-found", "the web client is not built");
  return serve(request, *std::move(index), "index.html", "no-cache");
}

Result<Reply> docs_reply(const Request& request, const fs::path& docs_root) {
  const std::string_view name = request.path().substr(std::string_view("/api/docs").size());
  if (docs_root.empty()) return fail(ErrorCode::not_found, "request.not-found", "no folder of swagger-ui-dist");
  if (name.empty() || name == "/") return text_reply(kDocsPage, "index.html");
  if (name == "/start.js") return text_reply(kDocsScript, "start.js");
  if (std::ranges::find(kDocsFiles, name) == kDocsFiles.end()) return fail(ErrorCode::not_found, "request.not-found");
  auto file = resolve_below(docs_root, name);
  if (!file) return fail(ErrorCode::not_found, "request.not-found");
  return serve(request, *std::move(file), name, "no-cache");
}

} // namespace mv::http
