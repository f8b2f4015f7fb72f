#pragma once

// What the server and `memoryverse-media` say to each other over a socket pair: frames of four bytes of length (host
// order: both ends are one machine) and a body. Read as what it is: the words of a process that may have been taken
// over.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/media/decoded.hpp"
#include "core/media/media_process.hpp"

namespace mv::media {

/// The descriptor that a child has its end of the socket pair at.
inline constexpr int kChildSocket = 3;
/// A child's exit status when memory ran out: the file was too big for it, not damaged.
inline constexpr int kExitOutOfMemory = 77;
/// No honest frame is longer; a longer one is refused unread.
inline constexpr std::uint32_t kMaxFrame = 96U << 20;

/// One job as it travels. The descriptor of the original comes with the first byte of the frame.
struct JobMessage {
  DecodeStep step = DecodeStep::quick;
  std::string mime_type;  ///< As sniffed by the server.
  bool decodable = false; ///< Whether to make previews, or to read the metadata only.
  std::int64_t max_pixels = 0;
};

/// The answer: everything but the paths, and the previews as bytes, in the order of `decoded.derivatives`.
struct AnswerMessage {
  Decoded decoded;
  std::vector<std::string> files;
};

[[nodiscard]] std::string encode(const JobMessage& job);
[[nodiscard]] std::string encode(const AnswerMessage& answer);
[[nodiscard]] std::optional<JobMessage> decode_job(std::string_view body);
/// Nothing when the body is malformed or says what an honest child never says: a size out of bounds, text that is not
/// UTF-8, a date that is none, an unknown reason.
[[nodiscard]] std::optional<AnswerMessage> decode_answer(std::string_view body);

} // namespace mv::media
