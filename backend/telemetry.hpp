#pragma once

// What the process tells of itself: build and process metrics always, traces and errors where the settings name
// somebody who takes them.

#include <memory>

#include "backend/settings.hpp"
#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/base/result.hpp"

namespace mv {

namespace telemetry {
class OtlpExporter;
class SentryReporter;
} // namespace telemetry

/// What runs, as traces, errors and kept replies name it: `memoryverse@VERSION+COMMIT`.
[[nodiscard]] std::string release();

/// Made before everything that serves or works, and destroyed after it.
class Telemetry {
public:
  /// `metrics` must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Telemetry>> open(const ServerSettings& settings, Metrics& metrics);
  /// Sends what waits, for a few seconds at most.
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

private:
  Telemetry();

  SystemClock clock_;
  std::unique_ptr<telemetry::OtlpExporter> traces_;
  std::unique_ptr<telemetry::SentryReporter> errors_;
};

} // namespace mv
