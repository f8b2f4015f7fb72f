#pragma once

// The SharedVersion port: what was kept under one version is nobody's any more once it has changed. Adapter:
// core/adapters/redis.

#include <optional>
#include <string>

namespace mv {

/// A text that every process of an installation reads the same, and that any of them can change to one that was never
/// there before. It may also change by itself. Safe from every thread.
class SharedVersion {
public:
  virtual ~SharedVersion() = default;
  /// Nothing while it is not to be had: then nothing that was kept under it counts.
  [[nodiscard]] virtual std::optional<std::string> read() = 0;
  /// From its return on nobody reads the one before. Where it cannot be reached it is changed later, and this process
  /// reads none until then.
  virtual void change() = 0;
};

} // namespace mv
