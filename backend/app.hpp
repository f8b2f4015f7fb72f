#pragma once

// The composition root: makes every long-lived object from the settings, in the order in which they need each other.

#include <memory>
#include <string>

#include "backend/settings.hpp"
#include "core/base/result.hpp"

namespace mv {

/// Version of the program, `0.1.0`.
[[nodiscard]] std::string_view version();

/// The OpenAPI document of all routes; needs no data.
[[nodiscard]] Result<std::string> describe_api();

/// Opens the data, serves until SIGINT or SIGTERM, and closes in order. Prints the `MemoryVerse is ready` line to
/// standard output once every port accepts. On the thread that calls.
[[nodiscard]] Result<void> run_app(const ServerSettings& settings);

} // namespace mv
