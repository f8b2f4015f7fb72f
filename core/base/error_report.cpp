#include "core/base/error_report.hpp"

#include <atomic>

#include "core/base/trace.hpp"

namespace mv {

namespace {

std::atomic<ErrorSink*> to = nullptr;

} // namespace

void set_error_sink(ErrorSink* sink) { to = sink; }

void report_error(ErrorReport report) {
  ErrorSink* const sink = to.load(std::memory_order_acquire);
  if (sink == nullptr) return;
  if (report.trace_id.empty() && current_trace() != nullptr) report.trace_id = current_trace()->trace_id();
  sink->take(std::move(report));
}

} // namespace mv
