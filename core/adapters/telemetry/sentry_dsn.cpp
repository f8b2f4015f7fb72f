#include "core/adapters/telemetry/sentry_dsn.hpp"

#include <algorithm>

#include "core/adapters/telemetry/post.hpp"

namespace mv::telemetry {

namespace {

std::unexpected<Error> wrong(std::string_view what) {
  return mv::fail(ErrorCode::invalid, "config.invalid",
                  std::string(what) + "; copy it from the project's settings: https://KEY@sentry.example/7");
}

} // namespace

Result<SentryDsn> parse_sentry_dsn(const Secret& dsn) {
  std::string_view rest = dsn.reveal();
  const std::string scheme = rest.starts_with("https://") ? "https://" : "http://";
  if (!rest.starts_with(scheme)) return wrong("it does not begin with https://");
  rest.remove_prefix(scheme.size());
  const auto at = rest.find('@');
  if (at == std::string_view::npos) return wrong("it holds no key before an @");
  // Old ones have a secret behind the key, which nobody needs any more.
  const std::string_view key = rest.substr(0, at).substr(0, rest.substr(0, at).find(':'));
  const bool key_is_plain = !key.empty() && key.size() <= 100 && std::ranges::all_of(key, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
  if (!key_is_plain) return wrong("its key is not made of letters and digits");
  rest.remove_prefix(at + 1);
  const auto slash = rest.rfind('/');
  const std::string_view project = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  const bool numbered = !project.empty() && std::ranges::all_of(project, [](char c) { return c >= '0' && c <= '9'; });
  if (!numbered) return wrong("it does not end in the number of a project");
  SentryDsn parsed{
      .envelope_url = scheme + std::string(rest.substr(0, slash)) + "/api/" + std::string(project) + "/envelope/",
      .public_key = std::string(key)};
  if (slash == 0 || !is_http_url(parsed.envelope_url)) return wrong("it names no server");
  return parsed;
}

} // namespace mv::telemetry
