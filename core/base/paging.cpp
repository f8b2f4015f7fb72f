#include "core/base/paging.hpp"

#include <charconv>

#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"

namespace mv::paging {

std::unexpected<Error> bad_query(std::string_view parameter, std::string_view code) {
  return std::unexpected(Error{.code = ErrorCode::invalid,
                               .key = "request.invalid-query",
                               .fields = {{std::string(parameter), std::string(code)}}});
}

std::unexpected<Error> bad_cursor() { return bad_query("?cursor", "not-a-cursor"); }

std::string Key::to_cursor() const { return base64url_encode(std::to_string(at) + '/' + id); }

std::optional<Key> Key::from_cursor(std::string_view cursor) {
  if (cursor.size() > 200) return std::nullopt;
  const auto text = base64url_decode(cursor);
  if (!text) return std::nullopt;
  Key key;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, key.at);
  if (error != std::errc() || stop == end || *stop != '/') return std::nullopt;
  key.id.assign(stop + 1, end);
  if (!is_id(key.id)) return std::nullopt;
  return key;
}

Result<Key> read_key(const std::optional<std::string>& cursor) {
  if (!cursor) return Key{};
  auto key = Key::from_cursor(*cursor);
  if (!key) return bad_cursor();
  return *std::move(key);
}

Result<std::int64_t> page_limit(const std::optional<std::int64_t>& limit, std::int64_t most, std::int64_t preferred) {
  const std::int64_t value = limit.value_or(preferred);
  if (value < 1 || value > most) return bad_query("?limit", "out-of-range");
  return value;
}

} // namespace mv::paging
