#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/media/worker/plane.hpp"

namespace mv::media {

/// How one direction of a plane is scaled.
struct Axis {
  int in = 0;       ///< Samples that there are, at least 1.
  int out = 0;      ///< Samples that are wanted, at least 1.
  double step = 1;  ///< Samples of the source that one of the result stands for, above 0.
  double start = 0; ///< Where in the source the result begins. The samples at its edges stand for those beyond.
};

/// Each sample of the result becomes `gain` times itself plus `offset`, rounded and kept within a byte.
struct Levels {
  double gain = 1;
  double offset = 0;
};

/// Scales a plane by Lanczos' kernel of three lobes, which libvips takes as well, while its rows come in. Holds the
/// rows that the next row of the result needs, and no others.
class PlaneScaler {
public:
  PlaneScaler(const Axis& across, const Axis& down, const Levels& levels = {});
  /// The next row from the top; `across.in` samples are read. To be called `down.in` times.
  void add_row(const std::uint8_t* row);
  /// The result, whole once all rows were added.
  [[nodiscard]] Plane take() { return std::move(result_); }

private:
  /// What each sample of the result is made of: `stride` weights, of which those after its last source are 0.
  struct Weights {
    int stride = 0;
    std::vector<int> first; ///< The first source of each; four more than there are samples.
    std::vector<int> last;
    std::vector<float> of; ///< As many strides as `first` has entries.
  };
  static Weights weigh(const Axis& axis, double gain, int multiple);
  [[nodiscard]] const float* held_row(int y) const;
  void make_row(int y);

  Weights across_;
  Weights down_;
  float offset_;
  int in_width_;
  int width_; ///< Of a held row: `in_width_`, and what pads it to whole vectors.
  Plane result_;
  std::vector<float> held_; ///< The last rows of the source, in turns.
  std::vector<const float*> sources_;
  std::vector<float> blended_;  ///< One row between the two directions.
  std::vector<float> finished_; ///< One row of the result, not rounded yet.
  int added_ = 0;
  int made_ = 0;
};

} // namespace mv::media
