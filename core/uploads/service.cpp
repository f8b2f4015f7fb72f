#include "core/uploads/service.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"
#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/media/sniff.hpp"
#include "core/memories/stored_json.hpp"
#include "core/uploads/part_file.hpp"
#include "core/uploads/sql.hpp"

namespace mv::uploads {

namespace {

/// Uploads whose hashes are kept between chunks; another one's file is read again at its end.
constexpr std::size_t kMostRunning = 64;

std::optional<std::string> field(const UploadMetadata& metadata, const std::string& name) {
  const auto at = metadata.find(name);
  return at == metadata.end() || at->second.empty() ? std::nullopt : std::optional(at->second);
}

std::string hash_of(const Checksum& checksum, std::string_view bytes) {
  return checksum.algorithm == "sha1" ? sha1_hex(bytes) : sha256_hex(bytes);
}

} // namespace

struct UploadService::Record {
  UploadState state;
  std::string user_id;
  UploadMetadata metadata;
};

/// Hashes of an upload as far as they have come, so that a finished file need not be read again.
struct UploadService::Running {
  std::mutex writer; ///< Held by the one request that writes.
  Sha256 sha256;
  Sha1 sha1;
  std::int64_t hashed = 0;
};

/// The right to write to one upload.
class UploadService::Claim {
public:
  Claim(std::shared_ptr<Running> running, std::unique_lock<std::mutex> lock)
      : running_(std::move(running)), lock_(std::move(lock)) {}
  [[nodiscard]] Running& running() const { return *running_; }

private:
  std::shared_ptr<Running> running_; // outlives the lock, which is released first
  std::unique_lock<std::mutex> lock_;
};

UploadService::UploadService(Database& db, ContentStore& contents, Intake& intake, const Clock& clock,
                             UploadLimits limits)
    : db_(db), contents_(contents), intake_(intake), clock_(clock), limits_(limits) {}

UploadService::~UploadService() = default;

std::filesystem::path UploadService::part_path(const std::string& id) const {
  return contents_.blobs().scratch() / ("upload-" + id);
}

Result<std::optional<UploadService::Claim>> UploadService::claim(const std::string& id) {
  const std::scoped_lock guard(mutex_);
  if (running_.size() >= kMostRunning && !running_.contains(id)) {
    // Whoever holds one keeps it alive; the others lose only a hash that can be made again.
    std::erase_if(running_, [](const auto& entry) { return entry.second.use_count() == 1; });
  }
  auto& running = running_[id];
  if (!running) running = std::make_shared<Running>();
  std::unique_lock lock(running->writer, std::try_to_lock);
  if (!lock.owns_lock()) return std::nullopt;
  return Claim(running, std::move(lock));
}

Result<UploadService::Record> UploadService::load(Transaction& tx, const std::string& id) {
  TRY(const Rows rows, tx.run(sql::find_upload, id));
  if (rows.empty()) return fail(ErrorCode::not_found, "upload.not-found");
  const Row& row = rows.front();
  Record record;
  record.state.id = row.text(0);
  record.user_id = row.text(1);
  record.state.length = row.integer(2);
  record.state.received = row.integer(3);
  record.metadata = memories::read_map(row.text(4));
  record.state.memory_id = row.text(5);
  record.state.media_id = row.text(6);
  record.state.duplicate = row.integer(7) != 0;
  record.state.expires_at = row.integer(8);
  return record;
}

Result<UploadService::Record> UploadService::load_own(const std::string& user_id, const std::string& id) {
  TRY(Record record, db_.read([&](Transaction& tx) { return load(tx, id); }));
  if (record.user_id != user_id) return fail(ErrorCode::not_found, "upload.not-found");
  if (record.state.expires_at < clock_.now()) return fail(ErrorCode::gone, "upload.expired");
  return record;
}

Result<UploadState> UploadService::create(const std::string& user_id, std::int64_t length,
                                          const UploadMetadata& metadata) {
  if (length < 1) return fail(ErrorCode::unprocessable, "upload.empty");
  if (length > limits_.max_bytes) return fail(ErrorCode::too_large, "upload.too-large");
  for (const auto& [name, value] : metadata) {
    if (!is_utf8(value) || contains_nul(value)) return fail(ErrorCode::invalid, "upload.bad-metadata");
  }
  TRY_OK(intake_.check_target(user_id, field(metadata, "spaceId"), field(metadata, "collectionId")));

  const TimeMs now = clock_.now();
  Record record;
  record.state.id = new_id();
  record.state.length = length;
  record.state.expires_at = now + limits_.keep_for;
  record.user_id = user_id;
  record.metadata = metadata;
  TRY_OK(PartFile::create(part_path(record.state.id)));
  const auto written = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows count, tx.run(sql::count_uploads, user_id));
    if (count.front().integer(0) >= limits_.max_unfinished) return fail(ErrorCode::too_many, "upload.too-many");
    TRY_OK(tx.run(sql::insert_upload, record.state.id, user_id, length, 0, memories::write_map(metadata), now,
                  record.state.expires_at));
    return {};
  });
  if (!written) {
    PartFile::remove(part_path(record.state.id));
    return std::unexpected(written.error());
  }

  if (const auto sha256 = field(metadata, "sha256")) {
    const auto known =
        intake_.check_duplicates(user_id, {.sha256s = {*sha256}, .space_id = field(metadata, "spaceId")});
    if (known && !known->items.empty()) {
      // Gone again in this very moment: then the bytes are wanted after all.
      const auto finished = finish(record);
      if (finished) return finished;
    }
  }
  return record.state;
}

Result<UploadState> UploadService::find(const std::string& user_id, const std::string& id) {
  TRY(Record record, load_own(user_id, id));
  if (record.state.received < record.state.length || !record.state.memory_id.empty()) return record.state;
  // Everything had arrived, and the server died before it could say so.
  TRY(const auto mine, claim(id));
  if (!mine) return record.state;
  TRY(record, load_own(user_id, id));
  return record.state.memory_id.empty() ? finish(std::move(record)) : record.state;
}

Result<UploadState> UploadService::append(const std::string& user_id, const std::string& id, std::int64_t offset,
                                          std::string_view bytes, const std::optional<Checksum>& checksum) {
  TRY(const auto mine, claim(id));
  if (!mine) return fail(ErrorCode::conflict, "upload.in-use");
  TRY(Record record, load_own(user_id, id));
  UploadState& state = record.state;
  if (offset != state.received) return fail(ErrorCode::conflict, "upload.wrong-offset");
  if (static_cast<std::int64_t>(bytes.size()) > state.length - state.received) {
    return fail(ErrorCode::too_large, "upload.past-the-end");
  }
  if (checksum && hash_of(*checksum, bytes) != checksum->hex) {
    return fail(ErrorCode::checksum_mismatch, "upload.checksum-mismatch");
  }

  Running& running = mine->running();
  if (!bytes.empty()) {
    TRY(PartFile part, PartFile::open(part_path(id)));
    TRY_OK(part.write_at(offset, bytes));
    if (running.hashed == offset) {
      running.sha256.update(bytes);
      running.sha1.update(bytes);
      running.hashed += static_cast<std::int64_t>(bytes.size());
    }
    state.received += static_cast<std::int64_t>(bytes.size());
    state.expires_at = clock_.now() + limits_.keep_for;
    TRY_OK(db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(sql::update_upload_received, id, state.received, state.expires_at));
      return {};
    }));
  }
  if (state.received < state.length || !state.memory_id.empty()) return state;
  return finish(std::move(record));
}

Result<UploadState> UploadService::finish(Record record) {
  UploadState& state = record.state;
  const std::filesystem::path path = part_path(state.id);
  IncomingFile file;
  file.file_name =
      field(record.metadata, "filename").or_else([&] { return field(record.metadata, "name"); }).value_or("");
  file.space_id = field(record.metadata, "spaceId");
  file.collection_id = field(record.metadata, "collectionId");
  file.pending_id = state.id;
  const auto declared = field(record.metadata, "sha256");

  if (state.received < state.length) {
    file.content = {.bytes = state.length, .sha256 = declared.value_or(""), .sha1 = ""}; // known already: never stored
  } else {
    TRY(file.content, whole_content(state.id, state.length));
    TRY(file.head, PartFile::read_head(path, contents_.blobs(), original_key(file.content.sha256), media::kSniffBytes));
    if (declared && *declared != file.content.sha256) {
      TRY_OK(drop(state.id));
      return fail(ErrorCode::checksum_mismatch, "upload.checksum-mismatch");
    }
  }
  file.store = [&](const BlobKey& key) -> Result<void> {
    if (state.received < state.length) return fail(ErrorCode::unavailable, "upload.try-again");
    // A start after a crash may find the bytes in their place already.
    if (!std::filesystem::exists(path)) {
      TRY(const auto stored, contents_.blobs().size(key));
      if (stored == file.content.bytes) return {};
    }
    return contents_.blobs().adopt(path, key);
  };
  file.also = [&](Transaction& tx, const std::string& memory_id, const std::string& media_id,
                  bool duplicate) -> Result<void> {
    state.expires_at = clock_.now() + limits_.keep_for;
    TRY_OK(tx.run(sql::finish_upload, state.id, memory_id, media_id, duplicate ? 1 : 0, state.expires_at));
    return ContentStore::settle(tx, state.id);
  };
  const auto uploaded = intake_.receive(record.user_id, file);
  if (!uploaded) {
    // A refusal is final, since nothing that is sent again would change it.
    if (!is_failure(uploaded.error().code)) TRY_OK(drop(state.id));
    return std::unexpected(uploaded.error());
  }
  PartFile::remove(path);
  {
    const std::scoped_lock guard(mutex_);
    running_.erase(state.id);
  }
  state.received = state.length;
  state.memory_id = uploaded->memory.id;
  state.media_id = uploaded->media.id;
  state.duplicate = uploaded->duplicate;
  return state;
}

Result<BlobInfo> UploadService::whole_content(const std::string& id, std::int64_t length) {
  std::shared_ptr<Running> running;
  {
    const std::scoped_lock guard(mutex_);
    if (const auto at = running_.find(id); at != running_.end()) running = at->second;
  }
  if (running && running->hashed == length) {
    running->hashed = -1; // a hasher gives its hash once
    return BlobInfo{.bytes = length, .sha256 = running->sha256.hex(), .sha1 = running->sha1.hex()};
  }
  if (std::filesystem::exists(part_path(id))) return PartFile::hash(part_path(id), length);
  return stored_content(id, length);
}

Result<BlobInfo> UploadService::stored_content(const std::string& id, std::int64_t length) {
  TRY(const Rows rows, db_.read([&](Transaction& tx) { return tx.run(sql::find_pending_blob, id); }));
  if (rows.empty()) return fail(ErrorCode::gone, "upload.expired");
  const std::string sha256 = rows.front().text(0);
  Sha1 sha1;
  constexpr std::int64_t kPiece = 1 << 20;
  for (std::int64_t at = 0; at < length; at += kPiece) {
    TRY(const std::string piece, contents_.blobs().read(original_key(sha256), at, std::min(kPiece, length - at)));
    sha1.update(piece);
  }
  return BlobInfo{.bytes = length, .sha256 = sha256, .sha1 = sha1.hex()};
}

Result<void> UploadService::drop(const std::string& id) {
  TRY_OK(db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::delete_upload, id));
    return {};
  }));
  PartFile::remove(part_path(id));
  const std::scoped_lock guard(mutex_);
  running_.erase(id);
  return {};
}

Result<void> UploadService::terminate(const std::string& user_id, const std::string& id) {
  TRY(const auto mine, claim(id));
  if (!mine) return fail(ErrorCode::conflict, "upload.in-use");
  TRY_OK(load_own(user_id, id));
  return drop(id);
}

Result<void> UploadService::recover() {
  // On PostgreSQL others may share the database, and are at work on what does not lie in this one's folder.
  const bool shared = db_.engine() != "sqlite";
  const auto resume = [&](const std::string& id) -> bool {
    auto record = db_.read([&](Transaction& tx) { return load(tx, id); });
    if (!record || record->state.received < record->state.length) return false;
    return record->state.memory_id.empty() && finish(*std::move(record)).has_value();
  };
  std::string after;
  constexpr int kBatch = 100;
  for (;;) {
    TRY(const Rows rows,
        db_.read([&](Transaction& tx) { return tx.run(sql::list_unfinished_uploads, after, kBatch); }));
    for (const Row& row : rows) {
      after = row.text(0);
      if (!shared || std::filesystem::exists(part_path(after))) resume(after);
    }
    if (rows.size() < kBatch) break;
  }
  TRY_OK(contents_.recover(shared ? clock_.now() - kDay : INT64_MAX, resume));

  return PartFile::each_in(contents_.blobs().scratch(), "upload-", [&](const std::string& id) -> Result<void> {
    TRY(const Rows rows, db_.read([&](Transaction& tx) { return tx.run(sql::find_upload, id); }));
    const bool wanted = !rows.empty() && rows.front().is_null(5);
    if (!wanted) PartFile::remove(part_path(id));
    return {};
  });
}

Result<std::int64_t> UploadService::sweep() {
  std::int64_t gone = 0;
  for (;;) {
    TRY(const Rows rows,
        db_.read([&](Transaction& tx) { return tx.run(sql::list_expired_uploads, clock_.now(), 100); }));
    for (const Row& row : rows) {
      TRY_OK(drop(row.text(0)));
      ++gone;
    }
    if (rows.size() < 100) return gone;
  }
}

} // namespace mv::uploads
