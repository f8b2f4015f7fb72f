#include "core/media/worker/taken.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <format>

#include "core/media/wall_time.hpp"

namespace mv::media {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

/// A tag that tells a date, and the tags that complete it (null where it has none).
struct DateTag {
  const char* key;
  const char* subsecond;
  const char* offset;
  bool weak;
};

constexpr auto kDateTags = std::to_array<DateTag>({
    {"Exif.Photo.DateTimeOriginal", "Exif.Photo.SubSecTimeOriginal", "Exif.Photo.OffsetTimeOriginal", false},
    {"Exif.Image.DateTimeOriginal", nullptr, nullptr, false},
    {"Xmp.exif.SubSecDateTimeOriginal", nullptr, nullptr, false},
    {"Xmp.exif.DateTimeOriginal", nullptr, nullptr, false},
    {"Iptc.Application2.DateCreated", nullptr, nullptr, false},
    {"Xmp.photoshop.DateCreated", nullptr, nullptr, false},
    // When it became digital: for a camera the same moment, for a scanned print a later one.
    {"Exif.Photo.DateTimeDigitized", "Exif.Photo.SubSecTimeDigitized", "Exif.Photo.OffsetTimeDigitized", true},
    {"Xmp.xmp.SubSecCreateDate", nullptr, nullptr, true},
    {"Xmp.xmp.CreateDate", nullptr, nullptr, true},
    {"Xmp.xmp.CreationDate", nullptr, nullptr, true},
    {"Xmp.xmp.MediaCreateDate", nullptr, nullptr, true},
    {"Xmp.xmp.SubSecMediaCreateDate", nullptr, nullptr, true},
    {"Xmp.xmp.DateTimeCreated", nullptr, nullptr, true},
});

/// `GPSDateStamp` and `GPSTimeStamp`, which are UTC; or XMP's one tag for both.
std::optional<WallTime> gps_time(const Tags& tags) {
  const auto hour = tags.number("Exif.GPSInfo.GPSTimeStamp", 0);
  const auto minute = tags.number("Exif.GPSInfo.GPSTimeStamp", 1);
  const auto second = tags.number("Exif.GPSInfo.GPSTimeStamp", 2);
  if (hour && minute && second && *hour < 24 && *minute < 60 && *second < 61) {
    const std::string clock = std::format(" {:02}:{:02}:{:02}", static_cast<int>(*hour), static_cast<int>(*minute),
                                          static_cast<int>(*second));
    std::string date = tags.text("Exif.GPSInfo.GPSDateStamp");
    if (const std::size_t nul = date.find('\0'); nul != std::string::npos) date.resize(nul);
    const auto time = parse_time(date + clock);
    if (time && time->local.precision == Precision::second) return time->local;
  }
  const auto time = parse_time(tags.text("Xmp.exif.GPSTimeStamp"));
  if (time && time->local.precision == Precision::second && time->offset_minutes.value_or(0) == 0) return time->local;
  return std::nullopt;
}

/// The zone that follows from the camera's clock and the GPS clock. A fix may be old, so what is left after the nearest
/// quarter of an hour must be small, and the zone one that exists.
std::optional<int> offset_by_gps(const WallTime& local, const WallTime& gps) {
  if (local.precision != Precision::second) return std::nullopt;
  const std::int64_t apart = as_utc_ms(local) - as_utc_ms(gps);
  constexpr std::int64_t kQuarter = 15 * kMinuteMs;
  const std::int64_t quarters = (apart + (apart >= 0 ? kQuarter / 2 : -kQuarter / 2)) / kQuarter;
  constexpr std::int64_t kTolerance = 90'000;
  if (std::abs(apart - quarters * kQuarter) > kTolerance || std::abs(quarters) > 14 * 4) return std::nullopt;
  const int minutes = static_cast<int>(quarters * 15);
  constexpr std::array<int, 12> kOddZones = {-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765};
  if (minutes % 60 == 0 && minutes >= -12 * 60) return minutes;
  for (const int zone : kOddZones) {
    if (minutes == zone) return minutes;
  }
  return std::nullopt;
}

int milliseconds_of(const std::string& digits) {
  int value = 0;
  int scale = 100;
  for (const char c : digits) {
    if (c < '0' || c > '9' || scale == 0) break;
    value += (c - '0') * scale;
    scale /= 10;
  }
  return value;
}

std::optional<CapturedAt> from_tag(const Tags& tags, const DateTag& tag, std::int64_t now_ms) {
  std::string written = tags.text(tag.key);
  if (written.empty()) return std::nullopt;
  if (std::string_view(tag.key) == "Iptc.Application2.DateCreated") {
    const std::string clock = tags.text("Iptc.Application2.TimeCreated");
    if (parse_time(written + " " + clock)) written += " " + clock;
  }
  const auto time = parse_time(written);
  if (!time || !is_plausible(time->local, now_ms)) return std::nullopt;
  CapturedAt captured = {
      .local = time->local, .offset_minutes = time->offset_minutes, .source = tag.key, .weak = tag.weak};
  if (tag.subsecond && captured.local.millisecond == 0) {
    captured.local.millisecond = milliseconds_of(tags.text(tag.subsecond));
  }
  if (tag.offset && !captured.offset_minutes) {
    captured.offset_minutes = parse_offset(tags.text(tag.offset));
    if (!captured.offset_minutes) captured.offset_minutes = parse_offset(tags.text("Exif.Photo.OffsetTime"));
  }
  return captured;
}

/// XMP's `43,28.0213N` or `43,28,1N`, in degrees.
std::optional<double> xmp_degrees(const std::string& text, char positive, char negative) {
  if (text.empty() || (text.back() != positive && text.back() != negative)) return std::nullopt;
  double degrees = 0;
  double unit = 1;
  const char* at = text.data();
  const char* const end = text.data() + text.size() - 1;
  while (at < end) {
    double part = 0;
    const auto [next, error] = std::from_chars(at, end, part, std::chars_format::fixed);
    if (error != std::errc() || part < 0) return std::nullopt;
    degrees += part / unit;
    unit *= 60;
    at = next < end && *next == ',' ? next + 1 : next;
    if (next < end && *next != ',') return std::nullopt;
  }
  return text.back() == negative ? -degrees : degrees;
}

std::optional<double> exif_degrees(const Tags& tags, const char* key, const char* hemisphere, char positive,
                                   char negative) {
  const auto degrees = tags.number(key, 0);
  if (!degrees) return std::nullopt;
  // Minutes and seconds of 0/0 mean that the degrees have a fraction.
  const double value = *degrees + tags.number(key, 1).value_or(0) / 60 + tags.number(key, 2).value_or(0) / 3600;
  const std::string side = tags.text(hemisphere);
  if (side.empty() || (side.front() != positive && side.front() != negative)) return std::nullopt;
  return side.front() == negative ? -value : value;
}

} // namespace

std::optional<CapturedAt> taken_at(const Tags& tags, std::int64_t now_ms) {
  const auto gps = gps_time(tags);
  for (const DateTag& tag : kDateTags) {
    auto captured = from_tag(tags, tag, now_ms);
    if (!captured) continue;
    if (!captured->offset_minutes && gps) captured->offset_minutes = offset_by_gps(captured->local, *gps);
    return captured;
  }
  // The plain DateTime is when the file was last changed. Only beside an exposure, which scanners and editors do not
  // write by themselves, does it tell of a camera that knew no better tag.
  if (tags.number("Exif.Photo.ExposureTime") || tags.number("Exif.Photo.FNumber")) {
    if (auto captured = from_tag(tags, {"Exif.Image.DateTime", nullptr, nullptr, true}, now_ms)) return captured;
  }
  if (gps && is_plausible(*gps, now_ms)) {
    return CapturedAt{.local = *gps, .offset_minutes = 0, .source = "Exif.GPSInfo.GPSTimeStamp", .weak = true};
  }
  return std::nullopt;
}

std::optional<GeoPoint> taken_where(const Tags& tags) {
  auto latitude = exif_degrees(tags, "Exif.GPSInfo.GPSLatitude", "Exif.GPSInfo.GPSLatitudeRef", 'N', 'S');
  auto longitude = exif_degrees(tags, "Exif.GPSInfo.GPSLongitude", "Exif.GPSInfo.GPSLongitudeRef", 'E', 'W');
  if (!latitude || !longitude) {
    latitude = xmp_degrees(tags.text("Xmp.exif.GPSLatitude"), 'N', 'S');
    longitude = xmp_degrees(tags.text("Xmp.exif.GPSLongitude"), 'E', 'W');
  }
  if (!latitude || !longitude) return std::nullopt;
  // Written so that what is not a number is refused too.
  if (!(std::abs(*latitude) <= 90) || !(std::abs(*longitude) <= 180)) return std::nullopt;
  constexpr double kNoFix = 1e-6; // devices write 0/0 before they know where they are
  if (std::abs(*latitude) < kNoFix && std::abs(*longitude) < kNoFix) return std::nullopt;
  GeoPoint place = {.latitude = *latitude, .longitude = *longitude, .altitude_m = {}};
  if (const auto altitude = tags.number("Exif.GPSInfo.GPSAltitude"); altitude && *altitude < 20'000) {
    const auto below = tags.number("Exif.GPSInfo.GPSAltitudeRef");
    place.altitude_m = below && *below == 1 ? -*altitude : *altitude;
  }
  return place;
}

} // namespace mv::media
