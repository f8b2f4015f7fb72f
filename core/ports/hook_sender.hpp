#pragma once

// The HookSender port: one POST to an address that somebody gave us. Adapter: core/adapters/curl.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.hpp"

namespace mv {

struct HookRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body; ///< JSON.
};

/// What came of it.
struct HookAnswer {
  std::string reason{};        ///< Why it failed, a key such as `webhook.unreachable`; "" where it was answered 2xx.
  std::optional<int> status{}; ///< Absent where nothing was answered.
  TimeMs duration = 0;
  std::string text{};   ///< The first bytes of the answer, well-formed UTF-8.
  std::string detail{}; ///< For the log: what the library said.
};

/// Safe from every thread.
class HookSender {
public:
  virtual ~HookSender() = default;
  /// The code of what is wrong with an address, as far as it can be seen without asking anybody; nothing where it may
  /// be used: `not-a-web-address`, `needs-https`, `private-address`, `has-password`.
  [[nodiscard]] virtual std::optional<std::string_view> fault_of(std::string_view url) const = 0;
  /// Takes as long as the receiver does, within limits. Never follows a redirect, and never reaches an address that is
  /// not public, unless the operator named its host.
  [[nodiscard]] virtual HookAnswer post(const HookRequest& request) = 0;
};

} // namespace mv
