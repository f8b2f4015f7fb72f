#include "core/memories/repository.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <string_view>
#include <unordered_map>

#include "core/memories/sql.hpp"
#include "core/memories/stored_json.hpp"
#include "core/spaces/access.hpp"

namespace mv::memories {

namespace {

// Columns of find_memories and find_memory_with_role.
constexpr std::size_t kCollections = 24;
constexpr std::size_t kMedium = 25;
constexpr std::size_t kRole = 38;

/// 'TIME:ID,TIME:ID' in the order of the times.
std::vector<std::string> read_collections(const std::string& text) {
  std::vector<std::pair<std::int64_t, std::string>> places;
  for (const auto part : std::views::split(std::string_view(text), ',')) {
    const std::string_view place(part);
    const std::size_t colon = place.find(':');
    if (colon == std::string_view::npos) continue;
    std::int64_t added_at = 0;
    std::from_chars(place.data(), place.data() + colon, added_at);
    places.emplace_back(added_at, place.substr(colon + 1));
  }
  std::ranges::sort(places);
  std::vector<std::string> ids;
  ids.reserve(places.size());
  for (auto& place : places)
    ids.push_back(std::move(place.second));
  return ids;
}

MemoryRecord read_memory(Row& row) {
  MemoryRecord memory;
  memory.id = row.text(0);
  memory.space_id = row.take_text(1);
  memory.contributor_id = row.take_text(2);
  memory.contributor_name = row.take_text(3);
  memory.type = row.take_text(4);
  memory.title = row.take_text(5);
  memory.description = row.take_text(6);
  memory.tags = read_strings(row.text(7));
  memory.date.edtf = row.take_text(8);
  memory.date.earliest = row.maybe_integer(9);
  memory.date.latest = row.maybe_integer(10);
  memory.date.offset = row.maybe_integer(11);
  memory.date.confidence = row.take_text(12);
  memory.date.source = row.take_text(13);
  memory.sort_key = row.integer(14);
  memory.date.sort_key = memory.sort_key;
  memory.place_name = row.take_text(15);
  memory.latitude = row.maybe_real(16);
  memory.longitude = row.maybe_real(17);
  memory.privacy = row.take_text(18);
  memory.version = row.integer(19);
  memory.created_at = row.integer(20);
  memory.updated_at = row.integer(21);
  memory.trashed_at = row.maybe_integer(22);
  memory.favourite = !row.is_null(23);
  if (!row.is_null(kCollections)) memory.collection_ids = read_collections(row.text(kCollections));
  return memory;
}

MediaRecord read_media(Row& row) {
  MediaRecord media;
  media.id = row.take_text(kMedium);
  media.memory_id = row.text(0);
  media.position = row.integer(kMedium + 1);
  media.mime_type = row.take_text(kMedium + 2);
  media.file_name = row.take_text(kMedium + 3);
  media.bytes = row.integer(kMedium + 4);
  media.sha256 = row.take_text(kMedium + 5);
  media.width = row.maybe_integer(kMedium + 6);
  media.height = row.maybe_integer(kMedium + 7);
  media.duration_ms = row.maybe_integer(kMedium + 8);
  media.thumbhash = row.take_maybe_text(kMedium + 9);
  media.state = row.take_text(kMedium + 10);
  media.reason = row.take_maybe_text(kMedium + 11);
  media.metadata = row.take_text(kMedium + 12);
  return media;
}

/// Adds what a row says to its memory.
void read_into(MemoryRecord& memory, Row& row) {
  if (memory.id.empty()) memory = read_memory(row);
  if (!row.is_null(kMedium)) memory.media.push_back(read_media(row));
}

/// Of all rows of one memory.
Result<std::optional<MemoryWithRole>> read_with_role(Rows rows) {
  if (rows.empty()) return std::nullopt;
  MemoryWithRole found;
  TRY(found.role, spaces::role_in(rows.front(), kRole));
  for (Row& row : rows)
    read_into(found.memory, row);
  std::ranges::sort(found.memory.media, {}, &MediaRecord::position);
  return found;
}

/// Of a row of find_media or find_media_with_role.
MediaFile read_file(Row& row) {
  return {.memory_id = row.take_text(0),
          .mime_type = row.take_text(1),
          .file_name = row.take_text(2),
          .bytes = row.integer(3),
          .sha256 = row.take_text(4)};
}

} // namespace

std::string json_list(const std::vector<std::string>& plain_texts) {
  std::string list = "[";
  for (const auto& text : plain_texts) {
    if (list.size() > 1) list += ',';
    list.append(1, '"').append(text).append(1, '"');
  }
  return list += ']';
}

Result<void> MemoryRepository::insert(const MemoryRecord& memory) {
  TRY_OK(tx_.run(sql::insert_memory, memory.id, memory.space_id, memory.contributor_id, memory.type, memory.title,
                 memory.description, write_strings(memory.tags), memory.date.edtf, memory.date.earliest,
                 memory.date.latest, memory.date.offset, memory.date.confidence, memory.date.source, memory.sort_key,
                 memory.place_name, memory.latitude, memory.longitude, memory.privacy, memory.version,
                 memory.created_at, memory.updated_at));
  return {};
}

Result<void> MemoryRepository::update(const MemoryRecord& memory) {
  TRY_OK(tx_.run(sql::update_memory, memory.id, memory.type, memory.title, memory.description,
                 write_strings(memory.tags), memory.date.edtf, memory.date.earliest, memory.date.latest,
                 memory.date.offset, memory.date.confidence, memory.date.source, memory.sort_key, memory.place_name,
                 memory.latitude, memory.longitude, memory.privacy, memory.version, memory.updated_at,
                 memory.trashed_at));
  return {};
}

Result<void> MemoryRepository::remove(const std::string& id) {
  TRY_OK(tx_.run(sql::delete_memory, id));
  return {};
}

Result<std::vector<MemoryRecord>> MemoryRepository::find(const std::vector<std::string>& ids,
                                                         const std::string& user_id) {
  std::vector<MemoryRecord> found(ids.size());
  if (ids.empty()) return found;
  TRY(Rows rows, tx_.run(sql::find_memories, json_list(ids), user_id));
  std::unordered_map<std::string_view, MemoryRecord*> by_id;
  by_id.reserve(ids.size());
  for (std::size_t at = 0; at < ids.size(); ++at)
    by_id.emplace(ids[at], &found[at]);
  for (Row& row : rows)
    read_into(*by_id.at(row.text(0)), row);
  std::erase_if(found, [](const MemoryRecord& memory) { return memory.id.empty(); });
  for (MemoryRecord& memory : found)
    std::ranges::sort(memory.media, {}, &MediaRecord::position);
  return found;
}

Result<std::optional<MemoryRecord>> MemoryRepository::find(const std::string& id, const std::string& user_id) {
  TRY(auto found, find(std::vector<std::string>{id}, user_id));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::optional<MemoryWithRole>> MemoryRepository::find_with_role(const std::string& id,
                                                                       const std::string& user_id) {
  TRY(Rows rows, tx_.run(sql::find_memory_with_role, user_id, id));
  return read_with_role(std::move(rows));
}

Result<bool> MemoryRepository::insert_media(const MediaRecord& media, const std::string& sha1, const std::string& scope,
                                            int position, TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::insert_media, media.id, media.memory_id, scope, position, media.mime_type,
                               media.file_name, media.bytes, media.sha256, sha1, media.state, media.metadata, now));
  return !rows.empty();
}

Result<std::optional<MediaFile>> MemoryRepository::find_media(const std::string& media_id) {
  TRY(Rows rows, tx_.run(sql::find_media, media_id));
  if (rows.empty()) return std::nullopt;
  return read_file(rows.front());
}

Result<void> MemoryRepository::update_media(const MediaRecord& media) {
  TRY_OK(tx_.run(sql::update_media_decoded, media.id, media.mime_type, media.width, media.height, media.duration_ms,
                 media.thumbhash, media.state, media.reason, media.metadata));
  return {};
}

Result<void> MemoryRepository::move_media(const std::string& memory_id, const std::string& scope) {
  TRY_OK(tx_.run(sql::move_media_scope, memory_id, scope));
  return {};
}

Result<std::optional<KnownContent>> MemoryRepository::find_content(const std::vector<std::string>& scopes,
                                                                   const std::string& sha256) {
  TRY(const Rows rows, tx_.run(sql::find_content_in_scopes, json_list(scopes), sha256));
  if (rows.empty()) return std::nullopt;
  const Row& row = rows.front();
  return KnownContent{row.text(0), row.text(1), row.text(2), !row.is_null(3)};
}

Result<std::vector<KnownContent>> MemoryRepository::find_known(const std::vector<std::string>& scopes,
                                                               const std::vector<std::string>& sha256s) {
  TRY(const Rows rows, tx_.run(sql::find_known_content, json_list(scopes), json_list(sha256s)));
  std::vector<KnownContent> known;
  known.reserve(rows.size());
  for (const Row& row : rows)
    known.push_back({row.text(0), row.text(1), {}, !row.is_null(2)});
  return known;
}

Result<std::vector<std::string>> MemoryRepository::content_of(const std::string& memory_id) {
  TRY(const Rows rows, tx_.run(sql::list_content_of_memory, memory_id));
  std::vector<std::string> hashes;
  for (const Row& row : rows)
    hashes.push_back(row.text(0));
  return hashes;
}

Result<void> MemoryRepository::add_tombstone(const std::string& space_id, const std::string& sha256, TimeMs now) {
  TRY_OK(tx_.run(sql::insert_tombstone, space_id, sha256, now));
  return {};
}

Result<bool> MemoryRepository::add_favourite(const std::string& user_id, const std::string& memory_id, TimeMs now) {
  TRY(const Rows rows, tx_.run(sql::insert_favourite, user_id, memory_id, now));
  return !rows.empty();
}

Result<bool> MemoryRepository::remove_favourite(const std::string& user_id, const std::string& memory_id) {
  TRY(const Rows rows, tx_.run(sql::delete_favourite, user_id, memory_id));
  return !rows.empty();
}

Result<std::vector<std::string>> MemoryRepository::favourers(const std::string& memory_id) {
  TRY(const Rows rows, tx_.run(sql::list_favourers, memory_id));
  std::vector<std::string> users;
  for (const Row& row : rows)
    users.push_back(row.text(0));
  return users;
}

Result<std::optional<MemoryWithRole>> find_memory_with_role(Database& db, const std::string& id,
                                                            const std::string& user_id) {
  TRY(Rows rows, db.read_one(sql::find_memory_with_role, user_id, id));
  return read_with_role(std::move(rows));
}

Result<std::optional<FileWithRole>> find_media_with_role(Database& db, const std::string& media_id,
                                                         const std::string& user_id) {
  TRY(Rows rows, db.read_one(sql::find_media_with_role, user_id, media_id));
  if (rows.empty()) return std::nullopt;
  Row& row = rows.front();
  TRY(const std::optional<Role> role, spaces::role_in(row, 7));
  return FileWithRole{
      .file = read_file(row), .contributor_id = row.text(5), .is_private = row.text(6) == "private", .role = role};
}

} // namespace mv::memories
