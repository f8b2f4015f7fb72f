#pragma once

// A memory as the database holds it. Times are UTC milliseconds, or wall time where a member says so.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/dates/fuzzy_date.hpp"

namespace mv::memories {

/// Sort keys of undated memories: below every date, the latest arrival first among themselves.
inline constexpr std::int64_t kUndatedSortBase = -6'000'000'000'000'000;

/// When a memory was, as stored.
struct DateRecord {
  std::string edtf; ///< "" is undated.
  std::optional<TimeMs> earliest;
  std::optional<TimeMs> latest;
  std::optional<std::int64_t> offset; ///< Minutes, local minus UTC.
  std::string confidence = "certain";
  std::string source = "none";
  std::int64_t sort_key = dates::kUndatedSortKey; ///< Of `dates::FuzzyDate`; `MemoryRecord` holds the final one.
};

struct MediaRecord {
  std::string id;
  std::string memory_id;
  std::int64_t position = 0;
  std::string mime_type;
  std::string file_name;
  std::int64_t bytes = 0;
  std::string sha256;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::optional<std::int64_t> duration_ms;
  std::optional<std::string> thumbhash;
  std::string state;
  std::optional<std::string> reason;
  std::string metadata = "{}"; ///< JSON, see stored_json.hpp.
};

/// What it takes to find the file of a medium, to send it and to decode it.
struct MediaFile {
  std::string memory_id;
  std::string mime_type;
  std::string file_name;
  std::int64_t bytes = 0;
  std::string sha256;
};

struct MemoryRecord {
  std::string id;
  std::string space_id;
  std::string contributor_id;
  std::string contributor_name;
  std::string type;
  std::string title;
  std::string description;
  std::vector<std::string> tags;
  DateRecord date;
  std::int64_t sort_key = 0;
  std::string place_name;
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::string privacy = "space";
  std::int64_t version = 1;
  TimeMs created_at = 0;
  TimeMs updated_at = 0;
  std::optional<TimeMs> trashed_at;
  bool favourite = false; ///< The asker's.
  // What belongs to it, as it was when the record was read; writes of the record leave it alone.
  std::vector<MediaRecord> media;          ///< In their order.
  std::vector<std::string> collection_ids; ///< That hold it, in the order in which they came to; none of the trash.

  /// Whose lists show it: everybody's in the space, or its contributor's alone.
  [[nodiscard]] std::string scope() const { return privacy == "private" ? space_id + ':' + contributor_id : space_id; }
  /// Month in which the timeline shows it, or `undated`.
  [[nodiscard]] std::string bucket() const;
  /// Sets the date and, from it, the place in the timeline.
  void set_date(DateRecord value);
};

} // namespace mv::memories
