// multipart/form-data (RFC 7578), read in place: the parts are views into the body, so that an upload is never copied.

#include <algorithm>

#include "backend/http/http_text.hpp"
#include "backend/http/router.hpp"
#include "core/base/encoding.hpp"

namespace mv::http {

namespace {

constexpr std::size_t kMostParts = 64;
constexpr std::size_t kLongestHead = 16UL * 1024;

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::invalid, "request.malformed-multipart", std::string(why));
}

/// The header lines of one part.
Result<void> read_head(std::string_view head, Part& part) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("a header line without a colon");
    const std::string name = to_lower(line.substr(0, colon));
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (name == "content-type") part.content_type = to_lower(value);
    if (name != "content-disposition") continue;
    if (!to_lower(value).starts_with("form-data")) return malformed("a part that is no form-data");
    part.name = header_parameter(value, "name").value_or("");
    part.file_name = header_parameter(value, "filename*").value_or(header_parameter(value, "filename").value_or(""));
  }
  if (part.name.empty()) return malformed("a part without a name");
  if (!is_utf8(part.name) || contains_nul(part.name)) return malformed("a part whose name is no text");
  part.file_name = repair_utf8(part.file_name);
  return {};
}

} // namespace

Result<std::vector<Part>> RawRequest::parts() const {
  if (media_type(content_type()) != "multipart/form-data")
    return fail(ErrorCode::unsupported_type, "request.not-multipart");
  const auto boundary = header_parameter(content_type(), "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70) return malformed("no boundary");
  const std::string first = "--" + *boundary;
  const std::string next = "\r\n" + first;

  std::string_view rest = body();
  // Anything before the first boundary is a preamble, and means nothing.
  if (!rest.starts_with(first)) {
    const std::size_t at = rest.find(next);
    if (at == std::string_view::npos) return malformed("the boundary never comes");
    rest.remove_prefix(at + 2);
  }
  rest.remove_prefix(first.size());

  std::vector<Part> parts;
  while (!rest.starts_with("--")) {
    const std::size_t blanks = rest.find_first_not_of(" \t");
    rest.remove_prefix(std::min(blanks, rest.size()));
    if (!rest.starts_with("\r\n")) return malformed("no line end after a boundary");
    if (parts.size() == kMostParts) return malformed("too many parts");
    rest.remove_prefix(2);
    const std::size_t head_end = rest.substr(0, kLongestHead).find("\r\n\r\n");
    if (head_end == std::string_view::npos) return malformed("a part whose headers do not end");
    Part& part = parts.emplace_back();
    TRY_OK(read_head(rest.substr(0, head_end), part));
    rest.remove_prefix(head_end + 4);
    // An empty part's boundary stands right here, its line end being that of the headers.
    const std::size_t end = rest.find(next);
    if (end == std::string_view::npos) return malformed("the last boundary is missing");
    part.content = rest.substr(0, end);
    rest.remove_prefix(end + next.size());
  }
  return parts;
}

} // namespace mv::http
