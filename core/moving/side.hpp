#pragma once

// Which side of a move failed: without it nobody could tell, as both have a database and a store.

#include <string_view>

#include "core/base/result.hpp"

namespace mv::moving {

inline constexpr std::string_view kOldSide = "the old side: ";
inline constexpr std::string_view kNewSide = "the new side: ";

/// The failure as one of `side`, unless it says so already. What the move itself refuses (`move.…`) speaks for itself.
template <typename T>
[[nodiscard]] Result<T> on(std::string_view side, Result<T> result) {
  if (result) return result;
  Error& error = result.error();
  const bool said = error.cause.starts_with(kOldSide) || error.cause.starts_with(kNewSide);
  if (!said && !error.key.starts_with("move.")) error.cause.insert(0, side);
  return result;
}

} // namespace mv::moving
