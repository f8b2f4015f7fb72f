#pragma once

// Bodies of uploads that go to the store of files itself.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mv {

/// What a client tells of a file before it puts it into the store.
struct DirectDraft {
  std::string file_name;
  std::int64_t length = 0; ///< Bytes.
  std::string sha256;      ///< Of the whole file, lower-case hex: compared before the memory exists.
  std::optional<std::string> space_id;
  std::optional<std::string> collection_id;
};

/// One PUT of exactly these bytes, without any other header.
struct DirectPart {
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
  std::string url;
};

/// Where the pieces go. Without pieces the file is here already, and the ids say where.
struct DirectUpload {
  std::string id;
  std::int64_t expires_at = 0; ///< UTC milliseconds since the Unix epoch, of the upload; ask anew for other addresses.
  std::vector<DirectPart> parts;
  std::optional<std::string> memory_id;
  std::optional<std::string> media_id;
  bool duplicate = false;
};

} // namespace mv
