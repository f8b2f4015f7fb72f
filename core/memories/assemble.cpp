#include "core/memories/assemble.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/iso_time.hpp"
#include "core/memories/stored_json.hpp"
#include "core/spaces/policy.hpp"

namespace mv::memories {

namespace {

constexpr std::array<std::pair<std::string_view, MemoryType>, 7> kTypes{{{"photo", MemoryType::photo},
                                                                         {"video", MemoryType::video},
                                                                         {"audio", MemoryType::audio},
                                                                         {"story", MemoryType::story},
                                                                         {"document", MemoryType::document},
                                                                         {"scan3d", MemoryType::scan3d},
                                                                         {"panorama", MemoryType::panorama}}};

MediaState state_from(std::string_view text) {
  if (text == "ready") return MediaState::ready;
  return text == "failed" ? MediaState::failed : MediaState::pending;
}

/// Wall time of a stored moment: with the offset where it is known, without a zone where it is not.
std::optional<std::string> wall_text(std::optional<TimeMs> at, std::optional<std::int64_t> offset) {
  if (!at) return std::nullopt;
  return offset ? iso_with_offset(*at, *offset) : iso_wall(*at);
}

MediaItem media_item(MediaRecord&& media) {
  MediaItem item;
  item.id = std::move(media.id);
  item.mime_type = std::move(media.mime_type);
  item.file_name = std::move(media.file_name);
  item.bytes = media.bytes;
  item.sha256 = std::move(media.sha256);
  item.width = media.width;
  item.height = media.height;
  item.duration_ms = media.duration_ms;
  item.thumbhash = std::move(media.thumbhash);
  item.state = state_from(media.state);
  item.reason = std::move(media.reason);
  if (media.metadata != "{}") item.camera = read_camera(media.metadata);
  return item;
}

Memory from_record(MemoryRecord&& record) {
  Memory memory;
  memory.id = std::move(record.id);
  memory.space_id = std::move(record.space_id);
  memory.contributor = {std::move(record.contributor_id), std::move(record.contributor_name)};
  memory.type = type_from(record.type).value_or(MemoryType::document);
  memory.title = std::move(record.title);
  memory.description = std::move(record.description);
  memory.tags = std::move(record.tags);
  memory.date = {.edtf = std::move(record.date.edtf),
                 .earliest = wall_text(record.date.earliest, record.date.offset),
                 .latest = wall_text(record.date.latest, record.date.offset),
                 .offset_minutes = record.date.offset,
                 .confidence = std::move(record.date.confidence),
                 .source = std::move(record.date.source)};
  if (!record.place_name.empty() || record.latitude) {
    memory.place = Place{std::move(record.place_name), record.latitude, record.longitude};
  }
  memory.privacy = record.privacy == "private" ? Privacy::only_me : Privacy::space;
  memory.favourite = record.favourite;
  memory.version = record.version;
  memory.created_at = iso_utc(record.created_at);
  memory.updated_at = iso_utc(record.updated_at);
  if (record.trashed_at) {
    memory.trashed_at = iso_utc(*record.trashed_at);
    memory.purge_at = iso_utc(*record.trashed_at + kTrashTime);
  }
  memory.media.reserve(record.media.size());
  for (MediaRecord& media : record.media)
    memory.media.push_back(media_item(std::move(media)));
  memory.collection_ids = std::move(record.collection_ids);
  return memory;
}

} // namespace

std::string_view type_name(MemoryType type) {
  return std::ranges::find(kTypes, type, &std::pair<std::string_view, MemoryType>::second)->first;
}

std::optional<MemoryType> type_from(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name, &std::pair<std::string_view, MemoryType>::first);
  return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Memory> assemble(std::vector<MemoryRecord> records, const std::string& user_id,
                             const std::vector<spaces::SpaceAccess>& access) {
  std::vector<Memory> memories;
  memories.reserve(records.size());
  for (auto& record : records) {
    const auto space = std::ranges::find(access, record.space_id, &spaces::SpaceAccess::space_id);
    const bool can_edit =
        space != access.end() && !record.trashed_at &&
        spaces::can_edit_memory(space->role, record.contributor_id == user_id, record.privacy == "private");
    memories.push_back(from_record(std::move(record)));
    memories.back().can_edit = can_edit;
  }
  return memories;
}

Memory assemble(MemoryAccess access) {
  const bool can_edit = access.can_edit();
  Memory memory = from_record(std::move(access.memory));
  memory.can_edit = can_edit;
  return memory;
}

} // namespace mv::memories
