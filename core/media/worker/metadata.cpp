#include "core/media/worker/metadata.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <format>
#include <string_view>

#include "core/media/text.hpp"
#include "core/media/worker/heif.hpp"
#include "core/media/worker/tags.hpp"
#include "core/media/worker/taken.hpp"

namespace mv::media {
namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxTitle = 200;
constexpr std::size_t kMaxDescription = 5000;
constexpr std::size_t kMaxKeyword = 60;
constexpr std::size_t kMaxKeywords = 100;

/// What cameras and programs write into the description of every picture.
constexpr auto kBoilerplate = std::to_array<std::string_view>({
    "SONY DSC",
    "KODAK Digital Still Camera",
    "KODAK DIGITAL STILL CAMERA",
    "DIGITAL CAMERA",
    "Digital Camera",
    "DIGITAL STILL CAMERA",
    "Digital StillCamera",
    "Exif_JPEG_PICTURE",
    "Exif_JPEG_T422",
    "EXIF_JPEG_T422",
    "Exif JPEG",
    "DSC",
    "SAMSUNG",
    "Samsung",
    "default",
    "Default",
    "untitled",
    "Untitled",
    "image description",
    "ASCII",
    "Picasa",
    "Created with GIMP",
    "LEAD Technologies Inc. V1.01",
    "File written by Adobe Photoshop",
    "Processed with VSCO",
    "Screenshot",
    "binary",
});
/// The same by beginning: names that carry a model or a version.
constexpr auto kBoilerplateBeginnings = std::to_array<std::string_view>(
    {"<KENOX", "<Digimax", "<Samsung", "DIGIMAX", "CREATOR: gd-jpeg", "Processed with VSCO", "Created with GIMP",
     "LEAD Technologies", "SAMSUNG DIGITAL", "FUJIFILM", "charset="});
/// Scene codes of Huawei and Honor phones.
constexpr auto kSceneCodes = std::to_array<std::string_view>(
    {"cof", "dav", "mde", "hdr", "hdrpl", "rhdr", "sdr", "ptr", "btf",   "edf",   "rbt",
     "nor", "dig", "fbt", "bty", "lls",   "mac",  "vag", "pap", "nfc",   "oznor", "oznorWO",
     "sfp", "bsh", "ist", "rpt", "edf_",  "cdv",  "mtk", "sty", "burst", "cam"});

bool is_boilerplate(std::string_view text, const CameraInfo& camera) {
  if (std::ranges::find(kBoilerplate, text) != kBoilerplate.end()) return true;
  if (std::ranges::any_of(kBoilerplateBeginnings, [&](std::string_view known) { return text.starts_with(known); })) {
    return true;
  }
  if (text.ends_with(" DIGITAL CAMERA") || text.starts_with("DCIM")) return true;
  if (std::ranges::find(kSceneCodes, text) != kSceneCodes.end()) return true;
  if (!camera.model.empty() && (text == camera.model || text == camera.make)) return true;
  // A line of nothing but punctuation says nothing to a person.
  return std::ranges::none_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

/// Windows' XP tags: UTF-16 in an array of bytes.
std::string windows_text(const Tags& tags, const char* key) {
  const auto* datum = tags.find_exif(key);
  if (!datum || datum->count() > 100'000) return {};
  std::vector<unsigned char> bytes(datum->count());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<unsigned char>(datum->toInt64(i));
  return from_utf16le(bytes);
}

std::string first_of(std::initializer_list<std::string> candidates, std::size_t max_characters, Lines lines,
                     const CameraInfo& camera) {
  for (const std::string& candidate : candidates) {
    std::string text = clean_text(candidate, max_characters, lines);
    if (!text.empty() && !is_boilerplate(text, camera)) return text;
  }
  return {};
}

std::string exposure_text(double seconds) {
  if (!(seconds > 0) || seconds > 100'000) return {};
  if (seconds >= 0.3) return std::format("{:g}", std::round(seconds * 10) / 10);
  return std::format("1/{:.0f}", 1 / seconds);
}

std::optional<double> within(std::optional<double> value, double lowest, double highest) {
  return value && *value >= lowest && *value <= highest ? value : std::nullopt;
}

std::string lens_name(const Tags& tags) {
  for (const char* key : {"Exif.Photo.LensModel", "Xmp.aux.Lens", "Xmp.exifEX.LensModel"}) {
    std::string name = clean_text(tags.text(key), kMaxName);
    if (!name.empty() && name != "----" && name != "n/a") return name;
  }
  std::string name;
  try {
    const auto maker = Exiv2::lensName(tags.exif);
    if (maker != tags.exif.end()) name = clean_text(maker->print(&tags.exif), kMaxName);
  } catch (const std::exception&) {
    // Maker notes are guesswork; they must not cost the date.
  }
  // Exiv2 puts what it does not know in parentheses; a bare number is no name either.
  return name.starts_with('(') || name.starts_with("Unknown") || name == "n/a" ||
                 name.find_first_not_of("0123456789 ") == std::string::npos
             ? std::string()
             : name;
}

CameraInfo read_camera(const Tags& tags) {
  CameraInfo camera;
  camera.make = clean_text(tags.text("Exif.Image.Make"), kMaxName);
  camera.model = clean_text(tags.text("Exif.Image.Model"), kMaxName);
  if (camera.make.empty()) camera.make = clean_text(tags.text("Xmp.tiff.Make"), kMaxName);
  if (camera.model.empty()) camera.model = clean_text(tags.text("Xmp.tiff.Model"), kMaxName);
  camera.lens = lens_name(tags);
  camera.focal_length_mm = within(tags.number("Exif.Photo.FocalLength"), 0.1, 10'000);
  camera.aperture = within(tags.number("Exif.Photo.FNumber"), 0.3, 200);
  camera.exposure = exposure_text(tags.number("Exif.Photo.ExposureTime").value_or(0));
  const auto iso = Exiv2::isoSpeed(tags.exif);
  if (iso != tags.exif.end() && iso->count() > 0) {
    const std::int64_t value = iso->toInt64();
    if (value > 0 && value < 10'000'000) camera.iso = value;
  }
  return camera;
}

std::vector<std::string> read_keywords(const Tags& tags) {
  std::vector<std::string> keywords;
  const auto add = [&](std::string_view written, std::string_view separators) {
    // `Places/Berlin` and `Places|Berlin`: the leaf is what the flat lists of the same file hold too.
    const std::size_t cut = written.find_last_of(separators);
    if (cut != std::string_view::npos && cut + 1 < written.size()) written.remove_prefix(cut + 1);
    std::string keyword = clean_text(written, kMaxKeyword);
    if (keyword.empty() || keyword.starts_with("_Digikam") || keywords.size() >= kMaxKeywords) return;
    if (std::ranges::find(keywords, keyword) == keywords.end()) keywords.push_back(std::move(keyword));
  };
  for (const std::string& tag : tags.texts("Xmp.digiKam.TagsList"))
    add(tag, "/");
  for (const std::string& tag : tags.texts("Xmp.lr.hierarchicalSubject"))
    add(tag, "|");
  for (const std::string& tag : tags.texts("Iptc.Application2.Keywords"))
    add(tag, "");
  for (const std::string& tag : tags.texts("Xmp.dc.subject"))
    add(tag, "");
  std::string windows = windows_text(tags, "Exif.Image.XPKeywords");
  while (!windows.empty()) {
    const std::size_t end = std::min(windows.find(';'), windows.size());
    add(windows.substr(0, end), "");
    windows.erase(0, end + 1);
  }
  return keywords;
}

std::optional<int> read_rating(const Tags& tags) {
  const std::string written = tags.text("Xmp.xmp.Rating");
  std::optional<double> value;
  if (!written.empty() && written.size() < 8) value = std::strtod(written.c_str(), nullptr);
  if (!value) value = tags.number("Exif.Image.Rating");
  if (!value || !(*value >= -1) || *value > 5) return std::nullopt;
  return static_cast<int>(*value);
}

int read_orientation(const Tags& tags) {
  if (const auto written = tags.number("Exif.Image.Orientation"); written && *written >= 1 && *written <= 8) {
    return static_cast<int>(*written);
  }
  const std::string written = tags.text("Xmp.tiff.Orientation");
  return written.size() == 1 && written[0] >= '1' && written[0] <= '8' ? written[0] - '0' : 1;
}

bool is_panorama(const Tags& tags) {
  return clean_text(tags.text("Xmp.GPano.ProjectionType"), 30) == "equirectangular" &&
         clean_text(tags.text("Xmp.GPano.UsePanoramaViewer"), 10) != "False";
}

/// What Exiv2 passes over: EXIF in some HEIC files, and XMP behind EXIF so damaged that the reading ended there.
void salvage(Tags& tags, std::span<const std::byte> file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (tags.exif.empty() && text.size() > 12 && text.substr(4, 4) == "ftyp") {
    const auto block = heif_exif(file);
    if (!block.empty()) Exiv2::ExifParser::decode(tags.exif, block.data(), block.size());
  }
  if (tags.xmp.empty()) {
    constexpr std::size_t kHeads = 1U << 20; // metadata stand before the picture
    constexpr std::string_view kEnd = "</x:xmpmeta>";
    const std::string_view heads = text.substr(0, kHeads);
    const std::size_t begin = heads.find("<x:xmpmeta");
    const std::size_t end = begin == std::string_view::npos ? begin : heads.find(kEnd, begin);
    if (end == std::string_view::npos) return;
    Exiv2::XmpParser::decode(tags.xmp, std::string(heads.substr(begin, end + kEnd.size() - begin)));
  }
}

Metadata collect(const Tags& tags, std::int64_t now_ms) {
  Metadata data;
  data.captured = taken_at(tags, now_ms);
  data.place = taken_where(tags);
  data.camera = read_camera(tags);
  data.title = first_of(
      {tags.text("Xmp.dc.title"), tags.text("Iptc.Application2.ObjectName"), windows_text(tags, "Exif.Image.XPTitle")},
      kMaxTitle, Lines::one, data.camera);
  data.description = first_of({tags.text("Xmp.dc.description"), tags.text("Iptc.Application2.Caption"),
                               tags.text("Exif.Image.ImageDescription"), tags.text("Xmp.tiff.ImageDescription"),
                               windows_text(tags, "Exif.Image.XPComment")},
                              kMaxDescription, Lines::many, data.camera);
  if (data.description == data.title) data.description.clear(); // some programs fill both with one text
  data.keywords = read_keywords(tags);
  data.rating = read_rating(tags);
  data.orientation = read_orientation(tags);
  data.panorama = is_panorama(tags);
  return data;
}

} // namespace

void prepare_metadata() {
  Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
  Exiv2::XmpParser::initialize();
}

Metadata read_metadata(std::span<const std::byte> file, std::int64_t now_ms) {
  try {
    const auto image = Exiv2::ImageFactory::open(reinterpret_cast<const Exiv2::byte*>(file.data()), file.size());
    try {
      image->readMetadata();
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {
      // A damaged part ends the reading; what stood before it was read and counts.
    }
    Tags tags = {image->exifData(), image->iptcData(), image->xmpData()};
    salvage(tags, file);
    return collect(tags, now_ms);
  } catch (const std::bad_alloc&) {
    throw; // the memory limit: the whole job ends
  } catch (const std::exception&) {
    return {};
  }
}

Metadata read_sidecar(std::span<const std::byte> file, std::int64_t now_ms) {
  constexpr std::size_t kLargestPacket = 4U << 20;
  if (file.size() > kLargestPacket) return {};
  try {
    // Exiv2 wants UTF-8; Lightroom for one writes UTF-16 with its mark.
    std::string packet(reinterpret_cast<const char*>(file.data()), file.size());
    if (packet.starts_with("\xff\xfe"))
      packet = from_utf16le({reinterpret_cast<const unsigned char*>(file.data()) + 2, file.size() - 2});
    Tags tags;
    Exiv2::XmpParser::decode(tags.xmp, packet);
    return collect(tags, now_ms);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return {};
  }
}

} // namespace mv::media
