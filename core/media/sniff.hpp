#pragma once

// What a file is, told from its first bytes: neither its name nor what a client claims is believed where the bytes
// speak. Pure functions, safe from every thread.

#include <cstddef>
#include <span>
#include <string_view>

namespace mv::media {

/// The broad kind of a file. A panorama is a photo until its metadata say otherwise (Decoded::panorama).
enum class MediaKind { photo, video, audio, document, scan3d };

/// What `sniff` found.
struct Sniffed {
  MediaKind kind = MediaKind::document;
  std::string_view mime_type = "application/octet-stream"; ///< A constant: lives for ever.
  bool decodable =
      false;        ///< Whether the decoder makes previews of this type: not of RAW files, nor of what is no photo.
  bool raw = false; ///< A camera's RAW file: only its metadata are read.
};

/// The type of an XMP sidecar: no picture, but a date, a place and words.
inline constexpr std::string_view kSidecarType = "application/rdf+xml";

/// How many bytes from the start of a file `sniff` looks at; fewer are enough for a smaller file.
inline constexpr std::size_t kSniffBytes = 4096;

/// Tells the type from the first bytes; `file_name` decides only among types without a signature of their own
/// (OBJ and STL text, plain text, RAW families that are TIFF inside) and never turns a signature over.
/// Everything unknown is a document of type application/octet-stream.
[[nodiscard]] Sniffed sniff(std::span<const std::byte> head, std::string_view file_name);

/// The same for text at hand.
[[nodiscard]] inline Sniffed sniff(std::string_view head, std::string_view file_name) {
  return sniff(std::as_bytes(std::span(head)), file_name);
}

/// Whether the decoder has anything to say of a file: pictures, also those that it cannot show, and XMP sidecars.
[[nodiscard]] inline bool is_for_decoder(const Sniffed& type) {
  return type.kind == MediaKind::photo || type.mime_type == kSidecarType;
}

/// `photo`, `video`, `audio`, `document` or `scan3d`.
[[nodiscard]] std::string_view name_of(MediaKind kind);

} // namespace mv::media
