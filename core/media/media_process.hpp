#pragma once

// Decoding of files from outside, in child processes (`memoryverse-media`) that may die alone: without network, without
// any file but the one handed over, with limits of memory and time. What the server links; it sees no decoder library.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/media/decoded.hpp"

namespace mv::media {

/// `quick` gives type, sizes, metadata, thumbhash and the 256 preview as fast as can be (for a JPEG by decoding an
/// eighth); `full` gives the 1080 and 2048 previews and no metadata. Where one decoding of the whole picture is needed
/// anyhow, `quick` makes all three and says so (Decoded::complete).
enum class DecodeStep { quick, full };

/// One job.
struct DecodeRequest {
  std::filesystem::path original; ///< Read only, and only through a descriptor that is handed over.
  std::string file_name;          ///< As it was called where it came from: a hint for types without a signature.
  std::filesystem::path
      output_folder; ///< Exists; `256.webp`, `1080.webp`, `2048.webp` appear in it whole or not at all.
  DecodeStep step = DecodeStep::quick;
};

struct MediaDecoderOptions {
  std::filesystem::path program{}; ///< `memoryverse-media`, beside the server's own program.
  int processes = 2;               ///< Children at most; each has one job at a time and starts with its first job.
  std::chrono::milliseconds quick_timeout{30'000}; ///< Wall clock for one job, after which the child is killed.
  std::chrono::milliseconds full_timeout{120'000};
  int jobs_per_process = 500;                        ///< A child is replaced after so many jobs: libraries leak.
  std::int64_t memory_bytes = std::int64_t{3} << 30; ///< Address space of a child. Not applied under AddressSanitizer.
  std::int64_t max_pixels = 500'000'000;             ///< More are refused by the header, before anything is decoded.
  std::int64_t max_file_bytes = std::int64_t{2} << 30; ///< Larger pictures are refused as too big.
  /// Told what happened to children, for the log; may be called from any thread of the pool. May be empty.
  std::function<void(std::string_view)> log{};
};

/// The pool of children. Every method is safe from every thread; `decode` blocks its caller.
class MediaDecoder {
public:
  /// `unavailable` with `media.no-decoder` when the program is missing or cannot be started.
  [[nodiscard]] static Result<std::unique_ptr<MediaDecoder>> open(MediaDecoderOptions options);
  /// Refuses what waits (`unavailable`, `media.stopping`), kills what runs, and leaves no child behind.
  ~MediaDecoder();
  MediaDecoder(const MediaDecoder&) = delete;
  MediaDecoder& operator=(const MediaDecoder&) = delete;

  /// Waits its turn (quick jobs go before full ones), decodes, and answers. A file that cannot be decoded is a value
  /// with a `reason`. Errors are ours alone: `not_found` (`media.no-original`), `insufficient_storage`, `unavailable`.
  [[nodiscard]] Result<Decoded> decode(const DecodeRequest& request);

  /// Larger files are refused, as `media.too-big`.
  [[nodiscard]] std::int64_t max_file_bytes() const;
  /// Children alive now; jobs waiting for one. For metrics and tests.
  [[nodiscard]] int children() const;
  [[nodiscard]] int waiting() const;

private:
  struct Pool;
  explicit MediaDecoder(std::unique_ptr<Pool> pool);
  std::unique_ptr<Pool> pool_;
};

} // namespace mv::media
