#pragma once

// JSON in and out, behind plain declarations: reflect-cpp costs seconds a file, so that each body's codec is compiled
// once, in backend/http/codecs/*.cpp, by `MV_JSON_CODEC(Type)` (and `MV_QUERY_CODEC(Type)`) of json_codec.hpp.

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace mv::http {

struct Schemas; // schema.hpp

/// A body as JSON. Names are the members' in camelCase; absent optionals are left out when writing.
/// Reading refuses unknown and repeated members, wrong types, missing required ones (`MV_JSON_REQUIRED`), NUL
/// characters and numbers out of range, all told at once: `unprocessable`, key `request.invalid-body`; text that is no
/// JSON or no UTF-8 is `invalid`, key `request.malformed-json`. A free function `std::vector<FieldError> validate(const
/// T&)` found beside T adds rules of its own.
template <class T>
struct Codec {
  [[nodiscard]] static Result<T> read(std::string_view json);
  [[nodiscard]] static std::string write(const T& value);
  /// The JSON Schema of T, put with those it needs into `schemas`; the answer refers to it.
  [[nodiscard]] static std::string describe(Schemas& schemas, bool as_request);
};

/// A flat struct read from `a=1&b=x`. Unknown and repeated names are refused: `invalid`, key `request.invalid-query`,
/// pointers `?name`.
template <class T>
struct QueryCodec {
  [[nodiscard]] static Result<T> read(std::string_view query);
  /// The `parameters` of OpenAPI, a JSON array.
  [[nodiscard]] static std::string describe(Schemas& schemas);
};

} // namespace mv::http
