#pragma once

// argon2id, with a bound on how much memory all hashes together may take.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace mv::accounts {

/// What one hash costs. The defaults are libsodium's "interactive" ones: about 50 ms of one core.
struct PasswordCost {
  std::uint64_t passes = 2;              ///< At least 1.
  std::size_t memory_bytes = 64UL << 20; ///< At least 8 KiB.
  int at_once = 2;                       ///< Hashes at once; others wait.
  int wait_ms = 10'000;                  ///< How long one waits before `auth.busy` (unavailable).
};

/// Safe from every thread.
class PasswordHasher {
public:
  /// `internal` when libsodium does not start or takes no such cost.
  [[nodiscard]] static Result<std::unique_ptr<PasswordHasher>> open(const PasswordCost& cost);

  /// A text with algorithm, cost and salt in it.
  [[nodiscard]] Result<std::string> hash(std::string_view password);
  /// Takes as long for a wrong password as for the right one.
  [[nodiscard]] Result<bool> verify(const std::string& hash, std::string_view password);
  /// Does the work of `verify` where there is nobody to verify, so that the time tells nobody who has an account.
  [[nodiscard]] Result<void> verify_nobody(std::string_view password);
  /// True when `hash` was made at another cost than today's.
  [[nodiscard]] bool is_outdated(const std::string& hash) const;

private:
  class Turn;

  explicit PasswordHasher(const PasswordCost& cost) : cost_(cost), free_(cost.at_once) {}
  [[nodiscard]] Result<Turn> take_turn();

  PasswordCost cost_;
  std::string nobody_; ///< The hash of a random password.
  std::mutex mutex_;
  std::condition_variable freed_;
  int free_;
};

} // namespace mv::accounts
