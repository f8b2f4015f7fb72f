// openapi.json from the route table and the types that the handlers really use.

#include <format>
#include <map>

#include "backend/http/http_text.hpp"
#include "backend/http/json_text.hpp"
#include "backend/http/router.hpp"
#include "backend/http/schema.hpp"

namespace mv::http {

namespace {

constexpr std::string_view kProblemSchema =
    R"({"type":"object","properties":{"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},)"
    R"("detail":{"type":"string"},"requestId":{"type":"string"},"errors":{"type":"array","items":{"type":"object",)"
    R"("properties":{"pointer":{"type":"string","description":"RFC 6901 pointer into the body, or ?name of a parameter."},)"
    R"("code":{"type":"string"},"message":{"type":"string"}},"required":["pointer","code","message"]}}},)"
    R"("required":["type","title","status","detail","requestId"]})";

/// `getApiV1MemoriesById`-like ids would bind clients to addresses; method and path without the prefix are as stable
/// and shorter: `patchMemoriesId`.
std::string operation_id(const Route& route) {
  std::string out = to_lower(name_of(route.method));
  std::string_view path = route.pattern;
  if (path.starts_with("/api/v1")) path.remove_prefix(7);
  bool upper = false;
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = !letter;
  }
  return out;
}

std::string path_parameters(std::string_view pattern) {
  std::string out;
  while (true) {
    const std::size_t open = pattern.find('{');
    if (open == std::string_view::npos) return out;
    const std::size_t close = pattern.find('}', open);
    if (!out.empty()) out += ',';
    out += std::format(R"({{"name":{},"in":"path","required":true,"schema":{{"type":"string"}}}})",
                       json_string(pattern.substr(open + 1, close - open - 1)));
    pattern.remove_prefix(close + 1);
  }
}

std::string parameters_of(const Route& route, Schemas& schemas) {
  std::string out = path_parameters(route.pattern);
  const auto add = [&out](std::string_view text) {
    if (text.empty()) return;
    if (!out.empty()) out += ',';
    out += text;
  };
  if (route.describe_query) {
    const std::string query = route.describe_query(schemas);
    add(std::string_view(query).substr(1, query.size() - 2));
  }
  if (route.options.needs_if_match) {
    add(R"({"name":"If-Match","in":"header","required":true,"description":"The ETag of the version to change.",)"
        R"("schema":{"type":"string"}})");
  }
  if (route.options.idempotent) {
    add(R"({"name":"Idempotency-Key","in":"header","required":false,)"
        R"("description":"The same key and body answer the same and create nothing twice.","schema":{"type":"string"}})");
  }
  return '[' + out + ']';
}

std::string body_of(const Route& route, Schemas& schemas) {
  if (route.describe_body) {
    return std::format(R"({{"required":true,"content":{{"application/json":{{"schema":{}}}}}}})",
                       route.describe_body(schemas));
  }
  if (!route.raw || route.options.request_type.empty()) return {};
  const std::string& type = route.options.request_type;
  const std::string_view schema =
      type == "multipart/form-data"
          ? R"({"type":"object","properties":{"file":{"type":"string","contentMediaType":"application/octet-stream"},)"
            R"("spaceId":{"type":"string"},"collectionId":{"type":"string"}},"required":["file"]})"
          : "{}";
  return std::format(R"({{"required":true,"content":{{{}:{{"schema":{}}}}}}})", json_string(type), schema);
}

std::string success_of(const Route& route, Schemas& schemas) {
  std::string out = R"({"description":)" + json_string(route.options.status == 201 ? "Created" : "Done");
  if (route.describe_reply) {
    out += R"(,"content":{"application/json":{"schema":)" + route.describe_reply(schemas) + "}}";
  } else if (route.raw && !route.options.response_type.empty()) {
    out += R"(,"content":{)" + json_string(route.options.response_type) + R"(:{"schema":{}}})";
  }
  return out + '}';
}

std::string responses_of(const Route& route, Schemas& schemas) {
  std::map<int, std::string> all;
  all[route.options.status] = success_of(route, schemas);
  const auto problem = [&all](int status) {
    all[status] = std::format(R"({{"$ref":"#/components/responses/{}"}})", status);
  };
  if (route.options.access != Access::anyone) problem(401);
  if (route.options.access == Access::owner) problem(403);
  if (route.pattern.contains('{')) problem(404);
  if (route.has_body || route.describe_query) problem(400);
  if (route.describe_body) {
    for (const int status : {413, 415, 422})
      problem(status);
  }
  if (route.options.needs_if_match) {
    problem(412);
    problem(428);
  }
  if (route.options.idempotent) problem(409);
  std::string out = "{";
  for (const auto& [status, text] : all)
    out += std::format(R"("{}":{},)", status, text);
  return out + R"("default":{"$ref":"#/components/responses/default"}})";
}

std::string operation(const Route& route, Schemas& schemas) {
  std::string out = std::format(R"({{"operationId":{})", json_string(operation_id(route)));
  if (!route.options.summary.empty()) out += R"(,"summary":)" + json_string(route.options.summary);
  if (!route.options.description.empty()) out += R"(,"description":)" + json_string(route.options.description);
  if (!route.options.tag.empty()) out += R"(,"tags":[)" + json_string(route.options.tag) + ']';
  const std::string parameters = parameters_of(route, schemas);
  if (parameters != "[]") out += R"(,"parameters":)" + parameters;
  const std::string body = body_of(route, schemas);
  if (!body.empty()) out += R"(,"requestBody":)" + body;
  out += R"(,"responses":)" + responses_of(route, schemas);
  if (route.options.access == Access::anyone) out += R"(,"security":[])";
  return out + '}';
}

std::string problem_responses() {
  constexpr std::pair<std::string_view, std::string_view> all[] = {{"400", "The request makes no sense."},
                                                                   {"401", "Nobody is signed in."},
                                                                   {"403", "Known, but not allowed."},
                                                                   {"404", "Not there, or not yours to see."},
                                                                   {"409", "Clashes with what is there."},
                                                                   {"412", "Changed meanwhile: If-Match is old."},
                                                                   {"413", "Over a limit of size."},
                                                                   {"415", "A content type that is not taken here."},
                                                                   {"422", "Well formed, but a field breaks a rule."},
                                                                   {"428", "If-Match is missing."},
                                                                   {"default", "Anything else that went wrong."}};
  std::string out = "{";
  for (const auto& [name, description] : all) {
    if (out.size() > 1) out += ',';
    out += std::format(
        R"({}:{{"description":{},"content":{{"application/problem+json":{{"schema":{{"$ref":"#/components/schemas/Problem"}}}}}}}})",
        json_string(name), json_string(description));
  }
  return out + '}';
}

} // namespace

std::string Router::openapi() const {
  Schemas schemas;
  schemas.replies["Problem"] = kProblemSchema;
  std::map<std::string, std::map<std::string, std::string>> paths;
  for (const auto& route : routes_) {
    paths[route->pattern][to_lower(name_of(route->method))] = operation(*route, schemas);
  }
  std::string text = "{";
  for (const auto& [path, operations] : paths) {
    if (text.size() > 1) text += ',';
    append_json(text, path);
    text += ":{";
    for (const auto& [method, description] : operations) {
      if (text.back() != '{') text += ',';
      text += json_string(method) + ':' + description;
    }
    text += '}';
  }
  text += '}';
  const ResolvedSchemas resolved(schemas);
  return R"({"openapi":"3.1.0","info":{"title":"MemoryVerse","version":"1","license":{"name":"AGPL-3.0-or-later",)"
         R"("identifier":"AGPL-3.0-or-later"},"description":"A home for a family's memories. Errors are )"
         R"(application/problem+json (RFC 9457)."},"servers":[{"url":"/"}],)"
         R"("security":[{"bearer":[]},{"cookie":[]}],"paths":)" +
         resolved.resolve(text) + R"(,"components":{"schemas":)" + resolved.components() + R"(,"responses":)" +
         problem_responses() +
         R"(,"securitySchemes":{"bearer":{"type":"http","scheme":"bearer"},)"
         R"("cookie":{"type":"apiKey","in":"cookie","name":"mv_access"}}}})";
}

} // namespace mv::http
