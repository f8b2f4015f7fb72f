#include "core/media/sniff.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/media/sniff_tables.hpp"

namespace mv::media {
namespace {

using namespace sniffing;
using enum MediaKind;
using std::string_view_literals::operator""sv;

std::string extension_of(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos || file_name.size() - dot > 12) return {};
  std::string extension(file_name.substr(dot + 1));
  std::ranges::transform(extension, extension.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return extension;
}

template <std::size_t N>
std::optional<Sniffed> by_extension(const std::array<Extension, N>& table, std::string_view extension) {
  const auto found = std::ranges::find(table, extension, &Extension::name);
  if (found == table.end()) return std::nullopt;
  return found->type;
}

std::uint32_t big_endian(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = (value << 8) | static_cast<std::uint8_t>(bytes[offset + i]);
  }
  return value;
}

std::optional<Sniffed> by_brand(std::string_view brand) {
  const auto found = std::ranges::find_if(kBrands, [&](const Brand& known) { return brand.starts_with(known.name); });
  if (found == kBrands.end()) return std::nullopt;
  return found->type;
}

/// ISO base media: MP4, QuickTime, HEIF and kin.
std::optional<Sniffed> sniff_boxes(std::string_view head) {
  if (head.size() < 12) return std::nullopt;
  const std::string_view box = head.substr(4, 4);
  // QuickTime files from before `ftyp` begin with one of these.
  if (box == "moov" || box == "mdat" || box == "wide" || box == "free" || box == "skip" || box == "pnot") {
    return plain(video, box == "free" || box == "skip" ? "video/mp4" : "video/quicktime");
  }
  if (box != "ftyp") return std::nullopt;
  const auto major = by_brand(head.substr(8, 4));
  const std::size_t end = std::min<std::size_t>(head.size(), big_endian(head, 0));
  // `mif1` says only "a picture in this container": the compatible brands tell which coding it has.
  const bool vague = !major || major->mime_type == "image/heif"sv;
  if (!vague) return major;
  for (std::size_t at = 16; at + 4 <= end; at += 4) {
    const auto compatible = by_brand(head.substr(at, 4));
    if (!compatible || compatible->mime_type == "image/heif"sv) continue;
    if (major || compatible->kind == photo) return compatible;
  }
  return major ? major : std::optional(plain(video, "video/mp4"));
}

std::optional<Sniffed> sniff_riff(std::string_view head) {
  if (head.size() < 12 || !(head.starts_with("RIFF") || head.starts_with("RF64"))) return std::nullopt;
  const std::string_view form = head.substr(8, 4);
  if (form == "WEBP") return picture("image/webp");
  if (form == "WAVE") return plain(audio, "audio/wav");
  if (form == "AVI ") return plain(video, "video/x-msvideo");
  return std::nullopt;
}

std::optional<Sniffed> sniff_aiff(std::string_view head) {
  if (head.size() < 12 || !head.starts_with("FORM")) return std::nullopt;
  const std::string_view form = head.substr(8, 4);
  if (form == "AIFF" || form == "AIFC") return plain(audio, "audio/aiff");
  return std::nullopt;
}

std::optional<Sniffed> sniff_ogg(std::string_view head) {
  if (!head.starts_with("OggS") || head.size() < 36) return std::nullopt;
  const std::string_view page = head.substr(28);
  if (page.starts_with("OpusHead")) return plain(audio, "audio/opus");
  if (page.starts_with("\x80theora")) return plain(video, "video/ogg");
  return plain(audio, "audio/ogg");
}

/// TIFF and the RAW families that are TIFF inside. Never hand a RAW file to a TIFF reader: it would take the embedded
/// preview for the picture.
std::optional<Sniffed> sniff_tiff(std::string_view head, std::string_view extension) {
  const bool classic = head.starts_with("II*\0"sv) || head.starts_with("MM\0*"sv);
  const bool big = head.starts_with("II+\0"sv) || head.starts_with("MM\0+"sv);
  if (!classic && !big) return std::nullopt;
  if (const auto raw = by_extension(kTiffExtensions, extension)) return raw;
  // A renamed DNG or NEF still names its maker's version tag in the first directory.
  if (classic && head.size() >= 10) {
    const bool little = head[0] == 'I';
    const auto number = [&](std::size_t offset, std::size_t length) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < length; ++i) {
        const std::size_t at = little ? offset + length - 1 - i : offset + i;
        value = (value << 8) | static_cast<std::uint8_t>(head[at]);
      }
      return value;
    };
    constexpr std::uint32_t kDngVersion = 0xc612;
    const std::size_t directory = number(4, 4);
    if (directory + 2 <= head.size()) {
      const std::size_t entries = number(directory, 2);
      for (std::size_t i = 0; i < entries && directory + 2 + 12 * (i + 1) <= head.size(); ++i) {
        if (number(directory + 2 + 12 * i, 2) == kDngVersion) return raw_photo("image/x-adobe-dng");
      }
    }
  }
  return picture("image/tiff");
}

std::optional<Sniffed> sniff_bmp(std::string_view head) {
  if (head.size() < 26 || !head.starts_with("BM")) return std::nullopt;
  // Two letters are a weak signature: the size of the header behind them must be one of the known ones.
  const auto header = static_cast<std::uint8_t>(head[14]);
  constexpr std::array<std::uint8_t, 6> kHeaders = {12, 40, 52, 56, 108, 124};
  if (head[15] != 0 || std::ranges::find(kHeaders, header) == kHeaders.end()) return std::nullopt;
  return picture("image/bmp");
}

/// A ZIP says by its first entry what it holds, where it is not just an archive.
std::optional<Sniffed> sniff_zip(std::string_view head, std::string_view extension) {
  if (!head.starts_with("PK\x03\x04")) return std::nullopt;
  if (const auto known = by_extension(kZipExtensions, extension)) return known;
  if (head.find("mimetypeapplication/epub+zip") != std::string_view::npos) return kZipExtensions[6].type;
  if (head.find("mimetypeapplication/vnd.oasis.opendocument.text") != std::string_view::npos) {
    return kZipExtensions[3].type;
  }
  if (head.find("word/") != std::string_view::npos) return kZipExtensions[0].type;
  if (head.find("3D/3dmodel.model") != std::string_view::npos) return kZipExtensions[7].type;
  return plain(document, "application/zip");
}

std::optional<Sniffed> sniff_mpeg_stream(std::string_view head) {
  constexpr std::size_t kPacket = 188;
  // Plain transport streams, and those of camcorders with a time stamp of four bytes before each packet.
  for (const std::size_t lead : {std::size_t{0}, std::size_t{4}}) {
    const std::size_t step = kPacket + lead;
    if (head.size() < 3 * step) continue;
    if (head[lead] == 'G' && head[lead + step] == 'G' && head[lead + 2 * step] == 'G') {
      return plain(video, "video/mp2t");
    }
  }
  return std::nullopt;
}

/// MP3 and AAC frames without a tag before them: two frames must follow each other, as a sync word alone is chance.
std::optional<Sniffed> sniff_frames(std::string_view head) {
  if (head.size() < 8) return std::nullopt;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(head[i]); };
  if (at(0) != 0xff || (at(1) & 0xe0) != 0xe0) return std::nullopt;
  if ((at(1) & 0xf6) == 0xf0) return plain(audio, "audio/aac");
  const int version = (at(1) >> 3) & 3;
  const int layer = (at(1) >> 1) & 3;
  const int rate_index = at(2) >> 4;
  const int sample_index = (at(2) >> 2) & 3;
  if (version == 1 || layer != 1 || rate_index == 0 || rate_index == 15 || sample_index == 3) return std::nullopt;
  constexpr std::array<int, 15> kRates1 = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
  constexpr std::array<int, 15> kRates2 = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
  constexpr std::array<int, 3> kSamples = {44'100, 48'000, 32'000};
  const bool first = version == 3;
  const int rate = (first ? kRates1 : kRates2)[static_cast<std::size_t>(rate_index)] * 1000;
  const int samples = kSamples[static_cast<std::size_t>(sample_index)] / (first ? 1 : version == 2 ? 2 : 4);
  const int frame = (first ? 144 : 72) * rate / samples + ((at(2) >> 1) & 1);
  const auto next = static_cast<std::size_t>(frame);
  if (next + 2 > head.size()) return std::nullopt;
  if (at(next) != 0xff || (at(next + 1) & 0xfe) != (at(1) & 0xfe)) return std::nullopt;
  return plain(audio, "audio/mpeg");
}

/// Whether these bytes are text: no control characters but white space. UTF-16 counts with its byte order mark.
bool is_text(std::string_view head) {
  if (head.empty()) return false;
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff")) return true;
  return std::ranges::none_of(head, [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte == 0x7f || (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t' && byte != '\f');
  });
}

std::optional<Sniffed> sniff_text(std::string_view head, std::string_view extension) {
  if (!is_text(head)) return std::nullopt;
  std::string_view text = head;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return plain(document, "text/plain");
  text.remove_prefix(first);
  if (text.starts_with("<svg") || (text.starts_with("<") && text.find("<svg") != std::string_view::npos)) {
    return plain(document, "image/svg+xml"); // active content: kept, never rendered
  }
  if (text.starts_with("<!DOCTYPE html") || text.starts_with("<!doctype html") || text.starts_with("<html")) {
    return plain(document, "text/html");
  }
  if (extension == "stl" && text.starts_with("solid")) return plain(scan3d, "model/stl");
  if (text.starts_with("0 HEAD")) return plain(document, "text/vnd.familysearch.gedcom");
  if (text.starts_with("{") && extension != "json" && text.find("\"asset\"") != std::string_view::npos &&
      text.find("\"version\"") != std::string_view::npos) {
    return plain(scan3d, "model/gltf+json");
  }
  if (const auto known = by_extension(kTextExtensions, extension)) return known;
  if (text.starts_with("<?xml") || text.starts_with("<x:xmpmeta")) return plain(document, "text/xml");
  return plain(document, "text/plain");
}

/// Bytes that say nothing: the name tells at least what the person meant to keep, so that a damaged photo is reported
/// as one. The MIME type stays unknown, as nothing vouches for it. (A binary STL has no signature, so there it is
/// known.)
Sniffed sniff_by_name(std::string_view extension) {
  constexpr auto among = [](std::initializer_list<std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (extension == "stl") return plain(scan3d, "model/stl");
  if (among({"jpg", "jpeg", "jpe", "png", "gif", "webp", "tif", "tiff", "heic", "heif", "avif", "jxl", "bmp"},
            extension)) {
    return picture(kUnknownType);
  }
  if (by_extension(kTiffExtensions, extension) || among({"crw", "cr3", "raf", "orf", "rw2", "x3f", "mrw"}, extension)) {
    return raw_photo(kUnknownType);
  }
  if (among({"mp4", "m4v", "mov", "webm", "mkv", "avi", "3gp", "mts", "m2ts", "mpg", "mpeg", "wmv"}, extension)) {
    return plain(video, kUnknownType);
  }
  if (among({"mp3", "m4a", "aac", "wav", "flac", "ogg", "opus", "amr", "wma"}, extension)) {
    return plain(audio, kUnknownType);
  }
  return Sniffed{};
}

} // namespace

Sniffed sniff(std::span<const std::byte> head, std::string_view file_name) {
  const std::string_view bytes(reinterpret_cast<const char*>(head.data()), std::min(head.size(), kSniffBytes));
  const std::string extension = extension_of(file_name);

  // RAW families that are TIFF inside carry a longer signature, so they stand in the table before TIFF is asked.
  for (const Signature& signature : kSignatures) {
    if (bytes.size() < signature.offset + signature.bytes.size()) continue;
    if (bytes.substr(signature.offset, signature.bytes.size()) != signature.bytes) continue;
    if (signature.type.mime_type == "video/x-matroska" && bytes.find("webm") < 64) return plain(video, "video/webm");
    if (signature.type.mime_type == "application/x-ole-storage") {
      return by_extension(kOleExtensions, extension).value_or(signature.type);
    }
    return signature.type;
  }
  if (const auto found = sniff_tiff(bytes, extension)) return *found;
  if (const auto found = sniff_boxes(bytes)) return *found;
  if (const auto found = sniff_riff(bytes)) return *found;
  if (const auto found = sniff_aiff(bytes)) return *found;
  if (const auto found = sniff_ogg(bytes)) return *found;
  if (const auto found = sniff_bmp(bytes)) return *found;
  if (const auto found = sniff_zip(bytes, extension)) return *found;
  if (const auto found = sniff_mpeg_stream(bytes)) return *found;
  if (const auto found = sniff_frames(bytes)) return *found;
  if (const auto found = sniff_text(bytes, extension)) return *found;
  return sniff_by_name(extension);
}

std::string_view name_of(MediaKind kind) {
  switch (kind) {
    case photo:
      return "photo";
    case video:
      return "video";
    case audio:
      return "audio";
    case document:
      return "document";
    case scan3d:
      return "scan3d";
  }
  return "document";
}

} // namespace mv::media
