#include "core/adapters/postgres/placeholders.hpp"

#include <algorithm>
#include <charconv>

namespace mv::postgres {

namespace {

std::string_view cast_of(Kind kind) {
  switch (kind) {
    case Kind::integer:
      return "::bigint";
    case Kind::real:
      return "::double precision";
    case Kind::text:
      return "::text";
    case Kind::unknown:
      break;
  }
  return "";
}

// Length of the quoted text or comment at the start of `sql`; 0 where there is none.
std::size_t skipped(std::string_view sql) {
  const auto until = [sql](std::string_view end, std::size_t from) {
    const std::size_t at = sql.find(end, from);
    return at == std::string_view::npos ? sql.size() : at + end.size();
  };
  if (sql.starts_with('\'')) return until("'", 1);
  if (sql.starts_with('"')) return until("\"", 1);
  if (sql.starts_with("--")) return until("\n", 2);
  if (sql.starts_with("/*")) return until("*/", 2);
  return 0;
}

} // namespace

std::vector<Kind> kinds_of(const std::vector<Value>& values) {
  std::vector<Kind> kinds;
  kinds.reserve(values.size());
  for (const Value& value : values)
    kinds.push_back(static_cast<Kind>(value.index())); // in the order of Value's alternatives
  return kinds;
}

bool fits(const std::vector<Kind>& prepared, const std::vector<Kind>& given) {
  return std::ranges::equal(prepared, given, [](Kind known, Kind now) { return now == Kind::unknown || known == now; });
}

Result<std::string> write_placeholders(std::string_view sql, const std::vector<Kind>& kinds) {
  std::string out;
  out.reserve(sql.size() + kinds.size() * 8);
  std::size_t highest = 0;
  while (!sql.empty()) {
    std::size_t length = skipped(sql);
    if (length == 0 && (sql.front() == '?' || sql.front() == '$')) {
      std::size_t number = 0;
      const auto [end, problem] = std::from_chars(sql.data() + 1, sql.data() + sql.size(), number);
      if (problem == std::errc() && number > 0) {
        highest = std::max(highest, number);
        if (number > kinds.size()) break;
        out += "$" + std::to_string(number);
        out += cast_of(kinds[number - 1]);
        sql.remove_prefix(static_cast<std::size_t>(end - sql.data()));
        continue;
      }
    }
    length = std::max<std::size_t>(length, 1);
    out += sql.substr(0, length);
    sql.remove_prefix(length);
  }
  if (highest != kinds.size()) {
    return fail(ErrorCode::internal, "database.failed",
                "wants " + std::to_string(highest) + " parameters, has " + std::to_string(kinds.size()));
  }
  return out;
}

} // namespace mv::postgres
