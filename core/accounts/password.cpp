#include "core/accounts/password.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "core/base/random.hpp"

namespace mv::accounts {

/// Given back when it goes out of scope.
class PasswordHasher::Turn {
public:
  explicit Turn(PasswordHasher& hasher) : hasher_(&hasher) {}
  Turn(Turn&& other) noexcept : hasher_(std::exchange(other.hasher_, nullptr)) {}
  Turn& operator=(Turn&&) = delete;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (hasher_ == nullptr) return;
    {
      const std::lock_guard lock(hasher_->mutex_);
      ++hasher_->free_;
    }
    hasher_->freed_.notify_one();
  }

private:
  PasswordHasher* hasher_;
};

Result<std::unique_ptr<PasswordHasher>> PasswordHasher::open(const PasswordCost& cost) {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "internal", "libsodium does not start");
  if (cost.passes < crypto_pwhash_OPSLIMIT_MIN || cost.passes > crypto_pwhash_OPSLIMIT_MAX ||
      cost.memory_bytes < crypto_pwhash_MEMLIMIT_MIN || cost.memory_bytes > crypto_pwhash_MEMLIMIT_MAX ||
      cost.at_once < 1)
    return fail(ErrorCode::internal, "internal", "no such cost of a password hash");
  std::unique_ptr<PasswordHasher> hasher(new PasswordHasher(cost));
  TRY(hasher->nobody_, hasher->hash(random_token(32)));
  return hasher;
}

Result<PasswordHasher::Turn> PasswordHasher::take_turn() {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, std::chrono::milliseconds(cost_.wait_ms), [this] { return free_ > 0; })) {
    Error busy{.code = ErrorCode::unavailable, .key = "auth.busy"};
    busy.retry_after_s = 5;
    return std::unexpected(std::move(busy));
  }
  --free_;
  return Turn(*this);
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  TRY(const Turn turn, take_turn());
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str(text.data(), password.data(), password.size(), cost_.passes, cost_.memory_bytes) != 0)
    return fail(ErrorCode::unavailable, "auth.busy", "argon2id found no memory");
  return std::string(text.data());
}

Result<bool> PasswordHasher::verify(const std::string& hash, std::string_view password) {
  TRY(const Turn turn, take_turn());
  std::array<char, crypto_pwhash_STRBYTES> text{};
  std::copy_n(hash.data(), std::min(hash.size(), text.size() - 1), text.data());
  errno = 0;
  if (crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0) return true;
  if (errno == EINVAL) return false; // libsodium's word for "another password"; all else is a failure to compute
  return fail(ErrorCode::unavailable, "auth.busy", "argon2id could not verify");
}

Result<void> PasswordHasher::verify_nobody(std::string_view password) {
  TRY_OK(verify(nobody_, password));
  return {};
}

bool PasswordHasher::is_outdated(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

} // namespace mv::accounts
