#pragma once

// Small readers of what stands in HTTP headers. Pure, safe from every thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"

namespace mv::http {

[[nodiscard]] std::string to_lower(std::string_view text); ///< ASCII only.
[[nodiscard]] std::string_view trim_blanks(std::string_view text);
/// The items of a comma-separated list, without blanks around them.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text);

/// `multipart/form-data` of `Multipart/Form-Data; boundary=x`, in lower case.
[[nodiscard]] std::string media_type(std::string_view content_type);
/// The value of `name=…` after the first semicolon, unquoted; a name that ends in `*` is read as RFC 8187 (UTF-8 only).
[[nodiscard]] std::optional<std::string> header_parameter(std::string_view header, std::string_view name);

/// `Content-Disposition` with a name for old clients and one in UTF-8 (RFC 6266).
[[nodiscard]] std::string content_disposition(bool attachment, std::string_view file_name);

/// `ru` or `en`, by the preferences of Accept-Language; `en` when neither is liked.
[[nodiscard]] std::string choose_locale(std::string_view accept_language);

/// True when `If-None-Match` (or `If-Match`-like lists) holds `etag`, which has its quotes. Weak comparison.
[[nodiscard]] bool etag_listed(std::string_view header, std::string_view etag);

/// What of `size` bytes a Range header asks for.
struct ByteRange {
  enum class Kind { whole, part, unsatisfiable } kind = Kind::whole;
  std::int64_t first = 0;
  std::int64_t length = 0;
};
/// One range is honoured; several, or another unit, read as the whole, as RFC 9110 allows.
[[nodiscard]] ByteRange read_range(std::string_view header, std::int64_t size);

/// Whether a client takes `coding` (`br`, `gzip`) by its Accept-Encoding.
[[nodiscard]] bool accepts_encoding(std::string_view accept_encoding, std::string_view coding);

} // namespace mv::http
