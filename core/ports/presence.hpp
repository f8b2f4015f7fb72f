#pragma once

// The Presence port: who is in a space right now. Processes vouch for the people who are connected to them, for a while
// each time, so that the word of a process that died runs out by itself. Adapters: core/adapters/inprocess and redis.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace mv {

/// How long a word holds.
inline constexpr TimeMs kPresenceLasts = 45 * kSecond;

/// `holder` names a process, and holds no space character. Every list holds ids of people, each once, in no order. An
/// adapter that is away answers `unavailable`, having done nothing that matters. Safe from every thread.
class Presence {
public:
  virtual ~Presence() = default;
  /// `holder` vouches for them from now on, or still. Gives those for whom nobody did: they came.
  [[nodiscard]] virtual Result<std::vector<std::string>> keep(std::string_view space_id, std::string_view holder,
                                                              std::span<const std::string> users) = 0;
  /// `holder` takes its word back. Gives those for whom nobody vouches any more: they went.
  [[nodiscard]] virtual Result<std::vector<std::string>> leave(std::string_view space_id, std::string_view holder,
                                                               std::span<const std::string> users) = 0;
  /// Clears away words that ran out, and gives those who went by it: each is given to one caller only.
  [[nodiscard]] virtual Result<std::vector<std::string>> expire(std::string_view space_id) = 0;
  [[nodiscard]] virtual Result<std::vector<std::string>> list(std::string_view space_id) = 0;
};

} // namespace mv
