#include "core/base/random.hpp"

#include <sodium.h>

#include <stdexcept>

#include "core/base/encoding.hpp"

namespace mv {

namespace {

// libsodium wants to be set up once. Its failure means that the system has no random numbers, and a program that
// hands out tokens must not go on without them.
void ensure_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) throw std::runtime_error("the system gives no random numbers (libsodium cannot start)");
}

} // namespace

void fill_random(std::span<std::byte> bytes) {
  ensure_sodium();
  randombytes_buf(bytes.data(), bytes.size());
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  fill_random(std::as_writable_bytes(std::span(&number, 1)));
  return number;
}

std::uint32_t random_below(std::uint32_t bound) {
  ensure_sodium();
  return randombytes_uniform(bound);
}

std::string random_token(std::size_t bytes) {
  std::string raw(bytes, '\0');
  fill_random(std::as_writable_bytes(std::span(raw)));
  return base64url_encode(raw);
}

} // namespace mv
