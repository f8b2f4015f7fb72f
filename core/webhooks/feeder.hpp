#pragma once

// From the outbox to the hooks: each event that may leave the house becomes one delivery for each hook that hears of
// it. Cursor, deliveries and the jobs that make them commit together, so that a crash neither loses nor doubles any.

#include <functional>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/ports/database.hpp"
#include "core/ports/job_queue.hpp"

namespace mv::webhooks {

/// Safe from every thread, of several processes as well: who is slower finds the cursor moved.
class Feeder {
public:
  /// `wake` is called after new jobs were committed. All must outlive the feeder.
  Feeder(Database& db, JobQueue& queue, const Clock& clock, std::function<void()> wake)
      : db_(db), queue_(queue), clock_(clock), wake_(std::move(wake)) {}

  /// Deals with one batch of events; true when there may be more. Costs one read, and writes nothing, while no hook is
  /// enabled or nothing is new.
  [[nodiscard]] Result<bool> step();

private:
  Database& db_;
  JobQueue& queue_;
  const Clock& clock_;
  std::function<void()> wake_;
};

/// How long a hook rests after so many failures in a row: 2^failures seconds, at most an hour.
[[nodiscard]] TimeMs rest_after(std::int64_t failures);

} // namespace mv::webhooks
