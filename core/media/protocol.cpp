#include "core/media/protocol.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstring>
#include <type_traits>

#include "core/base/encoding.hpp"
#include "core/media/text.hpp"

namespace mv::media {
namespace {

constexpr std::size_t kMaxItems = 1000;

/// Appends values to a frame.
class Writer {
public:
  template <typename T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void value(const T& v) {
    out_.append(reinterpret_cast<const char*>(&v), sizeof v);
  }
  void value(const std::string& text) {
    value(static_cast<std::uint32_t>(text.size()));
    out_ += text;
  }
  template <typename T>
  void optional(const std::optional<T>& v) {
    value(static_cast<std::uint8_t>(v.has_value() ? 1 : 0));
    if (v) visit(*this, *v);
  }
  template <typename T>
  void list(const std::vector<T>& items) {
    value(static_cast<std::uint32_t>(items.size()));
    for (const T& item : items)
      visit(*this, item);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

private:
  std::string out_;
};

/// Takes them off again; after the first thing that does not fit, `good` is false and everything stays at its default.
class Reader {
public:
  explicit Reader(std::string_view body) : body_(body) {}

  template <typename T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) && (!std::same_as<T, bool>)
  void value(T& v) {
    if (!enough(sizeof v)) return;
    std::memcpy(&v, body_.data(), sizeof v);
    body_.remove_prefix(sizeof v);
  }
  void value(bool& v) {
    std::uint8_t byte = 0;
    value(byte);
    good_ = good_ && byte <= 1;
    v = byte == 1;
  }
  void value(std::string& text) {
    std::uint32_t length = 0;
    value(length);
    if (!enough(length)) return;
    text.assign(body_.substr(0, length));
    body_.remove_prefix(length);
  }
  template <typename T>
  void optional(std::optional<T>& v) {
    bool there = false;
    value(there);
    if (good_ && there) visit(*this, v.emplace());
  }
  template <typename T>
  void list(std::vector<T>& items) {
    std::uint32_t count = 0;
    value(count);
    good_ = good_ && count <= kMaxItems;
    for (std::uint32_t i = 0; good_ && i < count; ++i)
      visit(*this, items.emplace_back());
  }
  [[nodiscard]] bool finished() const { return good_ && body_.empty(); }

private:
  bool enough(std::size_t size) {
    good_ = good_ && body_.size() >= size;
    return good_;
  }

  std::string_view body_;
  bool good_ = true;
};

// One description of each type serves both directions: `T` is const for the Writer.

template <typename A, typename T>
  requires std::is_arithmetic_v<T> || std::same_as<std::remove_const_t<T>, std::string>
void visit(A& archive, T& v) {
  archive.value(v);
}

template <typename A, typename T>
  requires std::same_as<std::remove_const_t<T>, CapturedAt>
void visit(A& archive, T& v) {
  archive.value(v.local.year);
  archive.value(v.local.month);
  archive.value(v.local.day);
  archive.value(v.local.hour);
  archive.value(v.local.minute);
  archive.value(v.local.second);
  archive.value(v.local.millisecond);
  archive.value(v.local.precision);
  archive.optional(v.offset_minutes);
  archive.value(v.source);
  archive.value(v.weak);
}

template <typename A, typename T>
  requires std::same_as<std::remove_const_t<T>, GeoPoint>
void visit(A& archive, T& v) {
  archive.value(v.latitude);
  archive.value(v.longitude);
  archive.optional(v.altitude_m);
}

template <typename A, typename T>
  requires std::same_as<std::remove_const_t<T>, CameraInfo>
void visit(A& archive, T& v) {
  archive.value(v.make);
  archive.value(v.model);
  archive.value(v.lens);
  archive.optional(v.focal_length_mm);
  archive.optional(v.aperture);
  archive.value(v.exposure);
  archive.optional(v.iso);
}

template <typename A, typename T>
  requires std::same_as<std::remove_const_t<T>, Metadata>
void visit(A& archive, T& v) {
  archive.optional(v.captured);
  archive.optional(v.place);
  visit(archive, v.camera);
  archive.value(v.title);
  archive.value(v.description);
  archive.list(v.keywords);
  archive.optional(v.rating);
  archive.value(v.orientation);
  archive.value(v.panorama);
}

template <typename A, typename T>
  requires std::same_as<std::remove_const_t<T>, Derivative>
void visit(A& archive, T& v) {
  archive.value(v.size);
  archive.value(v.width);
  archive.value(v.height);
}

template <typename A, typename T>
  requires std::same_as<std::remove_const_t<T>, AnswerMessage>
void visit(A& archive, T& v) {
  archive.value(v.decoded.reason);
  archive.value(v.decoded.cause);
  archive.optional(v.decoded.width);
  archive.optional(v.decoded.height);
  archive.value(v.decoded.thumbhash);
  visit(archive, v.decoded.metadata);
  archive.list(v.decoded.derivatives);
  archive.value(v.decoded.complete);
  archive.list(v.files);
}

template <typename A, typename T>
  requires std::same_as<std::remove_const_t<T>, JobMessage>
void visit(A& archive, T& v) {
  archive.value(v.step);
  archive.value(v.mime_type);
  archive.value(v.decodable);
  archive.value(v.max_pixels);
}

bool is_text(const std::string& text, std::size_t max_bytes) {
  return text.size() <= max_bytes && is_utf8(text) && text.find('\0') == std::string::npos;
}

bool is_size(int pixels) { return pixels >= 1 && pixels <= 100'000'000; }

bool is_date(const CapturedAt& captured) {
  const WallTime& t = captured.local;
  const std::chrono::year_month_day date(std::chrono::year(t.year), std::chrono::month(static_cast<unsigned>(t.month)),
                                         std::chrono::day(static_cast<unsigned>(t.day)));
  const auto within = [](int value, int top) { return value >= 0 && value <= top; };
  return t.year >= 1 && t.year <= 9999 && date.ok() && within(t.hour, 23) && within(t.minute, 59) &&
         within(t.second, 59) && within(t.millisecond, 999) && t.precision >= Precision::year &&
         t.precision <= Precision::second && std::abs(captured.offset_minutes.value_or(0)) <= 14 * 60 &&
         is_text(captured.source, 100);
}

bool is_place(const GeoPoint& place) {
  return std::abs(place.latitude) <= 90 && std::abs(place.longitude) <= 180 &&
         std::isfinite(place.altitude_m.value_or(0));
}

bool is_honest(const Metadata& data) {
  const CameraInfo& camera = data.camera;
  return (!data.captured || is_date(*data.captured)) && (!data.place || is_place(*data.place)) &&
         is_text(camera.make, 1000) && is_text(camera.model, 1000) && is_text(camera.lens, 1000) &&
         is_text(camera.exposure, 50) && std::isfinite(camera.focal_length_mm.value_or(0)) &&
         std::isfinite(camera.aperture.value_or(0)) && is_text(data.title, 1000) && is_text(data.description, 20'000) &&
         data.keywords.size() <= 100 &&
         std::ranges::all_of(data.keywords, [](const std::string& k) { return is_text(k, 300); }) &&
         data.rating.value_or(0) >= -1 && data.rating.value_or(0) <= 5 && data.orientation >= 1 &&
         data.orientation <= 8;
}

bool is_honest(const AnswerMessage& answer) {
  constexpr std::array<std::string_view, 4> kReasons = {"", "media.damaged", "media.too-big", "media.unsupported"};
  const Decoded& decoded = answer.decoded;
  return std::ranges::find(kReasons, decoded.reason) != kReasons.end() && is_size(decoded.width.value_or(1)) &&
         is_size(decoded.height.value_or(1)) && is_text(decoded.thumbhash, 100) && is_honest(decoded.metadata) &&
         decoded.derivatives.size() == answer.files.size() &&
         std::ranges::all_of(decoded.derivatives, [](const Derivative& made) {
           return (made.size == 256 || made.size == 1080 || made.size == 2048) && is_size(made.width) &&
                  is_size(made.height) && made.width <= made.size && made.height <= made.size;
         });
}

} // namespace

std::string encode(const JobMessage& job) {
  Writer writer;
  visit(writer, job);
  return writer.take();
}

std::string encode(const AnswerMessage& answer) {
  Writer writer;
  visit(writer, answer);
  return writer.take();
}

std::optional<JobMessage> decode_job(std::string_view body) {
  Reader reader(body);
  JobMessage job;
  visit(reader, job);
  if (!reader.finished()) return std::nullopt;
  return job;
}

std::optional<AnswerMessage> decode_answer(std::string_view body) {
  Reader reader(body);
  AnswerMessage answer;
  visit(reader, answer);
  if (!reader.finished()) return std::nullopt;
  if (!is_honest(answer)) return std::nullopt;
  answer.decoded.cause = clean_text(answer.decoded.cause, 500);
  return answer;
}

} // namespace mv::media
