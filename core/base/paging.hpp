#pragma once

// Pages of lists that are read by key: their limits, and the opaque text that says where the next one begins.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace mv::paging {

/// Where a page of a list by time ends: the next one begins below it.
struct TimeKey {
  TimeMs at = INT64_MAX;
  std::string id{};

  /// Opaque text for clients, and back; nothing when it is not one of ours.
  [[nodiscard]] std::string to_cursor() const;
  [[nodiscard]] static std::optional<TimeKey> from_cursor(std::string_view cursor);
};

/// The key that `cursor` names, the beginning of the list when it is absent; `invalid` with `request.invalid-query` for
/// one that is not ours.
[[nodiscard]] Result<TimeKey> time_key(const std::optional<std::string>& cursor);

/// 1 to 200, 50 when absent; `invalid` with `request.invalid-query` beyond.
[[nodiscard]] Result<std::int64_t> page_limit(const std::optional<std::int64_t>& limit);

} // namespace mv::paging
