#pragma once

#include "core/contracts/common.hpp"

namespace mv {

struct TimelineQuery {
  std::optional<std::string> space_id; ///< All spaces of the asker when absent.
};

struct TimelineBucketQuery {
  std::optional<std::string> space_id;
  std::optional<std::int64_t> limit; ///< 1 to 10,000; 10,000 when absent.
  std::optional<std::string> cursor; ///< The `Next-Cursor` header of the reply before.
};

struct BucketCount {
  std::string bucket; ///< `2019-07`, or `undated`.
  std::int64_t count = 0;
};

/// Newest first, `undated` last.
struct Buckets {
  std::vector<BucketCount> buckets;
};

/// One month, a column a field, all of the same length, newest first. Enough to lay a grid out and to draw it before
/// any thumbnail has come.
struct BucketColumns {
  std::vector<std::string> id;
  std::vector<std::string> type;
  std::vector<std::string> title;
  std::vector<std::string> edtf;
  std::vector<std::optional<std::int64_t>> taken_at; ///< Sort key: milliseconds of local wall time as if UTC.
  std::vector<std::optional<std::int64_t>> offset_minutes;
  std::vector<std::optional<std::string>> media_id; ///< First medium; null for a story.
  std::vector<std::optional<std::string>> mime_type;
  std::vector<std::optional<double>> ratio; ///< Width by height as displayed; null until known.
  std::vector<std::optional<std::string>> thumbhash;
  std::vector<std::optional<std::int64_t>> duration_ms;
  std::vector<std::string> state; ///< `pending`, `ready`, `failed`; `ready` for a story.
  std::vector<bool> favourite;
  std::vector<std::int64_t> version;
};

} // namespace mv
