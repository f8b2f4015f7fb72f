#include "core/memories/assemble.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/iso_time.hpp"
#include "core/memories/repository.hpp"
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

MediaItem media_item(const MediaRecord& media) {
  MediaItem item;
  item.id = media.id;
  item.mime_type = media.mime_type;
  item.file_name = media.file_name;
  item.bytes = media.bytes;
  item.sha256 = media.sha256;
  item.width = media.width;
  item.height = media.height;
  item.duration_ms = media.duration_ms;
  item.thumbhash = media.thumbhash;
  item.state = state_from(media.state);
  item.reason = media.reason;
  if (media.metadata != "{}") item.camera = read_camera(media.metadata);
  return item;
}

Result<std::vector<Memory>> assemble(Transaction& tx, std::vector<MemoryRecord> records, const std::string& user_id,
                                     const std::vector<spaces::SpaceAccess>& access) {
  std::vector<Memory> memories;
  if (records.empty()) return memories;
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const auto& record : records)
    ids.push_back(record.id);
  MemoryRepository rows(tx);
  TRY(auto media, rows.media_of(ids));
  TRY(auto collections, rows.collections_of(ids));

  memories.reserve(records.size());
  for (auto& record : records) {
    const auto space = std::ranges::find(access, record.space_id, &spaces::SpaceAccess::space_id);
    const bool can_edit =
        space != access.end() && !record.trashed_at &&
        spaces::can_edit_memory(space->role, record.contributor_id == user_id, record.privacy == "private");
    Memory& memory = memories.emplace_back(from_record(std::move(record)));
    memory.can_edit = can_edit;
    for (const auto& item : media[memory.id])
      memory.media.push_back(media_item(item));
    memory.collection_ids = std::move(collections[memory.id]);
  }
  return memories;
}

Result<Memory> assemble(Transaction& tx, const MemoryAccess& access) {
  const std::string asker = access.own ? access.memory.contributor_id : std::string();
  TRY(auto memories, assemble(tx, {access.memory}, asker, {{.space_id = access.memory.space_id, .role = access.role}}));
  return std::move(memories.front());
}

} // namespace mv::memories
