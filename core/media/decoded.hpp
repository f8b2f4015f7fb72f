#pragma once

// What the decoder knows of one file. Plain values: copied freely, owned by whoever holds them.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/media/sniff.hpp"
#include "core/media/wall_time.hpp"

namespace mv::media {

/// When the picture was taken, as its metadata say. The file's own time is never used: a scan copied today is not new.
struct CapturedAt {
  WallTime local;
  std::optional<int> offset_minutes; ///< Local time minus UTC, where recorded or shown by the GPS clock.
  std::string source;                ///< The tag, `Exif.Photo.DateTimeOriginal`.
  bool weak = false;                 ///< When digitised or saved, or by GPS alone: likely, but not certain.
};

/// WGS 84. Finite, in range, and not the 0/0 that devices write for "no fix".
struct GeoPoint {
  double latitude = 0;              ///< Degrees, -90 to 90.
  double longitude = 0;             ///< Degrees, -180 to 180.
  std::optional<double> altitude_m; ///< Metres above the sea, negative below.
};

/// What took the picture, and how. Texts are empty and numbers absent where the file does not say.
struct CameraInfo {
  std::string make;
  std::string model;
  std::string lens;
  std::optional<double> focal_length_mm;
  std::optional<double> aperture; ///< f-number.
  std::string exposure;           ///< Seconds as photographers write them: `1/250`, `2`, `0.8`.
  std::optional<std::int64_t> iso;
};

/// Everything read from EXIF, IPTC and XMP. All text is valid UTF-8 without control characters (descriptions may hold
/// line feeds), bounded in length.
struct Metadata {
  std::optional<CapturedAt> captured;
  std::optional<GeoPoint> place;
  CameraInfo camera;
  std::string title;                 ///< Up to 200 characters.
  std::string description;           ///< Up to 5,000 characters; never what a camera writes into every picture.
  std::vector<std::string> keywords; ///< Up to 100 of up to 60 characters, each once, the leaves of hierarchies.
  std::optional<int> rating;         ///< 0 to 5, or -1 for rejected.
  int orientation = 1;               ///< EXIF 1 to 8 as recorded; already applied to every size told here.
  bool panorama = false;             ///< A full or partial equirectangular picture (GPano).
};

/// One preview made of the original.
struct Derivative {
  int size = 0; ///< The box that it fits into: 256, 1080 or 2048 pixels. Never larger than the original.
  int width = 0;
  int height = 0;
  std::filesystem::path path; ///< `256.webp` in the job's output folder; the caller's to move or remove.
};

/// The answer to one job. Always an answer, whatever the file was: where no picture could be made, `reason` says why.
struct Decoded {
  MediaKind kind = MediaKind::document;
  std::string mime_type = "application/octet-stream";
  /// Empty when all went well, else the stable key of why there is no (whole) preview:
  ///   media.damaged      the bytes are not a whole picture; `derivatives` may still hold what could be read;
  ///   media.too-big      more pixels or memory than the limits allow;
  ///   media.timeout      did not end within the time limit;
  ///   media.crashed      the decoder died of it (which nothing else noticed);
  ///   media.unsupported  a photo of a type that cannot be decoded yet (RAW); metadata are read all the same;
  ///   media.empty        a file of zero bytes.
  /// Video, sound, documents and 3D scans have no reason: that they have no preview is no failure.
  std::string reason;
  std::string cause;         ///< For the log only: what the library said.
  std::optional<int> width;  ///< Pixels, as displayed.
  std::optional<int> height; ///< Pixels, as displayed.
  std::string thumbhash;     ///< Base64 of the ThumbHash; empty without a picture.
  Metadata metadata;
  std::vector<Derivative> derivatives;
  /// After `quick`: whether all three sizes are made already, because decoding once was the cheapest. No `full` is
  /// needed.
  bool complete = false;
};

} // namespace mv::media
