#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace mv::media {

/// Shuts the calling process in for good: no new privileges, no core dump, no files beyond the open descriptors, no
/// network, no programs, bounded memory (`memory_bytes` of address space; 0 leaves it open). To be called once by the
/// main thread before any other is started and after everything that needs files (libraries, plug-ins) was loaded. The
/// error tells what the kernel refused; the process must not go on then.
[[nodiscard]] std::expected<void, std::string> enter_sandbox(std::int64_t memory_bytes);

/// Has this process killed when its parent dies; false when `parent` is dead already.
[[nodiscard]] bool die_with_parent(int parent);

} // namespace mv::media
