#include "core/base/query_watch.hpp"

#include "core/base/log.hpp"

namespace mv {

QueryMetrics QueryMetrics::of(Metrics* metrics, std::string_view query_name) {
  if (metrics == nullptr) return {};
  return {.took = &metrics->histogram("memoryverse_database_query_seconds", "Time of one statement.",
                                      {{"query", query_name}}),
          .failed = &metrics->counter("memoryverse_database_query_errors_total", "Statements that failed.",
                                      {{"query", query_name}})};
}

void QueryWatch::end(const QueryMetrics& metrics, bool ok, std::size_t rows, std::chrono::milliseconds slow_after) {
  const auto took = std::chrono::steady_clock::now() - began_;
  if (metrics.took != nullptr) metrics.took->observe(took);
  if (!ok && metrics.failed != nullptr) metrics.failed->add();
  if (span_.recording()) {
    span_.set("db.operation.name", name_);
    span_.set("db.response.returned_rows", static_cast<std::int64_t>(rows));
    if (!ok) span_.fail();
    span_.end();
  }
  if (took > slow_after) {
    log_warning("slow query", {{"query", name_},
                               {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()},
                               {"rows", rows}});
  }
}

} // namespace mv
