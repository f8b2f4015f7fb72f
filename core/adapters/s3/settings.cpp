#include "core/adapters/s3/settings.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"

namespace mv::s3 {

namespace {

std::unexpected<Error> wrong(const std::string& what) { return fail(ErrorCode::invalid, "storage.bad-url", what); }

bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

bool is_prefix(std::string_view text) {
  return text.size() <= 200 && !text.starts_with('/') && !text.contains("//") && !text.contains("..") &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.' || c == '/';
         });
}

Result<Endpoint> read_endpoint(std::string_view name, std::string_view text) {
  const auto slashes = text.find("://");
  Endpoint endpoint;
  if (slashes != std::string_view::npos) {
    endpoint.scheme = text.substr(0, slashes);
    endpoint.host = text.substr(slashes + 3);
    if (endpoint.host.ends_with('/')) endpoint.host.pop_back();
  }
  const bool sound = (endpoint.scheme == "http" || endpoint.scheme == "https") && !endpoint.host.empty() &&
                     endpoint.host.find_first_of("/?#@ ") == std::string::npos;
  if (!sound) return wrong("`" + std::string(name) + "` must be http://HOST[:PORT] or https://HOST[:PORT]");
  return endpoint;
}

} // namespace

Result<Settings> read_url(std::string_view url) {
  constexpr std::string_view kScheme = "s3://";
  if (!url.starts_with(kScheme)) return wrong("it begins with s3://BUCKET");
  url.remove_prefix(kScheme.size());
  const std::string_view place = url.substr(0, url.find('?'));
  std::string_view query = url.substr(std::min(url.size(), place.size() + 1));

  Settings settings;
  settings.bucket = place.substr(0, place.find('/'));
  settings.prefix = place.substr(std::min(place.size(), settings.bucket.size() + 1));
  if (!is_bucket(settings.bucket)) {
    return wrong("`" + settings.bucket + "` is no name of a bucket: 3 to 63 of a-z, 0-9, `-` and `.`");
  }
  if (!is_prefix(settings.prefix))
    return wrong("the prefix may hold letters, digits, `-`, `_`, `.` and single slashes");
  if (!settings.prefix.empty() && !settings.prefix.ends_with('/')) settings.prefix += '/';

  std::string style;
  bool has_public = false;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const auto value = percent_decode(pair.substr(std::min(pair.size(), name.size() + 1)));
    if (!value || value->empty()) return wrong("`" + std::string(name) + "` has no value");
    if (name == "endpoint") {
      TRY(settings.endpoint, read_endpoint(name, *value));
    } else if (name == "public") {
      TRY(settings.public_endpoint, read_endpoint(name, *value));
      has_public = true;
    } else if (name == "region") {
      settings.region = *value;
    } else if (name == "style") {
      style = *value;
    } else {
      return wrong("`" + std::string(name) + "` is none of endpoint, public, region, style");
    }
  }
  if (!style.empty() && style != "path" && style != "virtual") return wrong("`style` is `path` or `virtual`");
  const bool amazon = settings.endpoint.host.empty();
  if (amazon && settings.region.empty()) return wrong("name the `region`, or the `endpoint` of a store elsewhere");
  if (settings.region.empty()) settings.region = "us-east-1";
  if (settings.region.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
      std::string::npos) {
    return wrong("`region` holds letters, digits, `-` and `_`");
  }
  if (amazon) settings.endpoint = {"https", "s3." + settings.region + ".amazonaws.com"};
  if (!has_public) settings.public_endpoint = settings.endpoint;
  settings.virtual_host = style.empty() ? amazon : style == "virtual";
  return settings;
}

} // namespace mv::s3
