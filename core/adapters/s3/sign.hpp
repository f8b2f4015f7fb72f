#pragma once

// AWS Signature Version 4 in the query string: addresses that anybody may use for a while. Requests of our own are
// signed by libcurl, which knows the header form alone. Pure; safe from every thread.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"

namespace mv::s3 {

using Query = std::vector<std::pair<std::string, std::string>>; ///< Names and values, not encoded.

/// What is allowed, to whom it is asked, and until when.
struct Presign {
  std::string_view method; ///< `GET`, `PUT`.
  std::string_view scheme;
  std::string_view host; ///< With the port unless it is the scheme's own.
  std::string_view path; ///< From the root, not encoded: `/bucket/key`.
  std::string_view region;
  std::string_view access_key_id;
  const Secret& secret_access_key;
  TimeMs now = 0;
  TimeMs lasts = 0; ///< At most seven days.
  Query query{};
};

/// The whole address with its signature. The payload is not part of it.
[[nodiscard]] std::string presigned_url(const Presign& what);

/// `20261124T040506Z`.
[[nodiscard]] std::string amz_date(TimeMs at);

/// RFC 3986 of each part of a path; slashes stay.
[[nodiscard]] std::string encode_path(std::string_view path);
/// `a=b&c=d`, encoded and sorted by name as the signature wants it.
[[nodiscard]] std::string encode_query(Query query);

} // namespace mv::s3
