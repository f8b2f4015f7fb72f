#pragma once

// A reply ready to be sent, before it becomes Drogon's.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "backend/http/router.hpp"

namespace mv::http {

/// Part of a local file.
struct FileSlice {
  std::filesystem::path path;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

/// Of a file from elsewhere, so much is read while the client takes what came before.
inline constexpr std::int64_t kReadAhead = std::int64_t{1} << 20;

/// Part of a file from elsewhere.
struct BytesSlice {
  std::string first; ///< The piece at `offset`, read already, so that a failure could be told.
  std::function<Result<std::string>(std::int64_t offset, std::int64_t length)> read;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

struct Reply {
  int status = 200;
  std::string content_type; ///< "" where there is no body.
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Cookie> cookies;
  bool https = false; ///< Cookies are marked `Secure`.
  std::variant<std::monostate, std::string, FileSlice, BytesSlice> body;
  bool compressible = true; ///< False for what is secret or compressed already.

  void set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
  [[nodiscard]] std::string_view header(std::string_view name) const; ///< Names are compared as they are written.
};

/// A problem as a reply, with Retry-After and WWW-Authenticate where they belong. `status` 0: by the error's code.
[[nodiscard]] Reply problem_reply(const Error& error, std::string_view locale, std::string_view request_id,
                                  int status = 0);

/// A local file with its validators, ranges and 304. `about.path` must be a file, else `not_found` `request.not-found`.
[[nodiscard]] Result<Reply> file_reply(const Request& request, const FileReply& about);
[[nodiscard]] Result<Reply> bytes_reply(const Request& request, const BytesReply& bytes);

/// How `compress` would send it: `br`, `gzip`, or "" for as it is.
[[nodiscard]] std::string_view encoding_for(const Request& request);

/// Compresses a body in memory where the client takes it and it is worth it (1 KiB or more of text).
void compress(const Request& request, Reply& reply);

/// The Content-Type of a file of the web client by its name.
[[nodiscard]] std::string_view type_of_file(std::string_view name);

} // namespace mv::http
