#include "backend/http/json_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "backend/http/json_text.hpp"
#include "core/base/encoding.hpp"

namespace mv::http {

namespace {

constexpr std::size_t kMostFaults = 100;
constexpr int kDeepest = 64;

/// Brackets outside strings, counted before anything is built: a megabyte of `[` costs a scan and no memory.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

/// Form encoding: `+` is a blank.
std::optional<std::string> decode_form(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = percent_decode(spaced);
  if (!decoded || contains_nul(*decoded) || !is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  return problem == std::errc() && end == text.data() + text.size();
}

} // namespace

void JsonReader::fault(std::string_view code) {
  if (faults_.size() < kMostFaults) faults_.push_back({pointer_, std::string(code)});
}

void JsonReader::fault_at(std::string_view member, std::string_view code) {
  const std::size_t mark = enter(member);
  fault(code);
  leave(mark);
}

std::size_t JsonReader::enter(std::string_view member) {
  const std::size_t mark = pointer_.size();
  append_pointer(pointer_, member);
  return mark;
}

void JsonReader::read(yyjson_val* value, std::string& out) {
  if (!yyjson_is_str(value)) return fault("wrong-type");
  out.assign(yyjson_get_str(value), yyjson_get_len(value));
  if (contains_nul(out)) fault("nul-character");
}

void JsonReader::read(yyjson_val* value, bool& out) {
  if (!yyjson_is_bool(value)) return fault("wrong-type");
  out = yyjson_get_bool(value);
}

void JsonReader::read(yyjson_val* value, double& out) {
  if (!yyjson_is_num(value)) return fault("wrong-type");
  out = yyjson_get_num(value);
  if (!std::isfinite(out)) fault("out-of-range");
}

void JsonReader::read_integer(yyjson_val* value, std::int64_t& out, std::int64_t least, std::int64_t most) {
  // A whole number written with a fraction or an exponent (`5.0`, `1e3`) is what several JSON writers send.
  if (yyjson_is_real(value)) {
    const double real = yyjson_get_real(value);
    if (real != std::floor(real)) return fault("wrong-type");
    if (std::fabs(real) > 9.0e15) return fault("out-of-range");
    out = static_cast<std::int64_t>(real);
  } else if (yyjson_is_sint(value)) {
    out = yyjson_get_sint(value);
  } else if (yyjson_is_uint(value)) {
    if (yyjson_get_uint(value) > static_cast<std::uint64_t>(INT64_MAX)) return fault("out-of-range");
    out = static_cast<std::int64_t>(yyjson_get_uint(value));
  } else {
    return fault("wrong-type");
  }
  if (out < least || out > most) fault("out-of-range");
}

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  if (too_deep(text)) return fail(ErrorCode::invalid, "request.malformed-json", "nested too deep");
  yyjson_read_err problem{};
  // Without YYJSON_READ_INSITU nothing is written to, whatever the type says.
  yyjson_doc* document = yyjson_read_opts(const_cast<char*>(text.data()), text.size(), 0, nullptr, &problem);
  if (document == nullptr) return fail(ErrorCode::invalid, "request.malformed-json", problem.msg ? problem.msg : "");
  return JsonDocument(document);
}

std::unexpected<Error> invalid_body(std::vector<FieldError> faults) {
  return std::unexpected(
      Error{.code = ErrorCode::unprocessable, .key = "request.invalid-body", .fields = std::move(faults)});
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode_form(pair.substr(0, equals));
    auto value = decode_form(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return fail(ErrorCode::invalid, "request.malformed-query");
    out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

bool read_text(std::string_view text, std::int64_t& out) { return read_number(text, out); }
bool read_text(std::string_view text, double& out) { return read_number(text, out) && std::isfinite(out); }

bool read_text(std::string_view text, bool& out) {
  if (text != "true" && text != "false") return false;
  out = text == "true";
  return true;
}

} // namespace mv::http
