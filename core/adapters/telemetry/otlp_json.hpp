#pragma once

// Spans as OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding.

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/trace.hpp"

namespace mv::telemetry {

/// What all spans of this process have in common: `service.name` and the like.
using Resource = std::vector<std::pair<std::string, std::string>>;

/// The body of one POST to `/v1/traces`.
[[nodiscard]] std::string encode_spans(const Resource& resource, std::span<const FinishedSpan> spans);

} // namespace mv::telemetry
