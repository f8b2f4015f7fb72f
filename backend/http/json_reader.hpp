#pragma once

// Reading JSON with every fault told and not only the first: yyjson parses, this walks, the codecs say what they want.
// Only codecs include it.

#include <yyjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace mv::http {

/// Where in a body the reading is, and what was wrong so far.
class JsonReader {
public:
  /// Notes a fault at the present place. After a hundred, nothing more is noted.
  void fault(std::string_view code);
  /// Notes a fault of a member below the present place.
  void fault_at(std::string_view member, std::string_view code);

  /// The present place is inside `member` until `leave` gets what this returned.
  [[nodiscard]] std::size_t enter(std::string_view member);
  [[nodiscard]] std::size_t enter(std::size_t index) { return enter(std::to_string(index)); }
  void leave(std::size_t mark) { pointer_.resize(mark); }

  void read(yyjson_val* value, std::string& out);
  void read(yyjson_val* value, bool& out);
  void read(yyjson_val* value, double& out);
  void read_integer(yyjson_val* value, std::int64_t& out, std::int64_t least, std::int64_t most);

  [[nodiscard]] std::vector<FieldError>& faults() { return faults_; }

private:
  std::string pointer_;
  std::vector<FieldError> faults_;
};

/// A parsed text; frees itself.
class JsonDocument {
public:
  /// `invalid` with `request.malformed-json` for what is no JSON, no UTF-8, or nested deeper than 64.
  [[nodiscard]] static Result<JsonDocument> parse(std::string_view text);
  ~JsonDocument() { yyjson_doc_free(document_); }
  JsonDocument(JsonDocument&& other) noexcept : document_(std::exchange(other.document_, nullptr)) {}
  JsonDocument& operator=(JsonDocument&&) = delete;
  [[nodiscard]] yyjson_val* root() const { return yyjson_doc_get_root(document_); }

private:
  explicit JsonDocument(yyjson_doc* document) : document_(document) {}
  yyjson_doc* document_;
};

/// `unprocessable` with `request.invalid-body` and what is at fault.
[[nodiscard]] std::unexpected<Error> invalid_body(std::vector<FieldError> faults);

/// Names and values of a query string, decoded, in their order. `invalid` with `request.malformed-query` for a broken
/// escape, a NUL or what is no UTF-8.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

/// The whole of `text` as a number or a truth; false when it is none.
[[nodiscard]] bool read_text(std::string_view text, std::int64_t& out);
[[nodiscard]] bool read_text(std::string_view text, double& out);
[[nodiscard]] bool read_text(std::string_view text, bool& out);

} // namespace mv::http
