#include "backend/http/problem.hpp"

#include "backend/http/json_text.hpp"
#include "backend/http/messages.hpp"

namespace mv::http {

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::gone:
      return 410;
    case ErrorCode::precondition_failed:
      return 412;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::unsupported_type:
      return 415;
    case ErrorCode::unprocessable:
      return 422;
    case ErrorCode::precondition_required:
      return 428;
    case ErrorCode::too_many:
      return 429;
    case ErrorCode::checksum_mismatch:
      return 460;
    case ErrorCode::internal:
      return 500;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::insufficient_storage:
      return 507;
  }
  return 500;
}

std::string problem_body(const Error& error, int status, std::string_view locale, std::string_view request_id) {
  const Message words = message(error.key, locale, error.code);
  std::string out = R"({"type":)";
  append_json(out, "urn:memoryverse:problem:" + error.key);
  out += R"(,"title":)";
  append_json(out, words.title);
  out += R"(,"status":)";
  append_json(out, std::int64_t{status});
  out += R"(,"detail":)";
  append_json(out, words.detail);
  out += R"(,"requestId":)";
  append_json(out, request_id);
  if (!error.fields.empty()) {
    out += R"(,"errors":[)";
    for (const FieldError& field : error.fields) {
      if (out.back() != '[') out += ',';
      out += R"({"pointer":)";
      append_json(out, field.pointer);
      out += R"(,"code":)";
      append_json(out, field.code);
      out += R"(,"message":)";
      append_json(out, field_message(field.code, locale));
      out += '}';
    }
    out += ']';
  }
  return out + '}';
}

} // namespace mv::http
