#pragma once

// The JSON Schemas of every body that routes name, collected for openapi.json.

#include <map>
#include <string>
#include <string_view>

namespace mv::http {

/// A type can be needed as a request (few members required) and as a reply (all required that are always there). Where
/// the two differ, the request's is called `NameInput`.
struct Schemas {
  std::map<std::string, std::string> requests; ///< Name to schema; references are written by `reference`.
  std::map<std::string, std::string> replies;

  /// A reference to be put right by `resolve` once it is known which names differ.
  [[nodiscard]] static std::string reference(std::string_view name, bool as_request);
};

/// The `components.schemas` object, and a way to put right the references of any text made with `schemas`.
class ResolvedSchemas {
public:
  explicit ResolvedSchemas(const Schemas& schemas);
  [[nodiscard]] std::string components() const;
  [[nodiscard]] std::string resolve(std::string_view text) const;

private:
  [[nodiscard]] std::string final_name(std::string_view name, bool as_request) const;

  const Schemas& schemas_;
  std::map<std::string, bool, std::less<>> differs_;
};

} // namespace mv::http
