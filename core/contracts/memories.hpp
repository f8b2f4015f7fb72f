#pragma once

#include "core/contracts/accounts.hpp"
#include "core/contracts/common.hpp"

namespace mv {

enum class MemoryType { photo, video, audio, story, document, scan3d, panorama };

/// Who may see a memory: only its contributor (`private`), or everybody in its space (`space`). `link` and `public` are
/// reserved for sharing and are refused until then.
enum class Privacy { only_me, space, link, everyone };

enum class MediaState { pending, ready, failed };

/// When it was. Without a date `edtf` is "" and the rest absent.
struct MemoryDate {
  std::string edtf;                           ///< Extended Date/Time Format, `1935~`.
  std::optional<std::string> earliest;        ///< Local wall time of the first moment that it can be.
  std::optional<std::string> latest;          ///< Local wall time of the last moment that it can be.
  std::optional<std::int64_t> offset_minutes; ///< Local time minus UTC, where known.
  std::string confidence;                     ///< `certain`, `likely` or `guess`.
  std::string source;                         ///< `metadata`, `file-name`, `person` or `none`.
};

/// Where it was. Both coordinates or neither.
struct Place {
  std::string name;                ///< Up to 200 characters; may be empty.
  std::optional<double> latitude;  ///< WGS 84 degrees, -90 to 90.
  std::optional<double> longitude; ///< WGS 84 degrees, -180 to 180.
};

/// What the camera wrote, in the words of a person's tools. Each is absent where the file does not say.
struct CameraFacts {
  std::optional<std::string> make;
  std::optional<std::string> model;
  std::optional<std::string> lens;
  std::optional<double> aperture;      ///< f-number.
  std::optional<std::string> exposure; ///< Seconds as written by photographers, `1/250`.
  std::optional<std::int64_t> iso;
  std::optional<double> focal_length_mm;
};

struct MediaItem {
  std::string id;
  std::string mime_type;
  std::string file_name; ///< As it was called where it came from.
  std::int64_t bytes = 0;
  std::string sha256;
  std::optional<std::int64_t> width;  ///< Pixels, as displayed.
  std::optional<std::int64_t> height; ///< Pixels, as displayed.
  std::optional<std::int64_t> duration_ms;
  std::optional<std::string> thumbhash; ///< Base64.
  MediaState state = MediaState::pending;
  std::optional<std::string> reason;      ///< Why it failed: a stable key, `media.damaged`.
  std::optional<std::string> reason_text; ///< The same in the reader's language.
  std::optional<CameraFacts> camera;
};

struct Memory {
  std::string id;
  std::string space_id;
  PersonName contributor;
  MemoryType type = MemoryType::photo;
  std::string title;
  std::string description;
  std::vector<std::string> tags;
  MemoryDate date;
  std::optional<Place> place;
  Privacy privacy = Privacy::space;
  bool favourite = false; ///< The asker's own.
  std::int64_t version = 1;
  std::string created_at;
  std::string updated_at;
  std::optional<std::string> trashed_at;
  std::optional<std::string> purge_at;     ///< When the trash lets it go.
  std::vector<MediaItem> media;            ///< In their order.
  std::vector<std::string> collection_ids; ///< Collections that hold it.
  bool can_edit = false;                   ///< Whether the asker may change it.
};

/// A memory without a file (a story), or one whose files follow.
struct MemoryDraft {
  std::optional<std::string> space_id; ///< The personal space when absent.
  std::optional<std::string> collection_id;
  MemoryType type = MemoryType::story;
  std::string title;             ///< Up to 200 characters; a story needs a title or a description.
  std::string description;       ///< Up to 20,000 characters.
  std::vector<std::string> tags; ///< Up to 100 of up to 60 characters.
  std::string date;              ///< EDTF; "" is undated.
  std::optional<std::string> confidence;
  std::optional<Place> place;
  std::optional<Privacy> privacy;
};

/// Absent members stay as they are.
struct MemoryPatch {
  std::optional<std::string> title;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::string> date;       ///< EDTF; "" makes it undated.
  std::optional<std::string> confidence; ///< `certain`, `likely`, `guess`.
  std::optional<Place> place;            ///< A place with no name and no coordinates takes it away.
  std::optional<Privacy> privacy;
};

/// `?limit=&cursor=` and filters.
struct MemoryQuery {
  std::optional<std::int64_t> limit;
  std::optional<std::string> cursor;
  std::optional<std::string> space_id;
  std::optional<std::string> type;
  std::optional<std::string> tag;
  std::optional<bool> favourite;
};

struct TrashQuery {
  std::optional<std::int64_t> limit;
  std::optional<std::string> cursor;
  std::optional<std::string> space_id;
};

struct TagCount {
  std::string tag;
  std::int64_t count = 0;
};

/// One change to one memory.
struct FieldChange {
  std::string field;
  std::string before; ///< As JSON text.
  std::string after;  ///< As JSON text.
};

struct Revision {
  std::int64_t version = 0; ///< The version that the change made.
  std::string kind;         ///< `created`, `edited`, `undone`, `trashed` or `restored`.
  PersonName author;
  std::string at;
  std::vector<FieldChange> changes;
  bool can_undo = false;
};

/// What an upload answers.
struct Uploaded {
  Memory memory;
  MediaItem media;
  bool duplicate = false;
};

/// Asked before any byte is sent.
struct DuplicateCheck {
  std::vector<std::string> sha256s;    ///< Up to 1,000, lower-case hex.
  std::optional<std::string> space_id; ///< The personal space when absent.
};

struct KnownFile {
  std::string sha256;
  std::string memory_id;
  bool trashed = false;
};

/// Several memories at once; those that the asker may not touch are told in `refused`.
struct MemoryIds {
  std::vector<std::string> memory_ids; ///< 1 to 1,000.
};

struct BatchOutcome {
  std::vector<std::string> done;
  std::vector<std::string> refused;
};

} // namespace mv
