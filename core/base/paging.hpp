#pragma once

// Pages of lists that are read by key: their limits, and the opaque text that says where the next one begins.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace mv::paging {

/// Where a page of a list ends that goes downwards: the next one begins below it.
struct Key {
  std::int64_t at = INT64_MAX; ///< What the list is sorted by: a time, or a memory's sort key.
  std::string id{};            ///< Of the last one, where several are at the same.

  /// Opaque text for clients, and back; nothing when it is not one of ours.
  [[nodiscard]] std::string to_cursor() const;
  [[nodiscard]] static std::optional<Key> from_cursor(std::string_view cursor);
};

/// The key that `cursor` names, the beginning of the list when it is absent; `bad_cursor` for one that is not ours.
[[nodiscard]] Result<Key> read_key(const std::optional<std::string>& cursor);

/// 1 to `most`, `preferred` when absent; `invalid` with `request.invalid-query` beyond.
[[nodiscard]] Result<std::int64_t> page_limit(const std::optional<std::int64_t>& limit, std::int64_t most = 200,
                                              std::int64_t preferred = 50);

/// `invalid` with `request.invalid-query`: what `code` says of `parameter`, such as `?limit`.
[[nodiscard]] std::unexpected<Error> bad_query(std::string_view parameter, std::string_view code);
[[nodiscard]] std::unexpected<Error> bad_cursor();

} // namespace mv::paging
