#include "core/memories/timeline.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "core/base/paging.hpp"
#include "core/dates/fuzzy_date.hpp"
#include "core/memories/access.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/sql.hpp"

namespace mv::memories {

namespace {

constexpr std::int64_t kLargestBucket = 10'000;

/// Sort keys of a bucket, from `first` up to but without `end`.
struct Span {
  std::int64_t first = 0;
  std::int64_t end = 0;
};

Result<Span> span_of(const std::string& bucket) {
  if (bucket == dates::kUndatedBucket) return Span{INT64_MIN, dates::kUndatedSortKey + 1};
  const auto month = dates::parse(bucket);
  if (!month || month->precision != dates::Precision::month || month->edtf != bucket || !month->latest_ms) {
    return fail(ErrorCode::invalid, "timeline.bad-bucket");
  }
  return Span{month->sort_key, *month->latest_ms + 1};
}

/// Latest month first, undated last. Names sort as text but for years before 0, whose sign turns the order round.
bool comes_before(const BucketCount& a, const BucketCount& b) {
  const auto rank = [](const std::string& bucket) {
    return bucket == dates::kUndatedBucket ? 0 : bucket.starts_with('-') ? 1 : 2;
  };
  if (rank(a.bucket) != rank(b.bucket)) return rank(a.bucket) > rank(b.bucket);
  if (rank(a.bucket) == 1 && a.bucket.substr(0, 5) != b.bucket.substr(0, 5)) return a.bucket < b.bucket;
  return a.bucket > b.bucket;
}

void append(BucketColumns& columns, Row& row) {
  const bool has_medium = !row.is_null(6);
  const auto width = row.maybe_integer(8);
  const auto height = row.maybe_integer(9);
  const bool dated = row.integer(0) > dates::kUndatedSortKey;
  columns.id.push_back(row.take_text(1));
  columns.type.push_back(row.take_text(2));
  columns.title.push_back(row.take_text(3));
  columns.edtf.push_back(row.take_text(4));
  columns.taken_at.push_back(dated ? std::optional(row.integer(0)) : std::nullopt);
  columns.offset_minutes.push_back(row.maybe_integer(5));
  columns.media_id.push_back(row.take_maybe_text(6));
  columns.mime_type.push_back(row.take_maybe_text(7));
  columns.ratio.push_back(width && height && *height > 0
                              ? std::optional(static_cast<double>(*width) / static_cast<double>(*height))
                              : std::nullopt);
  columns.thumbhash.push_back(row.take_maybe_text(10));
  columns.duration_ms.push_back(row.maybe_integer(11));
  columns.state.push_back(has_medium ? row.take_text(12) : "ready");
  columns.favourite.push_back(!row.is_null(13));
  columns.version.push_back(row.integer(14));
}

} // namespace

Result<Buckets> TimelineService::buckets(const std::string& user_id, const TimelineQuery& query) {
  TRY(Rows rows, db_.read_one(sql::list_timeline_counts, user_id, query.space_id));
  // Nothing is what an empty space has, and what a stranger sees of any.
  if (rows.empty() && query.space_id) {
    TRY_OK(db_.read([&](Transaction& tx) { return spaces::require_access(tx, *query.space_id, user_id); }));
  }
  Buckets answer;
  answer.buckets.reserve(rows.size());
  for (Row& row : rows)
    answer.buckets.push_back({row.take_text(0), row.integer(1)});
  std::ranges::sort(answer.buckets, comes_before);
  return answer;
}

Result<BucketPage> TimelineService::bucket(const std::string& user_id, const std::string& bucket,
                                           const TimelineBucketQuery& query) {
  TRY(const std::int64_t limit, paging::page_limit(query.limit, kLargestBucket, kLargestBucket));
  TRY(const Span span, span_of(bucket));
  TRY(paging::Key after, paging::read_key(query.cursor));
  if (after.at >= span.end) after = {.at = span.end, .id = ""};
  return db_.read([&](Transaction& tx) -> Result<BucketPage> {
    TRY(const auto scopes, visible_scopes(tx, user_id, query.space_id));
    std::vector<Row> rows;
    for (const auto& scope : scopes) {
      TRY(Rows found, tx.run(sql::list_bucket_columns, scope, span.first, after.at, after.id, limit + 1, user_id));
      rows.insert(rows.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    }
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
      return std::tuple(a.integer(0), std::string_view(a.text(1))) >
             std::tuple(b.integer(0), std::string_view(b.text(1)));
    });
    BucketPage page;
    if (rows.size() > static_cast<std::size_t>(limit)) {
      rows.erase(rows.begin() + limit, rows.end());
      page.next_cursor = paging::Key{rows.back().integer(0), rows.back().text(1)}.to_cursor();
    }
    for (Row& row : rows)
      append(page.columns, row);
    return page;
  });
}

} // namespace mv::memories
