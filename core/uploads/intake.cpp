#include "core/uploads/intake.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"
#include "core/base/ids.hpp"
#include "core/collections/repository.hpp"
#include "core/dates/fuzzy_date.hpp"
#include "core/media/sniff.hpp"
#include "core/media/wall_time.hpp"
#include "core/memories/access.hpp"
#include "core/memories/assemble.hpp"
#include "core/memories/history.hpp"
#include "core/memories/listing.hpp"
#include "core/memories/repository.hpp"
#include "core/memories/rules.hpp"

namespace mv::uploads {

namespace {

/// Says inside a transaction that another upload of the same bytes was faster; never leaves this file.
constexpr std::string_view kRaced = "upload.raced";

/// The date that a camera or a messenger wrote into the name. The file's own time says when it was copied, and a scan
/// filed under it would pass for today's newest, so that it is never used.
memories::DateRecord date_of_name(const std::string& file_name, TimeMs now) {
  const auto wall = media::date_from_file_name(file_name);
  if (!wall || !media::is_plausible(*wall, now)) return {};
  const auto fuzzy =
      wall->precision == media::Precision::day
          ? dates::from_wall_time(wall->year, wall->month, wall->day, 0, 0, 0)
          : dates::from_wall_time(wall->year, wall->month, wall->day, wall->hour, wall->minute, wall->second);
  if (!fuzzy) return {};
  std::string edtf = fuzzy->edtf;
  if (wall->precision == media::Precision::day) edtf.resize(std::string_view("2019-07-14").size());
  return memories::date_record(edtf, "certain", "file-name").value_or(memories::DateRecord{});
}

} // namespace

Intake::Intake(Database& db, ContentStore& contents, JobQueue& jobs, const Clock& clock, Metrics& metrics)
    : db_(db),
      contents_(contents),
      jobs_(jobs),
      clock_(clock),
      arrived_(metrics.counter("memoryverse_uploads_total", "Files taken in.", {{"result", "new"}})),
      duplicates_(metrics.counter("memoryverse_uploads_total", "Files taken in.", {{"result", "duplicate"}})),
      bytes_(metrics.counter("memoryverse_uploaded_bytes_total", "Size of the files taken in that were new.")) {}

std::string clean_file_name(std::string_view name) {
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const std::string sound = repair_utf8(name);
  std::string clean;
  std::size_t characters = 0;
  for (const char c : sound) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) continue;
    if ((byte & 0xC0U) != 0x80U && ++characters > 255) break;
    clean += c;
  }
  return clean.empty() || clean == "." || clean == ".." ? "file" : clean;
}

Result<std::string> Intake::target(Transaction& tx, const std::string& user_id,
                                   const std::optional<std::string>& space_id,
                                   const std::optional<std::string>& collection_id) {
  std::optional<std::string> wanted = space_id;
  if (collection_id) {
    TRY(const std::string owner, collections::space_for_adding(tx, *collection_id, user_id));
    if (wanted && *wanted != owner) return fail(ErrorCode::conflict, "collection.other-space");
    wanted = owner;
  }
  TRY(const auto space, memories::require_contributor(tx, user_id, wanted));
  return space.space_id;
}

Result<std::string> Intake::check_target(const std::string& user_id, const std::optional<std::string>& space_id,
                                         const std::optional<std::string>& collection_id) {
  return db_.read([&](Transaction& tx) { return target(tx, user_id, space_id, collection_id); });
}

Result<Items<KnownFile>> Intake::check_duplicates(const std::string& user_id, const DuplicateCheck& check) {
  if (check.sha256s.size() > 1000) return fail_field("upload.invalid", "/sha256s", "too-many");
  for (std::size_t i = 0; i < check.sha256s.size(); ++i) {
    const std::string& hash = check.sha256s[i];
    const bool sound = hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!sound) return fail_field("upload.invalid", "/sha256s/" + std::to_string(i), "not-a-hash");
  }
  return db_.read([&](Transaction& tx) -> Result<Items<KnownFile>> {
    TRY(const std::string space_id, target(tx, user_id, check.space_id, std::nullopt));
    TRY(const auto known,
        memories::MemoryRepository(tx).find_known({space_id, space_id + ':' + user_id}, check.sha256s));
    Items<KnownFile> answer;
    for (const auto& file : known)
      answer.items.push_back({file.sha256, file.memory_id, file.trashed});
    return answer;
  });
}

Result<Uploaded> Intake::answer(Transaction& tx, const std::string& user_id, const std::string& memory_id,
                                const std::string& media_id, bool duplicate) {
  TRY(auto access, memories::require_memory(tx, memory_id, user_id));
  Uploaded uploaded;
  uploaded.memory = memories::assemble(std::move(access));
  for (const auto& item : uploaded.memory.media) {
    if (item.id == media_id) uploaded.media = item;
  }
  uploaded.duplicate = duplicate;
  return uploaded;
}

Result<std::optional<Uploaded>> Intake::answer_known(const std::string& user_id, const IncomingFile& file) {
  return db_.transaction([&](Transaction& tx) -> Result<std::optional<Uploaded>> {
    TRY(const std::string space_id, target(tx, user_id, file.space_id, file.collection_id));
    TRY(const auto known,
        memories::MemoryRepository(tx).find_content({space_id, space_id + ':' + user_id}, file.content.sha256));
    if (!known) return std::nullopt;
    if (file.collection_id) {
      TRY_OK(collections::append(tx, *file.collection_id, {known->memory_id}, user_id, clock_.now()));
    }
    TRY_OK(ContentStore::settle(tx, file.pending_id)); // of an attempt that a crash cut short
    if (file.also) TRY_OK(file.also(tx, known->memory_id, known->media_id, true));
    TRY(Uploaded uploaded, answer(tx, user_id, known->memory_id, known->media_id, true));
    return uploaded;
  });
}

Result<Uploaded> Intake::create(const std::string& user_id, const IncomingFile& file) {
  const TimeMs now = clock_.now();
  const std::string file_name = clean_file_name(file.file_name);
  const media::Sniffed sniffed = media::sniff(file.head, file_name);
  const bool is_read = media::is_for_decoder(sniffed);

  memories::MemoryRecord memory;
  memory.id = new_id();
  memory.contributor_id = user_id;
  memory.created_at = memory.updated_at = now;
  memory.type = media::name_of(sniffed.kind);
  memory.set_date(date_of_name(file_name, now));

  memories::MediaRecord item;
  item.id = new_id();
  item.memory_id = memory.id;
  item.mime_type = sniffed.mime_type;
  item.file_name = file_name;
  item.bytes = file.content.bytes;
  item.sha256 = file.content.sha256;
  item.state = is_read ? "pending" : "ready";

  return db_.transaction([&](Transaction& tx) -> Result<Uploaded> {
    TRY(memory.space_id, target(tx, user_id, file.space_id, file.collection_id));
    memories::MemoryRepository rows(tx);
    TRY_OK(rows.insert(memory));
    TRY(const bool is_new, rows.insert_media(item, file.content.sha1, memory.scope(), 0, now));
    if (!is_new) return fail(ErrorCode::conflict, kRaced);
    TRY_OK(memories::keep_listed(tx, nullptr, &memory, {}));
    TRY_OK(memories::write_creation(tx, memory, now));
    if (file.collection_id) TRY_OK(collections::append(tx, *file.collection_id, {memory.id}, user_id, now));
    if (is_read) TRY_OK(jobs_.add(tx, {.kind = "media.quick", .payload = item.id, .priority = 20, .key = item.id}));
    TRY(const bool expected, ContentStore::settle(tx, file.pending_id));
    if (!expected) return fail(ErrorCode::unavailable, "upload.try-again", "another process took this one for dead");
    if (file.also) TRY_OK(file.also(tx, memory.id, item.id, false));
    TRY_OK(memories::announce(tx, "memory.created", memory, memory.bucket(), item.state, now));
    return answer(tx, user_id, memory.id, item.id, false);
  });
}

Result<Uploaded> Intake::receive(const std::string& user_id, const IncomingFile& file) {
  TRY(Uploaded uploaded, take(user_id, file));
  (uploaded.duplicate ? duplicates_ : arrived_).add();
  if (!uploaded.duplicate) bytes_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, uploaded.media.bytes)));
  return uploaded;
}

Result<Uploaded> Intake::take(const std::string& user_id, const IncomingFile& file) {
  TRY(auto known, answer_known(user_id, file));
  if (known) return *std::move(known);

  TRY_OK(contents_.expect(file.pending_id, file.content.sha256));
  TRY_OK(file.store(original_key(file.content.sha256)));
  auto created = create(user_id, file);
  // After a failure of ours the journal keeps the content, and whoever tries again finds it in its place.
  if (created || is_failure(created.error().code)) return created;
  TRY_OK(contents_.abandon(file.pending_id, file.content.sha256));
  if (created.error().key != kRaced) return created;
  TRY(auto winner, answer_known(user_id, file));
  if (!winner) return fail(ErrorCode::unavailable, "upload.try-again");
  return *std::move(winner);
}

} // namespace mv::uploads
