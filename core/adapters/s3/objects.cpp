#include "core/adapters/s3/objects.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <format>
#include <memory>

#include "core/adapters/s3/xml.hpp"
#include "core/base/log.hpp"

namespace mv::s3 {

namespace {

constexpr std::int64_t kSmallestPart = std::int64_t{16} << 20;
constexpr std::int64_t kMostParts = 9'000; // S3 takes 10,000

int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  if (text.size() < at + count) return -1;
  const char* const begin = text.data() + at;
  const auto [stop, error] = std::from_chars(begin, begin + count, value);
  return error == std::errc() && stop == begin + count ? value : -1;
}

Result<std::string> read_whole(const Payload& payload, std::int64_t offset, std::int64_t length) {
  std::string bytes;
  while (static_cast<std::int64_t>(bytes.size()) < length) {
    const auto done = static_cast<std::int64_t>(bytes.size());
    TRY(const std::string piece, payload.read(offset + done, length - done));
    if (piece.empty()) return fail(ErrorCode::internal, "storage.failed", "fewer bytes than were announced");
    bytes += piece;
  }
  return bytes;
}

/// One upload in parts that was begun and not ended.
struct Unfinished {
  std::string key;
  std::string upload_id;
  TimeMs begun_at = 0;
};

} // namespace

TimeMs read_time(std::string_view text) {
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (year < 0 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) return 0;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return 0;
  const auto days = std::chrono::sys_days{date}.time_since_epoch();
  const int ms = text.size() > 20 && text[19] == '.' ? std::max(0, digits(text, 20, 3)) : 0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(days).count() + hour * kHour + minute * kMinute +
         second * kSecond + ms;
}

Result<void> Objects::put(const std::string& key, const Payload& payload) {
  if (payload.size > most_at_once_) return put_in_parts(key, payload);
  TRY(const Answer answer, client_.send({.operation = "put", .method = "PUT", .key = key, .payload = &payload}));
  if (!answer.good()) return refusal(answer, "put");
  return {};
}

Result<std::string> Objects::get(const std::string& key, std::int64_t offset, std::int64_t length) {
  if (length == 0) {
    TRY(const auto there, size(key));
    if (!there) return fail(ErrorCode::not_found, "blob.not-found");
    return std::string();
  }
  TRY(Answer answer, client_.send({.operation = "get",
                                   .method = "GET",
                                   .key = key,
                                   .range = std::format("{}-{}", offset, offset + length - 1)}));
  if (answer.status == 416) return std::string(); // it begins where the object ends
  if (!answer.good()) return refusal(answer, "get");
  if (answer.status == 200) { // the range was not heeded
    answer.body.erase(
        0, static_cast<std::size_t>(std::min<std::int64_t>(offset, static_cast<std::int64_t>(answer.body.size()))));
  }
  if (static_cast<std::int64_t>(answer.body.size()) > length) answer.body.resize(static_cast<std::size_t>(length));
  return std::move(answer.body);
}

Result<std::int64_t> Objects::fetch(const std::string& key, std::FILE* file) {
  TRY(const Answer answer, client_.send({.operation = "fetch", .method = "GET", .key = key, .sink = file}));
  if (!answer.good()) return refusal(answer, "fetch");
  std::fflush(file);
  return std::ftell(file);
}

Result<std::optional<std::int64_t>> Objects::size(const std::string& key) {
  TRY(const Answer answer, client_.send({.operation = "head", .method = "HEAD", .key = key}));
  if (answer.status == 404) return std::nullopt;
  if (!answer.good()) return refusal(answer, "head");
  const std::string text = answer.header("content-length");
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) {
    return fail(ErrorCode::internal, "storage.failed", "head: the answer has no length");
  }
  return value;
}

Result<void> Objects::remove(const std::string& key) {
  TRY(const Answer answer, client_.send({.operation = "delete", .method = "DELETE", .key = key}));
  if (answer.good() || (answer.status == 404 && answer.code() != "NoSuchBucket")) return {};
  return refusal(answer, "delete");
}

Result<void> Objects::list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit) {
  const std::string& ours = client_.settings().prefix;
  std::string token;
  for (;;) {
    Query query{{"list-type", "2"}, {"max-keys", "1000"}, {"prefix", ours + std::string(prefix)}};
    if (!token.empty()) query.emplace_back("continuation-token", token);
    TRY(const Answer answer, client_.send({.operation = "list", .method = "GET", .key = "", .query = query}));
    if (!answer.good()) return refusal(answer, "list");
    std::vector<BlobEntry> page;
    BlobEntry entry;
    bool more = false;
    token.clear();
    TRY_OK(read_xml(answer.body, [&](std::string_view place, const std::string& text) {
      if (place == "ListBucketResult/Contents/Key") entry.key = text;
      if (place == "ListBucketResult/Contents/Size")
        std::from_chars(text.data(), text.data() + text.size(), entry.bytes);
      if (place == "ListBucketResult/Contents/LastModified") entry.modified_ms = read_time(text);
      if (place == "ListBucketResult/Contents") page.push_back(std::exchange(entry, {}));
      if (place == "ListBucketResult/IsTruncated") more = text == "true";
      if (place == "ListBucketResult/NextContinuationToken") token = text;
    }));
    for (BlobEntry& found : page) {
      if (!found.key.starts_with(ours)) continue;
      found.key.erase(0, ours.size());
      if (!visit(found)) return {};
    }
    if (!more) return {};
    if (token.empty()) return fail(ErrorCode::internal, "storage.failed", "list: more to come, but not where");
  }
}

Result<void> Objects::remove_below(std::string_view prefix) {
  std::vector<std::string> keys;
  do {
    keys.clear();
    TRY_OK(list(prefix, [&](const BlobEntry& entry) {
      keys.push_back(entry.key);
      return keys.size() < 1000;
    }));
    for (const std::string& key : keys)
      TRY_OK(remove(key));
  } while (keys.size() == 1000);
  return {};
}

Result<void> Objects::put_in_parts(const std::string& key, const Payload& payload) {
  TRY(const Answer begun,
      client_.send({.operation = "parts-begin", .method = "POST", .key = key, .query = {{"uploads", ""}}}));
  if (!begun.good()) return refusal(begun, "parts-begin");
  const std::string upload_id = xml_text(begun.body, "InitiateMultipartUploadResult/UploadId");
  if (upload_id.empty()) return fail(ErrorCode::internal, "storage.failed", "parts-begin: no id");
  const auto parts = put_parts(key, upload_id, payload);
  const auto outcome =
      parts ? complete(key, upload_id, *parts, payload.size) : Result<void>(std::unexpected(parts.error()));
  if (!outcome) {
    if (const auto aborted = abort(key, upload_id); !aborted)
      log_warning("upload in parts left to the sweep", {{"reason", aborted.error()}});
  }
  return outcome;
}

Result<std::string> Objects::put_parts(const std::string& key, const std::string& upload_id, const Payload& payload) {
  const std::int64_t part_size = std::max(kSmallestPart, payload.size / kMostParts + 1);
  std::string parts;
  int number = 0;
  for (std::int64_t at = 0; at < payload.size; at += part_size) {
    TRY(const std::string bytes, read_whole(payload, at, std::min(part_size, payload.size - at)));
    const Payload part = payload_of(bytes);
    ++number;
    TRY(const Answer answer, client_.send({.operation = "part-put",
                                           .method = "PUT",
                                           .key = key,
                                           .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}},
                                           .payload = &part}));
    if (!answer.good()) return refusal(answer, "part-put");
    const std::string etag = answer.header("etag");
    if (etag.empty()) return fail(ErrorCode::internal, "storage.failed", "part-put: no ETag");
    parts += std::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number, xml_escape(etag));
  }
  return parts;
}

Result<void> Objects::complete(const std::string& key, const std::string& upload_id, const std::string& parts,
                               std::int64_t bytes) {
  const std::string body = "<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>";
  const Payload payload = payload_of(body);
  TRY(const Answer answer, client_.send({.operation = "parts-end",
                                         .method = "POST",
                                         .key = key,
                                         .query = {{"uploadId", upload_id}},
                                         .payload = &payload,
                                         .long_work = true}));
  // S3 may say 200 before it knows, and what went wrong only in the body. A second attempt finds the first one's work
  // done, which reads as an upload that is not there.
  const std::string code = answer.code();
  if (code.empty() ? !answer.good() : code != "NoSuchUpload" && code != "NoSuchKey")
    return refusal(answer, "parts-end");
  TRY(const auto there, size(key));
  if (there != bytes) return fail(ErrorCode::internal, "storage.failed", "parts-end: not what was sent");
  return {};
}

Result<void> Objects::abort(const std::string& key, const std::string& upload_id) {
  TRY(const Answer answer,
      client_.send({.operation = "parts-abort", .method = "DELETE", .key = key, .query = {{"uploadId", upload_id}}}));
  if (answer.good() || answer.status == 404) return {};
  return refusal(answer, "parts-abort");
}

Result<std::int64_t> Objects::abort_stale_parts(TimeMs before) {
  const std::string& ours = client_.settings().prefix;
  std::string key_marker;
  std::string id_marker;
  std::int64_t aborted = 0;
  for (;;) {
    Query query{{"uploads", ""}, {"max-uploads", "1000"}};
    if (!ours.empty()) query.emplace_back("prefix", ours);
    if (!key_marker.empty()) query.insert(query.end(), {{"key-marker", key_marker}, {"upload-id-marker", id_marker}});
    TRY(const Answer answer, client_.send({.operation = "parts-list", .method = "GET", .key = "", .query = query}));
    if (!answer.good()) return refusal(answer, "parts-list");
    std::vector<Unfinished> page;
    Unfinished one;
    bool more = false;
    TRY_OK(read_xml(answer.body, [&](std::string_view place, const std::string& text) {
      if (place == "ListMultipartUploadsResult/Upload/Key") one.key = text;
      if (place == "ListMultipartUploadsResult/Upload/UploadId") one.upload_id = text;
      if (place == "ListMultipartUploadsResult/Upload/Initiated") one.begun_at = read_time(text);
      if (place == "ListMultipartUploadsResult/Upload") page.push_back(std::exchange(one, {}));
      if (place == "ListMultipartUploadsResult/IsTruncated") more = text == "true";
      if (place == "ListMultipartUploadsResult/NextKeyMarker") key_marker = text;
      if (place == "ListMultipartUploadsResult/NextUploadIdMarker") id_marker = text;
    }));
    for (const Unfinished& found : page) {
      if (!found.key.starts_with(ours) || found.begun_at == 0 || found.begun_at >= before) continue;
      TRY_OK(abort(found.key.substr(ours.size()), found.upload_id));
      ++aborted;
    }
    if (!more || page.empty()) return aborted;
  }
}

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The piece that is read at the moment.
struct Fetched {
  std::unique_ptr<std::FILE, CloseFile> file;
  std::string key;
};

Result<void> fetch_piece(Objects& objects, const Piece& piece, Fetched& fetched) {
  if (fetched.key == piece.key) return {};
  if (!fetched.file) {
    const auto& scratch = objects.client().settings().scratch;
    const int descriptor = ::open(scratch.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(ErrorCode::internal, "storage.failed", "no scratch file: " + scratch.string());
    fetched.file.reset(::fdopen(descriptor, "w+"));
  }
  fetched.key.clear();
  TRY(const std::int64_t bytes, objects.fetch(piece.key, fetched.file.get()));
  if (bytes != piece.bytes) return fail(ErrorCode::internal, "storage.failed", "a piece is not as long as it was");
  fetched.key = piece.key;
  return {};
}

} // namespace

ReadBytes read_pieces(Objects& objects, std::vector<Piece> pieces) {
  return [&objects, pieces = std::move(pieces), fetched = std::make_shared<Fetched>()](
             std::int64_t offset, std::int64_t length) -> Result<std::string> {
    std::int64_t begin = 0;
    for (const Piece& piece : pieces) {
      if (offset < begin + piece.bytes) {
        TRY_OK(fetch_piece(objects, piece, *fetched));
        std::string bytes(static_cast<std::size_t>(std::min(length, begin + piece.bytes - offset)), '\0');
        if (::pread(::fileno(fetched->file.get()), bytes.data(), bytes.size(), offset - begin) !=
            static_cast<ssize_t>(bytes.size())) {
          return fail(ErrorCode::internal, "storage.failed", "a scratch file cannot be read");
        }
        return bytes;
      }
      begin += piece.bytes;
    }
    return std::string();
  };
}

} // namespace mv::s3
