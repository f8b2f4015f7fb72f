#pragma once

// Files of the web client and of the API's documentation. What a browser asks for is looked up part by part below one
// folder; no trick with dots, slashes or escapes leads out of it.

#include <filesystem>
#include <optional>
#include <string_view>

#include "backend/http/reply.hpp"

namespace mv::http {

/// The file that `path` (as sent) names below `root`; nothing when there is none, or when the path is a trick.
[[nodiscard]] std::optional<std::filesystem::path> resolve_below(const std::filesystem::path& root,
                                                                 std::string_view path);

/// A file of the built web client, or index.html for an address that the client's own router knows. `not_found` else.
[[nodiscard]] Result<Reply> client_reply(const Request& request, const std::filesystem::path& web_root);

/// `/api/docs` and the files it needs, from the folder of swagger-ui-dist.
[[nodiscard]] Result<Reply> docs_reply(const Request& request, const std::filesystem::path& docs_root);

} // namespace mv::http
