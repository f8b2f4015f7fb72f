#include "core/adapters/s3/s3_blob_store.hpp"

#include <algorithm>
#include <format>
#include <fstream>

#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/base/log.hpp"

namespace mv::s3 {

namespace fs = std::filesystem;

namespace {

/// A blob up to this size is kept in memory until its key is known, and then goes out in one request.
constexpr std::size_t kBuffer = std::size_t{16} << 20;
constexpr std::string_view kWriters = ".uploads/blob-";

std::string bytes_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class S3Writer final : public BlobWriter {
public:
  explicit S3Writer(S3BlobStore& store) : store_(store) {}
  ~S3Writer() override { drop_pieces(); }

  [[nodiscard]] Result<void> write(std::span<const std::byte> bytes) override {
    sha256_.update(bytes);
    sha1_.update(bytes);
    info_.bytes += static_cast<std::int64_t>(bytes.size());
    while (!bytes.empty()) {
      if (buffer_.size() == kBuffer) TRY_OK(put_piece());
      const std::size_t taken = std::min(bytes.size(), kBuffer - buffer_.size());
      buffer_ += bytes_text(bytes.first(taken));
      bytes = bytes.subspan(taken);
    }
    return {};
  }

  [[nodiscard]] Result<BlobInfo> finish() override {
    if (info_.sha256.empty()) {
      info_.sha256 = sha256_.hex();
      info_.sha1 = sha1_.hex();
    }
    return info_;
  }

  [[nodiscard]] Result<void> commit(const BlobKey& key) override {
    if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
    TRY_OK(finish());
    ReadBytes read = [this](std::int64_t offset, std::int64_t length) -> Result<std::string> {
      return buffer_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    };
    if (!pieces_.empty()) {
      if (!buffer_.empty()) TRY_OK(put_piece());
      read = read_pieces(store_.objects(), pieces_);
    }
    TRY_OK(store_.put(key, {.size = info_.bytes, .sha256 = info_.sha256, .read = std::move(read)}));
    drop_pieces();
    return {};
  }

private:
  Result<void> put_piece() {
    Piece piece{.key = std::format("{}{}/{:06}", kWriters, id_, pieces_.size()),
                .bytes = static_cast<std::int64_t>(buffer_.size())};
    TRY_OK(store_.objects().put(piece.key, payload_of(buffer_)));
    pieces_.push_back(std::move(piece));
    buffer_.clear();
    return {};
  }

  void drop_pieces() {
    for (const Piece& piece : pieces_) {
      if (const auto removed = store_.objects().remove(piece.key); !removed)
        log_warning("piece left to the sweep", {{"reason", removed.error()}});
    }
    pieces_.clear();
  }

  S3BlobStore& store_;
  std::string id_ = new_id();
  std::string buffer_;
  std::vector<Piece> pieces_;
  Sha256 sha256_;
  Sha1 sha1_;
  BlobInfo info_;
};

/// Reads a local file from wherever it is asked to.
ReadBytes read_file(std::ifstream& file) {
  return [&file](std::int64_t offset, std::int64_t length) -> Result<std::string> {
    std::string bytes(static_cast<std::size_t>(length), '\0');
    file.clear();
    file.seekg(offset);
    file.read(bytes.data(), length);
    if (file.bad()) return fail(ErrorCode::internal, "storage.failed", "a local file cannot be read");
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
  };
}

} // namespace

S3BlobStore::S3BlobStore(Settings settings, const Clock& clock, Metrics& metrics)
    : client_(std::move(settings), clock, metrics), objects_(client_) {}

Result<std::unique_ptr<S3BlobStore>> S3BlobStore::open(Settings settings, const Clock& clock, Metrics& metrics) {
  std::error_code error;
  fs::create_directories(settings.scratch, error);
  fs::permissions(settings.scratch, fs::perms::owner_all, error);
  // Nothing in it outlives its process: what must stay is in the bucket.
  for (fs::directory_iterator at(settings.scratch, error), end; !error && at != end; at.increment(error))
    fs::remove_all(at->path());
  if (error) {
    return fail(ErrorCode::unavailable, "storage.failed", settings.scratch.string() + ": " + error.message());
  }
  return std::unique_ptr<S3BlobStore>(new S3BlobStore(std::move(settings), clock, metrics));
}

Result<std::unique_ptr<BlobWriter>> S3BlobStore::create() { return std::make_unique<S3Writer>(*this); }

Result<void> S3BlobStore::put(const BlobKey& key, const Payload& payload) {
  TRY(const auto there, objects_.size(key));
  if (there == payload.size) return {};
  return objects_.put(key, payload);
}

Result<void> S3BlobStore::adopt(const fs::path& path, const BlobKey& key) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(path, error))) return fail(ErrorCode::invalid, "blob.not-a-file");
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::internal, "storage.failed", "a local file cannot be opened");
  const ReadBytes read = read_file(file);
  Payload payload;
  payload.read = read;
  Sha256 hash;
  for (;;) {
    TRY(const std::string piece, read(payload.size, std::int64_t{1} << 20));
    if (piece.empty()) break;
    hash.update(piece);
    payload.size += static_cast<std::int64_t>(piece.size());
  }
  payload.sha256 = hash.hex();
  TRY_OK(put(key, payload));
  fs::remove(path, error);
  return {};
}

Result<std::string> S3BlobStore::read(const BlobKey& key, std::int64_t offset, std::int64_t length) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  if (offset < 0 || length < 0) return fail(ErrorCode::invalid, "blob.bad-range");
  return objects_.get(key, offset, length);
}

Result<void> S3BlobStore::fetch(const BlobKey& key, const fs::path& to) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  std::FILE* const file = std::fopen(to.c_str(), "wbx");
  if (file == nullptr) return fail(ErrorCode::internal, "storage.failed", "a scratch file cannot be made");
  auto fetched = objects_.fetch(key, file).transform([](std::int64_t) {});
  if (std::fclose(file) != 0 && fetched) {
    fetched = fail(ErrorCode::insufficient_storage, "storage.full", "a scratch file cannot be written");
  }
  std::error_code ignored;
  if (!fetched) fs::remove(to, ignored);
  return fetched;
}

std::string S3BlobStore::read_address(const BlobKey& key, TimeMs lasts, const DirectReply& reply) const {
  Query query;
  if (!reply.content_type.empty()) query.emplace_back("response-content-type", reply.content_type);
  if (!reply.disposition.empty()) query.emplace_back("response-content-disposition", reply.disposition);
  if (!reply.cache_control.empty()) query.emplace_back("response-cache-control", reply.cache_control);
  return client_.presign("GET", key, lasts, std::move(query));
}

Result<std::optional<std::int64_t>> S3BlobStore::size(const BlobKey& key) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  return objects_.size(key);
}

Result<void> S3BlobStore::remove(const BlobKey& key) {
  if (!is_blob_key(key)) return fail(ErrorCode::invalid, "blob.bad-key");
  return objects_.remove(key);
}

Result<void> S3BlobStore::list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit) {
  // What is no key of ours, such as an unfinished upload, is not ours to show.
  return objects_.list(prefix, [&](const BlobEntry& entry) { return !is_blob_key(entry.key) || visit(entry); });
}

std::optional<fs::path> S3BlobStore::local_path(const BlobKey& /*key*/) const { return std::nullopt; }

Result<void> S3BlobStore::sweep() {
  const TimeMs before = client_.clock().now() - kDay;
  std::vector<std::string> old;
  TRY_OK(objects_.list(kWriters, [&](const BlobEntry& entry) {
    if (entry.modified_ms < before) old.push_back(entry.key);
    return old.size() < 10'000; // the next run takes the rest
  }));
  for (const std::string& key : old)
    TRY_OK(objects_.remove(key));
  TRY_OK(objects_.abort_stale_parts(before));
  return {};
}

} // namespace mv::s3
