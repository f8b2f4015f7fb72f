#pragma once

// The codecs themselves: one walk over the members that reflect-cpp finds in a struct reads, writes or describes it.
// reflect-cpp's own reader stops at the first fault and its field names cost more to compile, so the walk is ours.
// Costs seconds to compile: only backend/http/codecs/*.cpp (and tests) include it.
//
//   MV_JSON_REQUIRED(RegisterRequest, "email", "password", "name")  // before its codec; the rest may be absent
//   MV_JSON_CODEC(RegisterRequest)
//   MV_QUERY_CODEC(PageQuery)

#include <rfl/enums.hpp>
#include <rfl/internal/bind_to_tuple.hpp>
#include <rfl/internal/get_field_names.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <format>
#include <limits>
#include <map>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "backend/http/json.hpp"
#include "backend/http/json_reader.hpp"
#include "backend/http/json_text.hpp"
#include "backend/http/schema.hpp"

namespace mv::http {

/// The members that a request must have, in camelCase; specialised by MV_JSON_REQUIRED.
template <class T>
struct RequiredMembers {
  static constexpr std::array<std::string_view, 0> names{};
};

/// The word in JSON for an enumerator; specialise where C++ keeps the word for itself.
template <class Enum>
struct EnumWord {
  static constexpr std::string_view of(std::string_view enumerator) { return enumerator; }
};

namespace codec {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsTextMap : std::false_type {};
template <class T>
struct IsTextMap<std::map<std::string, T>> : std::true_type {};

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept Scalar = Integer<T> || std::same_as<T, bool> || std::same_as<T, double> || std::same_as<T, std::string>;
template <class T>
concept Struct = std::is_aggregate_v<T> && std::is_class_v<T> && !IsVector<T>::value;

/// Names of T's members, in camelCase and ready as keys.
struct MemberNames {
  std::vector<std::string> plain;
  std::vector<std::string> keys; ///< `"name":`
};

template <class T>
const MemberNames& member_names() {
  static const MemberNames names = [] {
    MemberNames made;
    using Names = std::invoke_result_t<decltype(rfl::internal::get_field_names<T>)>;
    for (const std::string& name : Names::strings()) {
      made.plain.push_back(camel_case(name));
      made.keys.push_back(json_string(made.plain.back()) + ':');
    }
    return made;
  }();
  return names;
}

/// Calls `visit(index, member)` for each member.
template <class T, class Visit>
void each_member(T& object, Visit&& visit) {
  auto pointers = rfl::internal::bind_to_tuple(object);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit(I, *rfl::get<I>(pointers)), ...);
  }(std::make_index_sequence<rfl::internal::num_fields<T>>());
}

/// `mv::Page<mv::Memory>` as `MemoryPage`.
template <class T>
std::string type_name() {
  const std::string_view function = std::source_location::current().function_name();
  std::size_t from = function.find("T = ") + 4;
  std::string_view text = function.substr(from, function.find_first_of(";]", from) - from);
  const auto bare = [](std::string_view name) {
    const std::size_t colon = name.rfind("::");
    return std::string(colon == std::string_view::npos ? name : name.substr(colon + 2));
  };
  const std::size_t open = text.find('<');
  if (open == std::string_view::npos) return bare(text);
  return bare(text.substr(open + 1, text.rfind('>') - open - 1)) + bare(text.substr(0, open));
}

template <class T>
bool is_required(std::string_view name) {
  return std::ranges::find(RequiredMembers<T>::names, name) != RequiredMembers<T>::names.end();
}

// Reading.

template <class T>
void read(JsonReader& reader, yyjson_val* value, T& out);

template <Struct T>
void read_struct(JsonReader& reader, yyjson_val* value, T& out) {
  if (!yyjson_is_obj(value)) return reader.fault("wrong-type");
  const MemberNames& names = member_names<T>();
  std::vector<yyjson_val*> found(names.plain.size(), nullptr);
  std::size_t index = 0;
  std::size_t count = 0;
  yyjson_val* key = nullptr;
  yyjson_val* member = nullptr;
  yyjson_obj_foreach(value, index, count, key, member) {
    const std::string_view name(yyjson_get_str(key), yyjson_get_len(key));
    const auto known = std::ranges::find(names.plain, name);
    if (known == names.plain.end()) {
      reader.fault_at(name, "unknown");
      continue;
    }
    yyjson_val*& slot = found[static_cast<std::size_t>(known - names.plain.begin())];
    if (slot != nullptr) reader.fault_at(name, "repeated");
    slot = member;
  }
  each_member(out, [&]<class Member>(std::size_t at, Member& into) {
    yyjson_val* const given = found[at];
    const bool absent = given == nullptr || (IsOptional<Member>::value && yyjson_is_null(given));
    if (absent) {
      if (is_required<T>(names.plain[at])) reader.fault_at(names.plain[at], "required");
      return;
    }
    const std::size_t mark = reader.enter(names.plain[at]);
    read(reader, given, into);
    reader.leave(mark);
  });
}

template <class Enum>
bool find_enumerator(std::string_view word, Enum& out) {
  for (const auto& [name, enumerator] : rfl::get_enumerator_array<Enum>()) {
    if (EnumWord<Enum>::of(name) != word) continue;
    out = enumerator;
    return true;
  }
  return false;
}

template <class T>
void read(JsonReader& reader, yyjson_val* value, T& out) {
  if constexpr (IsOptional<T>::value) {
    if (yyjson_is_null(value)) return;
    read(reader, value, out.emplace());
  } else if constexpr (Integer<T>) {
    constexpr auto most = std::numeric_limits<T>::max();
    std::int64_t number = 0;
    reader.read_integer(value, number, static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                        std::cmp_greater(most, INT64_MAX) ? INT64_MAX : static_cast<std::int64_t>(most));
    out = static_cast<T>(number);
  } else if constexpr (Scalar<T>) {
    reader.read(value, out);
  } else if constexpr (std::is_enum_v<T>) {
    if (!yyjson_is_str(value)) return reader.fault("wrong-type");
    if (!find_enumerator({yyjson_get_str(value), yyjson_get_len(value)}, out)) reader.fault("not-an-option");
  } else if constexpr (IsVector<T>::value) {
    if (!yyjson_is_arr(value)) return reader.fault("wrong-type");
    out.reserve(std::min<std::size_t>(yyjson_arr_size(value), 10'000));
    std::size_t index = 0;
    std::size_t count = 0;
    yyjson_val* item = nullptr;
    yyjson_arr_foreach(value, index, count, item) {
      const std::size_t mark = reader.enter(index);
      typename T::value_type read_item{};
      read(reader, item, read_item);
      out.push_back(std::move(read_item));
      reader.leave(mark);
    }
  } else if constexpr (IsTextMap<T>::value) {
    if (!yyjson_is_obj(value)) return reader.fault("wrong-type");
    std::size_t index = 0;
    std::size_t count = 0;
    yyjson_val* key = nullptr;
    yyjson_val* item = nullptr;
    yyjson_obj_foreach(value, index, count, key, item) {
      const std::string name(yyjson_get_str(key), yyjson_get_len(key));
      const std::size_t mark = reader.enter(name);
      read(reader, item, out[name]);
      reader.leave(mark);
    }
  } else {
    read_struct(reader, value, out);
  }
}

// Writing.

template <class T>
void write(std::string& out, const T& value) {
  if constexpr (IsOptional<T>::value) {
    if (value)
      write(out, *value);
    else
      out += "null";
  } else if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (Integer<T>) {
    append_json(out, static_cast<std::int64_t>(value));
  } else if constexpr (Scalar<T>) {
    append_json(out, value);
  } else if constexpr (std::is_enum_v<T>) {
    for (const auto& [name, enumerator] : rfl::get_enumerator_array<T>()) {
      if (enumerator == value) return append_json(out, EnumWord<T>::of(name));
    }
    out += "null";
  } else if constexpr (IsVector<T>::value) {
    out += '[';
    bool first = true;
    for (const auto& item : value) {
      if (!std::exchange(first, false)) out += ',';
      write<typename T::value_type>(out, item);
    }
    out += ']';
  } else if constexpr (IsTextMap<T>::value) {
    out += '{';
    bool first = true;
    for (const auto& [name, item] : value) {
      if (!std::exchange(first, false)) out += ',';
      append_json(out, name);
      out += ':';
      write(out, item);
    }
    out += '}';
  } else {
    const MemberNames& names = member_names<T>();
    out += '{';
    bool first = true;
    each_member(value, [&]<class Member>(std::size_t at, const Member& member) {
      if constexpr (IsOptional<Member>::value) {
        if (!member) return; // absent, as the contracts say, and not null
      }
      if (!std::exchange(first, false)) out += ',';
      out += names.keys[at];
      write(out, member);
    });
    out += '}';
  }
}

// Describing.

template <class T>
std::string describe(Schemas& schemas, bool as_request) {
  if constexpr (IsOptional<T>::value) {
    return describe<typename T::value_type>(schemas, as_request);
  } else if constexpr (std::same_as<T, bool>) {
    return R"({"type":"boolean"})";
  } else if constexpr (std::same_as<T, std::int64_t>) {
    return R"({"type":"integer","format":"int64"})";
  } else if constexpr (Integer<T>) {
    return std::format(R"({{"type":"integer","minimum":{},"maximum":{}}})", std::numeric_limits<T>::min(),
                       std::numeric_limits<T>::max());
  } else if constexpr (std::same_as<T, double>) {
    return R"({"type":"number"})";
  } else if constexpr (std::same_as<T, std::string>) {
    return R"({"type":"string"})";
  } else if constexpr (IsVector<T>::value) {
    using Item = typename T::value_type;
    const std::string item = describe<Item>(schemas, as_request);
    if constexpr (IsOptional<Item>::value) {
      return std::format(R"({{"type":"array","items":{{"anyOf":[{},{{"type":"null"}}]}}}})", item);
    } else {
      return std::format(R"({{"type":"array","items":{}}})", item);
    }
  } else if constexpr (IsTextMap<T>::value) {
    return std::format(R"({{"type":"object","additionalProperties":{}}})",
                       describe<typename T::mapped_type>(schemas, as_request));
  } else {
    const std::string name = type_name<T>();
    auto& known = as_request ? schemas.requests : schemas.replies;
    if (known.contains(name)) return Schemas::reference(name, as_request);
    known[name]; // taken before its members are walked, so that a type may hold itself
    std::string schema;
    if constexpr (std::is_enum_v<T>) {
      schema = R"({"type":"string","enum":[)";
      for (const auto& [enumerator, value] : rfl::get_enumerator_array<T>()) {
        if (schema.back() != '[') schema += ',';
        append_json(schema, EnumWord<T>::of(enumerator));
      }
      schema += "]}";
    } else {
      std::string properties;
      std::string required;
      T sample{};
      each_member(sample, [&]<class Member>(std::size_t at, Member&) {
        const std::string& member = member_names<T>().plain[at];
        if (!properties.empty()) properties += ',';
        properties += member_names<T>().keys[at] + describe<Member>(schemas, as_request);
        if (as_request ? !is_required<T>(member) : IsOptional<Member>::value) return;
        if (!required.empty()) required += ',';
        append_json(required, member);
      });
      schema = R"({"type":"object","properties":{)" + properties + '}';
      if (!required.empty()) schema += R"(,"required":[)" + required + ']';
      if (as_request) schema += R"(,"additionalProperties":false)";
      schema += '}';
    }
    known[name] = std::move(schema);
    return Schemas::reference(name, as_request);
  }
}

template <class T>
std::vector<FieldError> own_rules(const T& value) {
  if constexpr (requires {
                  { validate(value) } -> std::same_as<std::vector<FieldError>>;
                })
    return validate(value);
  else
    return {};
}

} // namespace codec

template <class T>
Result<T> Codec<T>::read(std::string_view json) {
  TRY(const JsonDocument document, JsonDocument::parse(json));
  JsonReader reader;
  T value{};
  codec::read(reader, document.root(), value);
  if (reader.faults().empty()) reader.faults() = codec::own_rules(value);
  if (!reader.faults().empty()) return invalid_body(std::move(reader.faults()));
  return value;
}

template <class T>
std::string Codec<T>::write(const T& value) {
  std::string out;
  out.reserve(512);
  codec::write(out, value);
  return out;
}

template <class T>
std::string Codec<T>::describe(Schemas& schemas, bool as_request) {
  return codec::describe<T>(schemas, as_request);
}

namespace codec {

/// One value of a query string into a member. Vectors take a name several times.
template <class Member>
bool read_query_value(const std::string& text, Member& out) {
  if constexpr (IsOptional<Member>::value) {
    return read_query_value(text, out.emplace());
  } else if constexpr (IsVector<Member>::value) {
    return read_query_value(text, out.emplace_back());
  } else if constexpr (std::same_as<Member, std::string>) {
    out = text;
    return true;
  } else if constexpr (std::is_enum_v<Member>) {
    return find_enumerator(text, out);
  } else {
    return read_text(text, out);
  }
}

} // namespace codec

template <class T>
Result<T> QueryCodec<T>::read(std::string_view query) {
  TRY(const auto pairs, parse_query(query));
  T value{};
  const auto& names = codec::member_names<T>();
  std::vector<FieldError> faults;
  std::vector<std::string_view> seen;
  for (const auto& [name, text] : pairs) {
    bool known = false;
    const bool again = std::ranges::find(seen, name) != seen.end();
    codec::each_member(value, [&]<class Member>(std::size_t at, Member& member) {
      if (names.plain[at] != name) return;
      known = true;
      if (again && !codec::IsVector<Member>::value)
        faults.push_back({'?' + name, "repeated"});
      else if (!codec::read_query_value(text, member)) {
        faults.push_back({'?' + name, std::is_enum_v<Member> ? "not-an-option" : "wrong-type"});
      }
    });
    if (!known) faults.push_back({'?' + name, "unknown"});
    seen.push_back(name);
    if (faults.size() >= 100) break;
  }
  for (const std::string_view name : RequiredMembers<T>::names) {
    if (std::ranges::find(seen, name) == seen.end()) faults.push_back({'?' + std::string(name), "required"});
  }
  if (faults.empty()) faults = codec::own_rules(value);
  if (faults.empty()) return value;
  return std::unexpected(
      Error{.code = ErrorCode::invalid, .key = "request.invalid-query", .fields = std::move(faults)});
}

template <class T>
std::string QueryCodec<T>::describe(Schemas& schemas) {
  std::string out = "[";
  T sample{};
  codec::each_member(sample, [&]<class Member>(std::size_t at, Member&) {
    const std::string& name = codec::member_names<T>().plain[at];
    if (out.size() > 1) out += ',';
    out += std::format(R"({{"name":{},"in":"query","required":{},"schema":{}}})", json_string(name),
                       codec::is_required<T>(name), codec::describe<Member>(schemas, true));
  });
  return out + ']';
}

} // namespace mv::http

#define MV_JSON_REQUIRED(Type, ...)                                               \
  template <>                                                                     \
  struct mv::http::RequiredMembers<Type> {                                        \
    static constexpr auto names = std::to_array<std::string_view>({__VA_ARGS__}); \
  };
#define MV_JSON_CODEC(...) template struct mv::http::Codec<__VA_ARGS__>;
#define MV_QUERY_CODEC(...) template struct mv::http::QueryCodec<__VA_ARGS__>;
