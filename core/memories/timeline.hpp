#pragma once

// The timeline: how many memories each month has, and a month as columns. Safe from every thread.

#include <string>

#include "core/contracts/timeline.hpp"
#include "core/ports/database.hpp"

namespace mv::memories {

/// A month, and where its next part begins when it was too large for one answer.
struct BucketPage {
  BucketColumns columns;
  std::optional<std::string> next_cursor;
};

class TimelineService {
public:
  explicit TimelineService(Database& db) : db_(db) {}

  /// Kept counts, not counted: a handful of rows whatever the library holds.
  [[nodiscard]] Result<Buckets> buckets(const std::string& user_id, const TimelineQuery& query);
  /// 400 `timeline.bad-bucket` for what is neither `YYYY-MM` nor `undated`; an empty month is no error.
  [[nodiscard]] Result<BucketPage> bucket(const std::string& user_id, const std::string& bucket,
                                          const TimelineBucketQuery& query);

private:
  Database& db_;
};

} // namespace mv::memories
