#pragma once

// Keyed cryptography: signatures that others check, and secrets that must be read again. Passwords are hashed instead
// (core/accounts/password.hpp), since nobody needs to read them.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/log.hpp"
#include "core/base/result.hpp"

namespace mv {

/// HMAC-SHA256, lower-case hex. The key may have any length.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view text);

/// Closes and opens secrets that are stored, so that whoever reads a copy of the database does not read them.
/// Safe from every thread.
class Sealer {
public:
  /// From any text of 32 characters or more. Whoever has lost it has lost what was sealed.
  [[nodiscard]] static Sealer from_passphrase(const Secret& passphrase);
  /// From a file that only its owner may read; made with a random key where there is none. `unavailable` with
  /// `data.cannot-write` when it can neither be read nor made.
  [[nodiscard]] static Result<Sealer> from_file(const std::filesystem::path& file);

  /// XChaCha20-Poly1305 with a nonce of its own, in URL-safe base64. It opens only for the same `purpose`, so that a
  /// sealed text moved to another row is of no use there.
  [[nodiscard]] std::string seal(std::string_view plain, std::string_view purpose) const;
  /// Nothing when it was sealed with another key or for another purpose, or was altered.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed, std::string_view purpose) const;

private:
  explicit Sealer(std::string key) : key_(std::move(key)) {}

  std::string key_; // 32 bytes
};

} // namespace mv
