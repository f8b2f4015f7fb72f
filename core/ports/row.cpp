#include "core/ports/database.hpp"

namespace mv {

namespace {

const std::string kNoText;

} // namespace

bool Row::is_null(std::size_t column) const { return std::holds_alternative<std::nullptr_t>(values_.at(column)); }

const std::string& Row::text(std::size_t column) const {
  const Value& value = values_.at(column);
  return std::holds_alternative<std::nullptr_t>(value) ? kNoText : std::get<std::string>(value);
}

std::int64_t Row::integer(std::size_t column) const {
  const Value& value = values_.at(column);
  return std::holds_alternative<std::nullptr_t>(value) ? 0 : std::get<std::int64_t>(value);
}

double Row::real(std::size_t column) const {
  const Value& value = values_.at(column);
  if (std::holds_alternative<std::nullptr_t>(value)) return 0;
  // SQLite stores 2.0 as 2 where a column has no type of its own, as in max(x).
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return std::get<double>(value);
}

std::optional<std::string> Row::maybe_text(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::string Row::take_text(std::size_t column) {
  Value& value = values_.at(column);
  return std::holds_alternative<std::nullptr_t>(value) ? std::string() : std::move(std::get<std::string>(value));
}

std::optional<std::string> Row::take_maybe_text(std::size_t column) {
  if (is_null(column)) return std::nullopt;
  return take_text(column);
}

std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<double> Row::maybe_real(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return real(column);
}

} // namespace mv
