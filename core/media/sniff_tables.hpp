#pragma once

// What `sniff` knows by heart: signatures, brands and extensions. Seen by sniff.cpp only.

#include <array>
#include <cstddef>
#include <string_view>

#include "core/media/sniff.hpp"

namespace mv::media::sniffing {

using std::string_view_literals::operator""sv;

/// Bytes that a type has at a place of its own.
struct Signature {
  std::size_t offset;
  std::string_view bytes;
  Sniffed type;
};

constexpr std::string_view kUnknownType = "application/octet-stream";

constexpr Sniffed picture(std::string_view mime_type) { return {MediaKind::photo, mime_type, true, false}; }
constexpr Sniffed raw_photo(std::string_view mime_type) { return {MediaKind::photo, mime_type, false, true}; }
constexpr Sniffed plain(MediaKind kind, std::string_view mime_type) { return {kind, mime_type, false, false}; }

// The first match wins, so the longer of two that begin alike stands before the shorter one.
constexpr auto kSignatures = std::to_array<Signature>({
    {0, "\xff\xd8\xff"sv, picture("image/jpeg")},
    {0, "\x89PNG\r\n\x1a\n"sv, picture("image/png")},
    {0, "GIF87a"sv, picture("image/gif")},
    {0, "GIF89a"sv, picture("image/gif")},
    {0, "\xff\x0a"sv, picture("image/jxl")},
    {0, "\0\0\0\x0cJXL \r\n\x87\n"sv, picture("image/jxl")},
    {0, "\0\0\0\x0cjP  \r\n\x87\n"sv, plain(MediaKind::photo, "image/jp2")},
    {0, "\xff\x4f\xff\x51"sv, plain(MediaKind::photo, "image/x-j2c")},
    {0, "FUJIFILMCCD-RAW"sv, raw_photo("image/x-fuji-raf")},
    {0, "FOVb"sv, raw_photo("image/x-sigma-x3f")},
    {0, "\0MRM"sv, raw_photo("image/x-minolta-mrw")},
    {6, "HEAPCCDR"sv, raw_photo("image/x-canon-crw")},
    {8, "CR\x02\0"sv, raw_photo("image/x-canon-cr2")},
    {0, "IIU\0"sv, raw_photo("image/x-panasonic-rw2")},
    {0, "IIRO"sv, raw_photo("image/x-olympus-orf")},
    {0, "IIRS"sv, raw_photo("image/x-olympus-orf")},
    {0, "MMOR"sv, raw_photo("image/x-olympus-orf")},
    {0, "8BPS"sv, plain(MediaKind::photo, "image/vnd.adobe.photoshop")},
    {0, "\0\0\x01\0"sv, plain(MediaKind::document, "image/x-icon")},

    {0, "\x1a\x45\xdf\xa3"sv, plain(MediaKind::video, "video/x-matroska")}, // or WebM, see below
    {0, "FLV\x01"sv, plain(MediaKind::video, "video/x-flv")},
    {0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv, plain(MediaKind::video, "video/x-ms-asf")},
    {0, "\0\0\x01\xba"sv, plain(MediaKind::video, "video/mpeg")},
    {0, "\0\0\x01\xb3"sv, plain(MediaKind::video, "video/mpeg")},

    {0, "ID3"sv, plain(MediaKind::audio, "audio/mpeg")},
    {0, "fLaC"sv, plain(MediaKind::audio, "audio/flac")},
    {0, "#!AMR"sv, plain(MediaKind::audio, "audio/amr")},
    {0, "MThd"sv, plain(MediaKind::audio, "audio/midi")},
    {0, "caff\0\x01"sv, plain(MediaKind::audio, "audio/x-caf")},

    {0, "%PDF-"sv, plain(MediaKind::document, "application/pdf")},
    {0, "AT&TFORM"sv, plain(MediaKind::document, "image/vnd.djvu")},
    {0, "{\\rtf"sv, plain(MediaKind::document, "application/rtf")},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, plain(MediaKind::document, "application/x-ole-storage")},
    {0, "\x1f\x8b"sv, plain(MediaKind::document, "application/gzip")},
    {0, "7z\xbc\xaf\x27\x1c"sv, plain(MediaKind::document, "application/x-7z-compressed")},
    {0, "Rar!\x1a\x07"sv, plain(MediaKind::document, "application/vnd.rar")},

    {0, "glTF"sv, plain(MediaKind::scan3d, "model/gltf-binary")},
    {0, "ply\n"sv, plain(MediaKind::scan3d, "model/ply")},
    {0, "ply\r\n"sv, plain(MediaKind::scan3d, "model/ply")},
    {0, "Kaydara FBX Binary"sv, plain(MediaKind::scan3d, "model/vnd.fbx")},
});

/// The brands of ISO base media files (bytes 8 to 12 of `ftyp`, or one of the compatible ones).
struct Brand {
  std::string_view name;
  Sniffed type;
};

constexpr auto kBrands = std::to_array<Brand>({
    {"avif", picture("image/avif")},
    {"avis", picture("image/avif")},
    {"heic", picture("image/heic")},
    {"heix", picture("image/heic")},
    {"heim", picture("image/heic")},
    {"heis", picture("image/heic")},
    {"hevc", picture("image/heic")},
    {"hevx", picture("image/heic")},
    {"mif1", picture("image/heif")},
    {"msf1", picture("image/heif")},
    {"crx ", raw_photo("image/x-canon-cr3")},
    {"M4A ", plain(MediaKind::audio, "audio/mp4")},
    {"M4B ", plain(MediaKind::audio, "audio/mp4")},
    {"F4A ", plain(MediaKind::audio, "audio/mp4")},
    {"qt  ", plain(MediaKind::video, "video/quicktime")},
    {"3gp", plain(MediaKind::video, "video/3gpp")},
    {"3g2", plain(MediaKind::video, "video/3gpp2")},
    {"jp2 ", plain(MediaKind::photo, "image/jp2")},
});

/// Types that have no signature, or whose signature is that of a family, told by the name.
struct Extension {
  std::string_view name;
  Sniffed type;
};

constexpr auto kTiffExtensions = std::to_array<Extension>({
    {"dng", raw_photo("image/x-adobe-dng")},
    {"nef", raw_photo("image/x-nikon-nef")},
    {"nrw", raw_photo("image/x-nikon-nrw")},
    {"arw", raw_photo("image/x-sony-arw")},
    {"sr2", raw_photo("image/x-sony-sr2")},
    {"srf", raw_photo("image/x-sony-srf")},
    {"pef", raw_photo("image/x-pentax-pef")},
    {"srw", raw_photo("image/x-samsung-srw")},
    {"cr2", raw_photo("image/x-canon-cr2")},
    {"dcr", raw_photo("image/x-kodak-dcr")},
    {"kdc", raw_photo("image/x-kodak-kdc")},
    {"3fr", raw_photo("image/x-hasselblad-3fr")},
    {"fff", raw_photo("image/x-hasselblad-fff")},
    {"iiq", raw_photo("image/x-phaseone-iiq")},
    {"mos", raw_photo("image/x-leaf-mos")},
    {"erf", raw_photo("image/x-epson-erf")},
    {"mef", raw_photo("image/x-mamiya-mef")},
    {"rwl", raw_photo("image/x-leica-rwl")},
});

constexpr auto kZipExtensions = std::to_array<Extension>({
    {"docx", plain(MediaKind::document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
    {"xlsx", plain(MediaKind::document, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
    {"pptx", plain(MediaKind::document, "application/vnd.openxmlformats-officedocument.presentationml.presentation")},
    {"odt", plain(MediaKind::document, "application/vnd.oasis.opendocument.text")},
    {"ods", plain(MediaKind::document, "application/vnd.oasis.opendocument.spreadsheet")},
    {"odp", plain(MediaKind::document, "application/vnd.oasis.opendocument.presentation")},
    {"epub", plain(MediaKind::document, "application/epub+zip")},
    {"3mf", plain(MediaKind::scan3d, "model/3mf")},
    {"usdz", plain(MediaKind::scan3d, "model/vnd.usdz+zip")},
});

constexpr auto kOleExtensions = std::to_array<Extension>({
    {"doc", plain(MediaKind::document, "application/msword")},
    {"xls", plain(MediaKind::document, "application/vnd.ms-excel")},
    {"ppt", plain(MediaKind::document, "application/vnd.ms-powerpoint")},
});

constexpr auto kTextExtensions = std::to_array<Extension>({
    {"obj", plain(MediaKind::scan3d, "model/obj")},
    {"mtl", plain(MediaKind::document, "model/mtl")},
    {"md", plain(MediaKind::document, "text/markdown")},
    {"markdown", plain(MediaKind::document, "text/markdown")},
    {"csv", plain(MediaKind::document, "text/csv")},
    {"ged", plain(MediaKind::document, "text/vnd.familysearch.gedcom")},
    {"vcf", plain(MediaKind::document, "text/vcard")},
    {"ics", plain(MediaKind::document, "text/calendar")},
    {"srt", plain(MediaKind::document, "application/x-subrip")},
    {"vtt", plain(MediaKind::document, "text/vtt")},
    {"json", plain(MediaKind::document, "application/json")},
    {"gltf", plain(MediaKind::scan3d, "model/gltf+json")},
    {"xmp", plain(MediaKind::document, kSidecarType)},
    {"gpx", plain(MediaKind::document, "application/gpx+xml")},
    {"kml", plain(MediaKind::document, "application/vnd.google-earth.kml+xml")},
    {"html", plain(MediaKind::document, "text/html")},
    {"htm", plain(MediaKind::document, "text/html")},
});

} // namespace mv::media::sniffing
