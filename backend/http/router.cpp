#include "backend/http/router.hpp"

#include <array>
#include <map>
#include <stdexcept>

#include "core/base/encoding.hpp"

namespace mv::http {

namespace {

constexpr std::size_t kMethods = 7;
constexpr std::array<std::string_view, kMethods> kNames = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};

std::size_t index_of(Method method) { return static_cast<std::size_t>(method); }

/// The part up to the next slash, taken from `path`, which begins with one.
std::string_view take_part(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

} // namespace

/// One part of the addresses: literal children by name, or one parameter.
struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> any;
  std::string any_name;
  std::array<const Route*, kMethods> routes{};
};

std::string_view name_of(Method method) { return kNames[index_of(method)]; }

std::optional<Method> method_of(std::string_view name) {
  for (std::size_t at = 0; at < kMethods; ++at) {
    if (kNames[at] == name) return static_cast<Method>(at);
  }
  return std::nullopt;
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::raw(Method method, const std::string& pattern, const RouteOptions& options, RawHandler handler) {
  const bool has_body = method == Method::post || method == Method::put || method == Method::patch;
  add({.method = method,
       .pattern = pattern,
       .options = options,
       .raw = true,
       .has_body = has_body,
       .run = std::move(handler),
       .describe_body = nullptr,
       .describe_reply = nullptr,
       .describe_query = nullptr});
}

void Router::add(Route route) {
  if (route.options.status == 0) route.options.status = route.raw || route.describe_reply ? 200 : 204;
  Node* node = root_.get();
  std::string_view rest = route.pattern;
  while (!rest.empty()) {
    const std::string_view part = take_part(rest);
    if (part.starts_with('{')) {
      const std::string_view name = part.substr(1, part.size() - 2);
      if (!node->any) {
        node->any = std::make_unique<Node>();
        node->any_name = name;
      }
      // One place has one name, so that two routes cannot disagree about what a part means.
      if (node->any_name != name) throw std::logic_error("route parameter named twice: " + route.pattern);
      node = node->any.get();
    } else {
      auto& child = node->literals[std::string(part)];
      if (!child) child = std::make_unique<Node>();
      node = child.get();
    }
  }
  const Route*& slot = node->routes[index_of(route.method)];
  if (slot != nullptr) throw std::logic_error("route added twice: " + route.pattern);
  slot = routes_.emplace_back(std::make_unique<Route>(std::move(route))).get();
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match match;
  const Node* node = root_.get();
  if (!path.starts_with('/')) return match;
  while (!path.empty()) {
    const std::string_view part = take_part(path);
    const auto literal = node->literals.find(part);
    if (literal != node->literals.end()) {
      node = literal->second.get();
      continue;
    }
    // A NUL or broken escape names nothing, and neither does an empty part.
    const auto value = percent_decode(part);
    if (!node->any || part.empty() || !value || contains_nul(*value) || !is_utf8(*value)) return match;
    match.params.emplace_back(node->any_name, *value);
    node = node->any.get();
  }
  match.route = node->routes[index_of(method)];
  if (match.route == nullptr && method == Method::head) match.route = node->routes[index_of(Method::get)];
  for (std::size_t at = 0; at < kMethods; ++at) {
    const bool head_of_get = static_cast<Method>(at) == Method::head && node->routes[index_of(Method::get)] != nullptr;
    if (node->routes[at] == nullptr && !head_of_get) continue;
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += kNames[at];
  }
  return match;
}

} // namespace mv::http
