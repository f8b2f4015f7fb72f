#pragma once

// The HookSender port by libcurl. The address that a connection really goes to is looked at when its socket is made, so
// that a name which resolves to another address at the second look gains nothing.

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "core/ports/hook_sender.hpp"

namespace mv::curl {

struct HookSenderOptions {
  /// Host names or addresses, as they stand in URLs, that may be private and spoken to without TLS.
  std::vector<std::string> private_hosts{};
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{10'000}; ///< Of all of it.
  std::size_t longest_answer = 65'536;       ///< Bytes; a longer one is cut off, which is no failure.
};

/// Safe from every thread.
class CurlHookSender final : public HookSender {
public:
  explicit CurlHookSender(HookSenderOptions options);

  [[nodiscard]] std::optional<std::string_view> fault_of(std::string_view url) const override;
  [[nodiscard]] HookAnswer post(const HookRequest& request) override;

private:
  HookSenderOptions options_;
  std::set<std::string, std::less<>> private_hosts_; // lower case
};

} // namespace mv::curl
