#include "core/base/ids.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/base/random.hpp"

namespace mv {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// The time in milliseconds, shifted left by the 12 bits of the counter. One for the process, as the promise that ids
// only grow holds for the process; it is no state that anybody could want two of.
std::atomic<std::uint64_t> last_tick = 0;

std::uint64_t next_tick(std::uint64_t random) {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto milliseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
  // The counter begins somewhere in its lower half, so that ids of two processes in one millisecond rarely tie.
  // When it overflows it carries into the time, which runs ahead for a moment and stays monotonic.
  const std::uint64_t fresh = (milliseconds << 12) | (random & 0x7ff);
  std::uint64_t last = last_tick.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    next = fresh > last ? fresh : last + 1;
  } while (!last_tick.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return next;
}

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

} // namespace

std::string new_id() {
  const std::uint64_t random = random_number();
  const std::uint64_t tick = next_tick(random_number());
  const std::uint64_t high = ((tick >> 12) << 16) | 0x7000 | (tick & 0xfff);
  const std::uint64_t low = (random & 0x3fff'ffff'ffff'ffff) | 0x8000'0000'0000'0000;

  std::string id;
  id.reserve(36);
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) id.push_back('-');
    const std::uint64_t half = nibble < 16 ? high : low;
    id.push_back(kDigits[(half >> (60 - 4 * (nibble % 16))) & 0xf]);
  }
  return id;
}

bool is_id(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_lower_hex(text[i])) return false;
  }
  return true;
}

} // namespace mv
