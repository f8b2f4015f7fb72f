#pragma once

// Presence within one process.

#include <map>
#include <mutex>

#include "core/ports/presence.hpp"

namespace mv::inprocess {

class InprocessPresence final : public Presence {
public:
  /// `clock` must outlive it.
  explicit InprocessPresence(const Clock& clock) : clock_(clock) {}

  [[nodiscard]] Result<std::vector<std::string>> keep(std::string_view space_id, std::string_view holder,
                                                      std::span<const std::string> users) override;
  [[nodiscard]] Result<std::vector<std::string>> leave(std::string_view space_id, std::string_view holder,
                                                       std::span<const std::string> users) override;
  [[nodiscard]] Result<std::vector<std::string>> expire(std::string_view space_id) override;
  [[nodiscard]] Result<std::vector<std::string>> list(std::string_view space_id) override;

private:
  using Words = std::map<std::string, TimeMs, std::less<>>; // by holder: when it runs out
  using People = std::map<std::string, Words, std::less<>>;

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, People, std::less<>> spaces_;
};

} // namespace mv::inprocess
