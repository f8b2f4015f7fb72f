#pragma once

// What several bodies share. A body is a plain struct; JSON names are its members in camelCase. Members that are
// std::optional may be absent; members with a default may be absent in requests. Unknown members are refused.
// Times are ISO 8601 in UTC with milliseconds, `2026-11-24T04:05:06.789Z`, unless a member says otherwise.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mv {

/// One page of a list, read by key. `next_cursor` is absent on the last page; it is opaque and signed by nothing but
/// its own form: a forged one is refused or reads from an odd place of one's own list, never somebody else's.
template <typename T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
};

/// A whole list that is bounded by nature (members of a space, a person's sessions).
template <typename T>
struct Items {
  std::vector<T> items;
};

/// The body of replies that have nothing to say.
struct Nothing {};

/// `?limit=&cursor=`.
struct PageQuery {
  std::optional<std::int64_t> limit; ///< 1 to 200; 50 when absent.
  std::optional<std::string> cursor; ///< `nextCursor` of the page before.
};

} // namespace mv
