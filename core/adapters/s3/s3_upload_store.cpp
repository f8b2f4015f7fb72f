#include "core/adapters/s3/s3_upload_store.hpp"

#include <algorithm>
#include <format>
#include <set>

#include "core/adapters/s3/sql.hpp"
#include "core/base/ids.hpp"
#include "core/base/log.hpp"

namespace mv::s3 {

namespace {

constexpr std::string_view kRoot = ".uploads/";

std::string folder_of(const std::string& id) { return std::string(kRoot) + id + '/'; }

/// How a client that puts a file into the bucket itself has to cut it: into pieces of 64 MiB, and into no more than
/// 1,000.
std::vector<Piece> plan(const std::string& id, std::int64_t length) {
  const std::int64_t size = std::max(std::int64_t{64} << 20, length / 1'000 + 1);
  std::vector<Piece> pieces;
  for (std::int64_t at = 0; at < length; at += size)
    pieces.push_back(
        {.key = std::format("{}direct-{:06}", folder_of(id), pieces.size()), .bytes = std::min(size, length - at)});
  return pieces;
}

} // namespace

Result<void> S3UploadStore::create(const std::string& /*id*/) { return {}; }

Result<Acknowledge> S3UploadStore::append(const std::string& id, std::int64_t offset, std::string_view bytes) {
  // A name that nobody else uses: a writer that was taken for dead can overwrite nothing.
  const std::string object = folder_of(id) + new_id();
  TRY_OK(blobs_.objects().put(object, payload_of(bytes)));
  const auto size = static_cast<std::int64_t>(bytes.size());
  return Acknowledge([id, offset, size, object](Transaction& tx) -> Result<void> {
    TRY_OK(tx.run(sql::insert_upload_piece, id, offset, size, object));
    return {};
  });
}

Result<std::string> S3UploadStore::read(const std::string& id, std::int64_t offset, std::int64_t length) {
  TRY(const Rows rows, db_.read([&](Transaction& tx) { return tx.run(sql::find_upload_piece, id, offset); }));
  if (rows.empty()) return fail(ErrorCode::gone, "upload.expired");
  const std::int64_t within = offset - rows.front().integer(2);
  const std::int64_t left = rows.front().integer(1) - within;
  if (left <= 0) return std::string();
  return blobs_.objects().get(rows.front().text(0), within, std::min(length, left));
}

Result<void> S3UploadStore::store(const std::string& id, const BlobInfo& content, const BlobKey& key) {
  TRY(const auto there, blobs_.size(key));
  if (there == content.bytes) return {};
  TRY(const Rows rows, db_.read([&](Transaction& tx) { return tx.run(sql::list_upload_pieces, id); }));
  std::vector<Piece> pieces;
  std::int64_t bytes = 0;
  for (const Row& row : rows) {
    pieces.push_back({.key = row.text(0), .bytes = row.integer(1)});
    bytes += row.integer(1);
  }
  if (bytes != content.bytes) return fail(ErrorCode::gone, "upload.expired", "its pieces are not all there");
  return blobs_.objects().put(
      key, {.size = bytes, .sha256 = content.sha256, .read = read_pieces(blobs_.objects(), std::move(pieces))});
}

std::vector<DirectPiece> S3UploadStore::direct_pieces(const std::string& id, std::int64_t length, TimeMs lasts) {
  std::vector<DirectPiece> pieces;
  if (!direct_) return pieces;
  Client& client = blobs_.objects().client();
  for (const Piece& piece : plan(id, length)) {
    pieces.push_back({.offset = pieces.empty() ? 0 : pieces.back().offset + pieces.back().bytes,
                      .bytes = piece.bytes,
                      .address = client.presign("PUT", piece.key, lasts, {})});
  }
  return pieces;
}

Result<Acknowledge> S3UploadStore::collect(const std::string& id, std::int64_t length) {
  const std::vector<Piece> pieces = plan(id, length);
  for (const Piece& piece : pieces) {
    TRY(const auto bytes, blobs_.objects().size(piece.key));
    if (bytes != piece.bytes) return fail(ErrorCode::conflict, "upload.incomplete", piece.key);
  }
  return Acknowledge([id, pieces](Transaction& tx) -> Result<void> {
    std::int64_t position = 0;
    for (const Piece& piece : pieces) {
      TRY_OK(tx.run(sql::insert_upload_piece, id, position, piece.bytes, piece.key));
      position += piece.bytes;
    }
    return {};
  });
}

void S3UploadStore::remove(const std::string& id) {
  auto removed = blobs_.objects().remove_below(folder_of(id));
  if (removed) {
    removed = db_.transaction([&](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(sql::delete_upload_pieces, id));
      return {};
    });
  }
  if (!removed) log_warning("an upload's pieces are left to the sweep", {{"reason", removed.error()}});
}

Result<void> S3UploadStore::sweep(const std::function<Result<bool>(const std::string& id)>& wanted) {
  std::set<std::string> ids;
  TRY_OK(blobs_.objects().list(kRoot, [&](const BlobEntry& entry) {
    const std::string name = entry.key.substr(kRoot.size(), entry.key.find('/', kRoot.size()) - kRoot.size());
    if (is_id(name)) ids.insert(name);
    return ids.size() < 10'000; // the next run takes the rest
  }));
  for (const std::string& id : ids) {
    TRY(const bool keep, wanted(id));
    if (!keep) remove(id);
  }
  return blobs_.sweep();
}

} // namespace mv::s3
