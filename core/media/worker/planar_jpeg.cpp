#include "core/media/worker/planar_jpeg.hpp"

#include <cstdio> // jpeglib.h wants it

#include <jpeglib.h>

#include <array>
#include <csetjmp>
#include <cstdint>
#include <vector>

#include "core/media/worker/planar_picture.hpp"
#include "core/media/worker/plane_scaler.hpp"

namespace mv::media {
namespace {

constexpr int kComponents = 3;
/// A progressive file may ask for its pixels to be gone through ever again.
constexpr int kMaxScans = 100;

// JPEG's bytes go from 0 to 255, WebP's brightness from 16 to 235 and its colours from 16 to 240 around 128.
constexpr Levels kBrightness = {.gain = 219.0 / 255, .offset = 16};
constexpr Levels kColour = {.gain = 224.0 / 255, .offset = 128 - 128 * 224.0 / 255};

/// libjpeg tells of an error by calling a function that must not return.
struct ErrorExit {
  jpeg_error_mgr manager; ///< First, as libjpeg knows no more of it.
  std::jmp_buf back;
};

[[noreturn]] void leave(j_common_ptr decoder) { std::longjmp(reinterpret_cast<ErrorExit*>(decoder->err)->back, 1); }

/// A warning is about damage, and how much of that passes is for libvips to say.
void hear(j_common_ptr decoder, int level) {
  if (level < 0) leave(decoder);
}

void count_scans(j_common_ptr decoder) {
  if (reinterpret_cast<j_decompress_ptr>(decoder)->input_scan_number > kMaxScans) leave(decoder);
}

/// libjpeg's decoder of one file. Every method that calls libjpeg gives false after an error, and is the last one then;
/// none of them has anything on its stack that an error would leave undone.
class Decoder {
public:
  Decoder() {
    decoder_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = leave;
    errors_.manager.emit_message = hear;
    progress_.progress_monitor = count_scans;
  }
  ~Decoder() { jpeg_destroy_decompress(&decoder_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool read_header(std::span<const std::byte> file) {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_create_decompress(&decoder_);
    decoder_.progress = &progress_;
    jpeg_mem_src(&decoder_, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    jpeg_read_header(&decoder_, TRUE);
    return true;
  }

  /// The pixels as they are stored: neither are the colours brought to the size of the brightness, nor made RGB.
  bool start() {
    if (setjmp(errors_.back) != 0) return false;
    decoder_.raw_data_out = TRUE;
    decoder_.out_color_space = JCS_YCbCr;
    return jpeg_start_decompress(&decoder_) != 0;
  }

  bool read_rows(JSAMPIMAGE into) {
    if (setjmp(errors_.back) != 0) return false;
    return jpeg_read_raw_data(&decoder_, into, static_cast<JDIMENSION>(decoder_.max_v_samp_factor * DCTSIZE)) > 0;
  }

  bool finish() {
    if (setjmp(errors_.back) != 0) return false;
    return jpeg_finish_decompress(&decoder_) != 0;
  }

  [[nodiscard]] bool is_planar() const {
    return decoder_.jpeg_color_space == JCS_YCbCr && decoder_.num_components == kComponents;
  }
  [[nodiscard]] bool at_end() const { return decoder_.output_scanline >= decoder_.output_height; }
  [[nodiscard]] const jpeg_decompress_struct& facts() const { return decoder_; }
  [[nodiscard]] const jpeg_component_info& component(int number) const { return decoder_.comp_info[number]; }

private:
  jpeg_decompress_struct decoder_{};
  ErrorExit errors_{};
  jpeg_progress_mgr progress_{};
};

/// The rows of one component that libjpeg gives at a time.
class Strip {
public:
  explicit Strip(const jpeg_component_info& component)
      : samples_(static_cast<std::size_t>(component.width_in_blocks) * DCTSIZE *
                 static_cast<std::size_t>(component.v_samp_factor) * DCTSIZE) {
    for (std::size_t start = 0; start < samples_.size(); start += std::size_t{component.width_in_blocks} * DCTSIZE)
      rows_.push_back(samples_.data() + start);
  }
  [[nodiscard]] JSAMPARRAY rows() { return rows_.data(); }

  /// Hands on those rows that belong to the picture; the last strip has more.
  void add_to(PlaneScaler& scaler, int& missing) const {
    for (const JSAMPROW row : rows_) {
      if (missing == 0) break;
      scaler.add_row(row);
      --missing;
    }
  }

private:
  std::vector<JSAMPLE> samples_;
  std::vector<JSAMPROW> rows_;
};

/// How one direction of a component becomes one of a plane: `whole` samples of the picture become `wanted`, and the
/// component has `own` for every `most` of them. The colours are halved once more.
Axis axis_of(int stored, int whole, int wanted, int own, int most, bool colour, bool mirrored) {
  const double one = static_cast<double>(whole) / wanted * own / most; // samples stored for one pixel of the result
  Axis axis = {.in = stored, .out = wanted, .step = one};
  if (!colour) return axis;
  axis.out = (wanted + 1) / 2;
  axis.step = 2 * one;
  // Pairs of pixels begin at the edge that will be the first one; where a side is odd, the other has half a pair.
  if (mirrored && wanted % 2 != 0) axis.start = -one;
  return axis;
}

PlaneScaler scaler_for(const Decoder& decoder, int number, Sides to, const Turn& turn) {
  const jpeg_decompress_struct& facts = decoder.facts();
  const jpeg_component_info& own = decoder.component(number);
  const bool colour = number > 0;
  return {axis_of(static_cast<int>(own.downsampled_width), static_cast<int>(facts.image_width), to.width,
                  own.h_samp_factor, facts.max_h_samp_factor, colour, turn.mirror_across),
          axis_of(static_cast<int>(own.downsampled_height), static_cast<int>(facts.image_height), to.height,
                  own.v_samp_factor, facts.max_v_samp_factor, colour, turn.mirror_down),
          colour ? kColour : kBrightness};
}

} // namespace

std::optional<PlanarPicture> read_planar_jpeg(std::span<const std::byte> file, int box, int orientation) {
  Decoder decoder;
  if (!decoder.read_header(file) || !decoder.is_planar() || !decoder.start()) return std::nullopt;
  const Sides to =
      sides_within(static_cast<int>(decoder.facts().image_width), static_cast<int>(decoder.facts().image_height), box);
  const Turn turn = turn_of(orientation);
  std::vector<PlaneScaler> scalers;
  std::vector<Strip> strips;
  std::array<JSAMPARRAY, kComponents> rows{};
  std::array<int, kComponents> missing{};
  for (int i = 0; i < kComponents; ++i) {
    const auto at = static_cast<std::size_t>(i);
    scalers.push_back(scaler_for(decoder, i, to, turn));
    strips.emplace_back(decoder.component(i));
    rows[at] = strips.back().rows();
    missing[at] = static_cast<int>(decoder.component(i).downsampled_height);
  }
  while (!decoder.at_end()) {
    if (!decoder.read_rows(rows.data())) return std::nullopt;
    for (std::size_t i = 0; i < kComponents; ++i)
      strips[i].add_to(scalers[i], missing[i]);
  }
  if (!decoder.finish()) return std::nullopt;
  return turned({.y = scalers[0].take(), .u = scalers[1].take(), .v = scalers[2].take()}, turn);
}

} // namespace mv::media
