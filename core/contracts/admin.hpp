#pragma once

#include "core/contracts/common.hpp"

namespace mv {

/// How much work of one kind there is.
struct JobKindCounts {
  std::string kind;         ///< `media.full`.
  std::int64_t waiting = 0; ///< Due, or due later.
  std::int64_t running = 0;
  std::int64_t dead = 0;                        ///< Given up; see /api/v1/admin/jobs/dead.
  std::optional<std::int64_t> oldest_waiting_s; ///< Seconds since the oldest that waits was added.
};

/// A job that was given up.
struct DeadJobInfo {
  std::string id;
  std::string kind;
  std::string payload; ///< What it was to work on: ids.
  std::string reason;  ///< Of the last failure: a stable key, and details for who runs the server.
  std::int64_t attempts = 0;
  std::string created_at;
  std::string died_at;
};

struct JobsRetry {
  std::string kind;
};

struct JobsRetried {
  std::int64_t retried = 0;
};

} // namespace mv
