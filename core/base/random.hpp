#pragma once

// Random numbers that nobody can guess, from libsodium. Safe from every thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace mv {

void fill_random(std::span<std::byte> bytes);

[[nodiscard]] std::uint64_t random_number();

/// Evenly from 0 to `bound` - 1; `bound` is at least 1.
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);

/// `bytes` random bytes as URL-safe base64 without padding: 32 bytes give 43 characters.
[[nodiscard]] std::string random_token(std::size_t bytes);

} // namespace mv
