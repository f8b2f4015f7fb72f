#pragma once

// What is done with whole objects of a bucket, one request each or, for very large ones, one for each part. Keys are
// below the prefix of the settings. Safe from every thread.

#include <optional>
#include <vector>

#include "core/adapters/s3/client.hpp"
#include "core/ports/blob_store.hpp"

namespace mv::s3 {

/// From here on an object is sent in parts: S3 takes 5 GiB in one request.
inline constexpr std::int64_t kMostAtOnce = std::int64_t{5} << 30;

class Objects {
public:
  explicit Objects(Client& client, std::int64_t most_at_once = kMostAtOnce)
      : client_(client), most_at_once_(most_at_once) {}

  /// Durable and visible when it returns, whole or not at all: the store compares what it got with the payload's hash.
  [[nodiscard]] Result<void> put(const std::string& key, const Payload& payload);
  [[nodiscard]] Result<std::string> get(const std::string& key, std::int64_t offset, std::int64_t length);
  /// All of it into `file`, from the file's beginning; gives its size.
  [[nodiscard]] Result<std::int64_t> fetch(const std::string& key, std::FILE* file);
  [[nodiscard]] Result<std::optional<std::int64_t>> size(const std::string& key);
  [[nodiscard]] Result<void> remove(const std::string& key);
  /// In key order, a page of the store at a time, until `visit` returns false.
  [[nodiscard]] Result<void> list(std::string_view prefix, const std::function<bool(const BlobEntry&)>& visit);
  /// Removes every object below `prefix`.
  [[nodiscard]] Result<void> remove_below(std::string_view prefix);
  /// Ends uploads in parts that began before `before` and that nobody will go on with; gives how many.
  [[nodiscard]] Result<std::int64_t> abort_stale_parts(TimeMs before);

  [[nodiscard]] Client& client() { return client_; }

private:
  [[nodiscard]] Result<void> put_in_parts(const std::string& key, const Payload& payload);
  [[nodiscard]] Result<std::string> put_parts(const std::string& key, const std::string& upload_id,
                                              const Payload& payload);
  [[nodiscard]] Result<void> complete(const std::string& key, const std::string& upload_id, const std::string& parts,
                                      std::int64_t size);
  [[nodiscard]] Result<void> abort(const std::string& key, const std::string& upload_id);

  Client& client_;
  std::int64_t most_at_once_;
};

/// One after the other, objects that together are one file.
struct Piece {
  std::string key;
  std::int64_t bytes = 0;
};

/// Reads pieces as if they were one, in their order: each is fetched whole into a nameless file in the scratch folder.
[[nodiscard]] ReadBytes read_pieces(Objects& objects, std::vector<Piece> pieces);

/// UTC milliseconds of `2026-11-24T04:05:06.789Z`; 0 for what is none.
[[nodiscard]] TimeMs read_time(std::string_view text);

} // namespace mv::s3
