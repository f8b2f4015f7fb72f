#include "backend/http/context.hpp"

#include <charconv>

#include "core/base/encoding.hpp"

namespace mv::http {

Context::Context(const Request& request, std::string request_id, std::string client_address, bool https,
                 std::string locale)
    : request_(request),
      request_id_(std::move(request_id)),
      client_address_(std::move(client_address)),
      https_(https),
      locale_(std::move(locale)) {}

std::string Context::user_agent() const { return repair_utf8(request_.header("user-agent").substr(0, 300)); }

std::string_view Context::param(std::string_view name) const {
  for (const auto& [known, value] : params_) {
    if (known == name) return value;
  }
  return {};
}

Result<std::int64_t> Context::require_if_match() const {
  std::string_view text = request_.header("if-match");
  if (text.empty()) return fail(ErrorCode::precondition_required, "request.if-match-missing");
  if (text.starts_with("W/")) text.remove_prefix(2); // a proxy that compressed the reply may have weakened its tag
  std::int64_t version = 0;
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') {
    return fail(ErrorCode::invalid, "request.if-match-malformed");
  }
  text = text.substr(1, text.size() - 2);
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (problem != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorCode::invalid, "request.if-match-malformed");
  }
  return version;
}

void Context::set_etag(std::int64_t version) { set_etag(std::to_string(version)); }

void Context::set_etag(std::string_view text) {
  reply_.etag = '"';
  reply_.etag += text;
  reply_.etag += '"';
}

void Context::set_identity(Identity identity) {
  if (!identity.locale.empty()) locale_ = identity.locale;
  identity_ = std::move(identity);
}

} // namespace mv::http
