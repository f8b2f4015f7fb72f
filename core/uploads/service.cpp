#include "core/uploads/service.hpp"

#include <algorithm>

#include "core/base/content_hash.hpp"
#include "core/base/encoding.hpp"
#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/media/sniff.hpp"
#include "core/memories/stored_json.hpp"
#include "core/uploads/claim.hpp"
#include "core/uploads/sql.hpp"

namespace mv::uploads {

namespace {

/// How long a client may put a piece under an address; it may ask for others.
constexpr TimeMs kAddressLasts = 6 * kHour;
constexpr std::int64_t kPiece = std::int64_t{1} << 20;

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
  std::string hash_state;
};

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
  record.hash_state = row.text(9);
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
  TRY_OK(store_.create(record.state.id));
  const auto written = db_.transaction([&](Transaction& tx) -> Result<void> {
    TRY(const Rows count, tx.run(sql::count_uploads, user_id));
    if (count.front().integer(0) >= limits_.max_unfinished) return fail(ErrorCode::too_many, "upload.too-many");
    TRY_OK(tx.run(sql::insert_upload, record.state.id, user_id, length, 0, memories::write_map(metadata), now,
                  record.state.expires_at));
    return {};
  });
  if (!written) {
    store_.remove(record.state.id);
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
  if (record.state.received < record.state.length || !record.state.memory_id.empty()) return std::move(record.state);
  // Everything had arrived, and the server died before it could say so.
  TRY(const auto mine, UploadClaim::take(db_, clock_, id));
  if (!mine) return record.state;
  TRY(record, load_own(user_id, id));
  return record.state.memory_id.empty() ? finish(std::move(record)) : record.state;
}

Result<UploadState> UploadService::append(const std::string& user_id, const std::string& id, std::int64_t offset,
                                          std::string_view bytes, const std::optional<Checksum>& checksum) {
  TRY_OK(load_own(user_id, id)); // nobody else's upload is claimed, not even for a moment
  TRY(const auto mine, UploadClaim::take(db_, clock_, id));
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

  if (!bytes.empty()) {
    TRY(const Acknowledge acknowledge, store_.append(id, offset, bytes));
    auto hash = offset == 0 ? ContentHash() : ContentHash::load(record.hash_state);
    if (hash && hash->bytes() == offset) {
      hash->update(bytes);
      record.hash_state = hash->save();
    }
    state.received += static_cast<std::int64_t>(bytes.size());
    state.expires_at = clock_.now() + limits_.keep_for;
    TRY_OK(db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY(const Rows rows,
          tx.run(sql::update_upload_received, id, mine->writer(), state.received, state.expires_at, record.hash_state));
      if (rows.empty()) return fail(ErrorCode::conflict, "upload.in-use", "another writer took over");
      return acknowledge ? acknowledge(tx) : Result<void>();
    }));
  }
  if (state.received < state.length || !state.memory_id.empty()) return state;
  return finish(std::move(record));
}

Result<UploadService::Direct> UploadService::begin_direct(const std::string& user_id, std::int64_t length,
                                                          const UploadMetadata& metadata) {
  const std::string hash = field(metadata, "sha256").value_or("");
  if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail_field("upload.invalid", "/sha256", "not-a-hash");
  }
  if (store_.direct_pieces("any", 1, kAddressLasts).empty()) return fail(ErrorCode::forbidden, "upload.not-direct");
  TRY(UploadState state, create(user_id, length, metadata));
  if (!state.memory_id.empty()) return Direct{std::move(state), {}};
  auto pieces = store_.direct_pieces(state.id, length, kAddressLasts);
  return Direct{std::move(state), std::move(pieces)};
}

Result<UploadService::Direct> UploadService::continue_direct(const std::string& user_id, const std::string& id) {
  TRY(Record record, load_own(user_id, id));
  auto pieces = store_.direct_pieces(id, record.state.length, kAddressLasts);
  if (pieces.empty()) return fail(ErrorCode::forbidden, "upload.not-direct");
  if (record.state.received > 0) pieces.clear();
  return Direct{std::move(record.state), std::move(pieces)};
}

Result<UploadState> UploadService::complete_direct(const std::string& user_id, const std::string& id) {
  TRY_OK(load_own(user_id, id));
  TRY(const auto mine, UploadClaim::take(db_, clock_, id));
  if (!mine) return fail(ErrorCode::conflict, "upload.in-use");
  TRY(Record record, load_own(user_id, id));
  UploadState& state = record.state;
  if (!state.memory_id.empty()) return std::move(state);
  if (state.received == 0) {
    TRY(const Acknowledge acknowledge, store_.collect(id, state.length));
    state.received = state.length;
    state.expires_at = clock_.now() + limits_.keep_for;
    TRY_OK(db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY(const Rows rows,
          tx.run(sql::update_upload_received, id, mine->writer(), state.received, state.expires_at, std::string()));
      if (rows.empty()) return fail(ErrorCode::conflict, "upload.in-use", "another writer took over");
      return acknowledge(tx);
    }));
  }
  if (state.received < state.length) return fail(ErrorCode::conflict, "upload.incomplete", "begun by tus");
  return finish(std::move(record)); // no hash is kept of it: it is read, and compared with the one that was told
}

Result<UploadState> UploadService::finish(Record record) {
  UploadState& state = record.state;
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
    TRY(file.content, whole_content(record));
    TRY(file.head, head_of(state.id, original_key(file.content.sha256)));
    if (declared && *declared != file.content.sha256) {
      TRY_OK(drop(state.id));
      return fail(ErrorCode::checksum_mismatch, "upload.checksum-mismatch");
    }
  }
  file.store = [&](const BlobKey& key) -> Result<void> {
    if (state.received < state.length) return fail(ErrorCode::unavailable, "upload.try-again");
    return store_.store(state.id, file.content, key);
  };
  file.also = [&](Transaction& tx, const std::string& memory_id, const std::string& media_id,
                  bool duplicate) -> Result<void> {
    state.expires_at = clock_.now() + limits_.keep_for;
    TRY_OK(tx.run(sql::finish_upload, state.id, memory_id, media_id, duplicate ? 1 : 0, state.expires_at));
    return {};
  };
  const auto uploaded = intake_.receive(record.user_id, file);
  if (!uploaded) {
    // A refusal is final, since nothing that is sent again would change it.
    if (!is_failure(uploaded.error().code)) TRY_OK(drop(state.id));
    return std::unexpected(uploaded.error());
  }
  store_.remove(state.id);
  state.received = state.length;
  state.memory_id = uploaded->memory.id;
  state.media_id = uploaded->media.id;
  state.duplicate = uploaded->duplicate;
  return state;
}

Result<BlobInfo> UploadService::whole_content(const Record& record) {
  const std::int64_t length = record.state.length;
  auto hash = ContentHash::load(record.hash_state);
  if (!hash || hash->bytes() != length) {
    // Begun by a version that did not keep its hashes.
    hash.emplace();
    while (hash->bytes() < length) {
      const auto piece = store_.read(record.state.id, hash->bytes(), std::min(kPiece, length - hash->bytes()));
      if (!piece && piece.error().code == ErrorCode::gone) return stored_content(record.state.id, length);
      if (!piece) return std::unexpected(piece.error());
      if (piece->empty()) return fail(ErrorCode::internal, "storage.failed", "an upload is shorter than its offset");
      hash->update(*piece);
    }
  }
  return BlobInfo{.bytes = length, .sha256 = hash->sha256(), .sha1 = hash->sha1()};
}

Result<std::string> UploadService::head_of(const std::string& id, const BlobKey& key) {
  auto head = store_.read(id, 0, static_cast<std::int64_t>(media::kSniffBytes));
  if (head || head.error().code != ErrorCode::gone) return head;
  return contents_.blobs().read(key, 0, static_cast<std::int64_t>(media::kSniffBytes)); // stored before a crash
}

Result<BlobInfo> UploadService::stored_content(const std::string& id, std::int64_t length) {
  TRY(const Rows rows, db_.read([&](Transaction& tx) { return tx.run(sql::find_pending_blob, id); }));
  if (rows.empty()) return fail(ErrorCode::gone, "upload.expired");
  const std::string sha256 = rows.front().text(0);
  Sha1 sha1;
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
  store_.remove(id);
  return {};
}

Result<void> UploadService::terminate(const std::string& user_id, const std::string& id) {
  TRY_OK(load_own(user_id, id));
  TRY(const auto mine, UploadClaim::take(db_, clock_, id));
  if (!mine) return fail(ErrorCode::conflict, "upload.in-use");
  TRY_OK(load_own(user_id, id));
  return drop(id);
}

bool UploadService::resume(const std::string& id, bool force) {
  const auto mine = UploadClaim::take(db_, clock_, id, force);
  if (!mine || *mine == nullptr) return false;
  auto record = db_.read([&](Transaction& tx) { return load(tx, id); });
  if (!record || record->state.received < record->state.length) return false;
  return record->state.memory_id.empty() && finish(*std::move(record)).has_value();
}

} // namespace mv::uploads
