#pragma once

// What the installation holds, as metrics: memories by type, media, bytes, people, jobs that wait. Counted in the
// background and never for a scrape, as some of it looks at a whole table.

#include <chrono>
#include <set>
#include <string>
#include <thread>

#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/ports/database.hpp"
#include "core/ports/job_queue.hpp"

namespace mv::figures {

class Figures {
public:
  /// All must outlive it.
  Figures(Database& db, JobQueue& jobs, const Clock& clock, Metrics& metrics);
  Figures(const Figures&) = delete;
  Figures& operator=(const Figures&) = delete;

  /// Counts once. What cannot be counted keeps its last figure, so that an engine that is away looks stale, not empty.
  [[nodiscard]] Result<void> refresh();

  /// Counts now and again `every` so often, in a thread of its own, until it is destroyed. A library so large that
  /// counting takes long is counted more seldom: at most a hundredth of the time goes into it.
  void start(std::chrono::milliseconds every);

private:
  [[nodiscard]] Result<void> count_library();
  [[nodiscard]] Result<void> count_people();
  [[nodiscard]] Result<void> count_jobs();

  Database& db_;
  JobQueue& jobs_;
  const Clock& clock_;
  Metrics& metrics_;
  std::set<std::string> kinds_; ///< Of jobs seen so far: a kind of which none is left stands at 0.
  std::jthread thread_;
};

} // namespace mv::figures
