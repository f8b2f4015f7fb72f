#pragma once

// Result, Error and TRY: how every function of ours says that it was refused or failed.

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mv {

/// Why something was refused or failed. `backend/http` maps each to exactly one HTTP status.
enum class ErrorCode {
  invalid,               ///< The request makes no sense: 400.
  unauthenticated,       ///< Nobody is signed in, or the token is spent: 401.
  forbidden,             ///< Known, but not allowed: 403.
  not_found,             ///< Not there, or not for this person to know of: 404.
  conflict,              ///< Clashes with what is there: 409.
  gone,                  ///< Was there, and is no more: 410.
  precondition_failed,   ///< An old `If-Match`: 412.
  too_large,             ///< Over a limit of size: 413.
  unsupported_type,      ///< A content type that this address does not take: 415.
  unprocessable,         ///< Well formed, but a field breaks a rule: 422.
  precondition_required, ///< `If-Match` is missing: 428.
  too_many,              ///< Over a limit of rate: 429.
  checksum_mismatch,     ///< tus: the bytes differ from their checksum: 460.
  internal,              ///< Our fault: 500. `cause` goes to the log.
  unavailable,           ///< A component does not answer, or a queue is full: 503.
  insufficient_storage,  ///< The disk is full: 507.
};

/// Whether it is a failure of ours, which may pass, and not a refusal of what was asked.
[[nodiscard]] constexpr bool is_failure(ErrorCode code) {
  return code == ErrorCode::internal || code == ErrorCode::unavailable || code == ErrorCode::insufficient_storage;
}

/// One field at fault in a body.
struct FieldError {
  std::string pointer; ///< RFC 6901 pointer into the body, `/email`; `?limit` for a query parameter.
  std::string code;    ///< Stable key, `too-short`; the message in the reader's language is found by it.
};

/// A refusal or failure.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string key;                  ///< Stable, `feature.reason`; the problem's `type` and its translations.
  std::vector<FieldError> fields{}; ///< Fields at fault, empty where none is.
  std::string cause{};              ///< For the log only: never shown to a client.
  int retry_after_s = 0;            ///< Seconds, for `too_many` and `unavailable`; 0 says nothing.
};

template <typename T = void>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::not_found, "memory.not-found");`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string_view key, std::string cause = {}) {
  return std::unexpected(Error{.code = code, .key = std::string(key), .cause = std::move(cause)});
}

/// A rule broken by one field of a body: 422 with that field named.
[[nodiscard]] inline std::unexpected<Error> fail_field(std::string_view key, std::string_view pointer,
                                                       std::string_view field_code) {
  return std::unexpected(Error{.code = ErrorCode::unprocessable,
                               .key = std::string(key),
                               .fields = {{std::string(pointer), std::string(field_code)}}});
}

} // namespace mv

#define MV_CONCAT_INNER(a, b) a##b
#define MV_CONCAT(a, b) MV_CONCAT_INNER(a, b)

/// `TRY(const User user, users.find(id));` declares `user`, or hands the error to the caller.
#define TRY(declaration, expression) MV_TRY_IMPL(MV_CONCAT(mv_result_, __LINE__), declaration, expression)
#define MV_TRY_IMPL(result, declaration, expression)                \
  auto result = (expression);                                       \
  if (!(result)) return std::unexpected(std::move(result).error()); \
  declaration = *std::move(result)

/// `TRY_OK(outbox.add(event));` for a Result<void>, or one whose value is not wanted.
#define TRY_OK(expression) MV_TRY_OK_IMPL(MV_CONCAT(mv_result_, __LINE__), expression)
#define MV_TRY_OK_IMPL(result, expression)                            \
  do {                                                                \
    auto result = (expression);                                       \
    if (!(result)) return std::unexpected(std::move(result).error()); \
  } while (false)
