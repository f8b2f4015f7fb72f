#pragma once

// What the kernel says of this process, under the names that every Prometheus client uses: memory, processor time,
// open files, threads, start.

#include "core/base/metrics.hpp"

namespace mv {

/// Asked of /proc at each rendering. Once for each registry.
void add_process_metrics(Metrics& metrics);

} // namespace mv
