#pragma once

// Tells of failures that are our own, besides the log: what was thrown, `internal` errors and jobs that were given up.
// Where they go is one place for the process, as with the log; nowhere until it is set.

#include <string>
#include <string_view>

namespace mv {

struct ErrorReport {
  std::string_view kind;  ///< `request`, `throw`, `job`.
  std::string where{};    ///< Pattern of the route, or the job's kind: never a path with ids in it.
  std::string key{};      ///< Of the Error, or the type that was thrown.
  std::string cause{};    ///< As the log has it; who sends it away takes out what may be somebody's.
  std::string trace_id{}; ///< Filled in by `report_error` where it is empty.
};

/// Takes reports from every thread. Must return at once, and not throw.
class ErrorSink {
public:
  virtual ~ErrorSink() = default;
  virtual void take(ErrorReport report) noexcept = 0;
};

/// For `main` and tests. The sink must live until it is set back to null, which waits for nobody: while no request or
/// job runs.
void set_error_sink(ErrorSink* sink);

void report_error(ErrorReport report);

} // namespace mv
