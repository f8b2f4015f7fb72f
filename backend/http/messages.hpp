#pragma once

// What problems say to people, in both languages. Every key that the code base can answer stands in the tables; a test
// reads the sources and compares. Pure, safe from every thread.

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace mv::http {

struct Message {
  std::string title;  ///< What kind of problem it is: `Not found`.
  std::string detail; ///< What happened, and what to do, in a sentence.
};

/// The words for a key. `locale` is `ru`, or anything else for English. A key without words of its own gets those of
/// `code`.
[[nodiscard]] Message message(std::string_view key, std::string_view locale, ErrorCode code = ErrorCode::internal);

/// The words for a code of a field at fault.
[[nodiscard]] std::string field_message(std::string_view code, std::string_view locale);

[[nodiscard]] bool has_message(std::string_view key);
[[nodiscard]] bool has_field_message(std::string_view code);

/// A row of the tables.
struct Words {
  std::string_view key;
  std::string_view en;
  std::string_view ru;
};

} // namespace mv::http
