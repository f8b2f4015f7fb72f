#include "backend/http/schema.hpp"

#include <format>
#include <functional>
#include <set>

#include "backend/http/json_text.hpp"

namespace mv::http {

namespace {

// `{"$ref":"<q:Name>"}`; a request's begins with q, a reply's with p. No schema text of ours has `"<` otherwise.
constexpr std::string_view kMark = "\"<";

/// Calls `change(name, as_request)` for each reference and writes its answer instead.
std::string rewrite(std::string_view text, const std::function<std::string(std::string_view, bool)>& change) {
  std::string out;
  while (true) {
    const std::size_t at = text.find(kMark);
    if (at == std::string_view::npos) break;
    const std::size_t end = text.find(">\"", at);
    out.append(text, 0, at);
    out += change(text.substr(at + 4, end - at - 4), text[at + 2] == 'q');
    text.remove_prefix(end + 2);
  }
  out.append(text);
  return out;
}

} // namespace

std::string Schemas::reference(std::string_view name, bool as_request) {
  return std::format(R"({{"$ref":"<{}:{}>"}})", as_request ? 'q' : 'p', name);
}

ResolvedSchemas::ResolvedSchemas(const Schemas& schemas) : schemas_(schemas) {
  const auto plain = [](std::string_view text) {
    return rewrite(text, [](std::string_view name, bool) { return std::string(name); });
  };
  for (const auto& [name, schema] : schemas.requests) {
    const auto reply = schemas.replies.find(name);
    differs_[name] = reply != schemas.replies.end() && plain(schema) != plain(reply->second);
  }
  // Who refers to one that differs differs too.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [name, schema] : schemas.requests) {
      if (differs_[name] || !schemas.replies.contains(name)) continue;
      rewrite(schema, [&, &owner = name](std::string_view used, bool) {
        const auto found = differs_.find(used);
        if (found != differs_.end() && found->second) differs_[owner] = changed = true;
        return std::string();
      });
    }
  }
}

std::string ResolvedSchemas::final_name(std::string_view name, bool as_request) const {
  const auto found = differs_.find(name);
  return std::string(name) + (as_request && found != differs_.end() && found->second ? "Input" : "");
}

std::string ResolvedSchemas::resolve(std::string_view text) const {
  return rewrite(text, [this](std::string_view name, bool as_request) {
    return json_string("#/components/schemas/" + final_name(name, as_request));
  });
}

std::string ResolvedSchemas::components() const {
  std::map<std::string, std::string> all;
  for (const auto& [name, schema] : schemas_.replies)
    all[final_name(name, false)] = resolve(schema);
  for (const auto& [name, schema] : schemas_.requests)
    all[final_name(name, true)] = resolve(schema);
  std::string out = "{";
  for (const auto& [name, schema] : all) {
    if (out.size() > 1) out += ',';
    append_json(out, name);
    out += ':';
    out += schema;
  }
  return out + '}';
}

} // namespace mv::http
