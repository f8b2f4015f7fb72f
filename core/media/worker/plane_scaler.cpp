#include "core/media/worker/plane_scaler.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>

namespace mv::media {
namespace {

constexpr double kLobes = 3;

// Vectors of four, which the smallest processor of each kind has; those of eight were no faster, as memory is what
// limits.
constexpr int kLanes = 4;
using Floats = float __attribute__((vector_size(16)));

Floats load(const float* from) {
  Floats values;
  std::memcpy(&values, from, sizeof values);
  return values;
}

void store(float* into, Floats values) { std::memcpy(into, &values, sizeof values); }

std::size_t at(int row, int stride) { return static_cast<std::size_t>(row) * static_cast<std::size_t>(stride); }

int padded(int count, int multiple) { return (count + multiple - 1) / multiple * multiple; }

double lanczos(double x) {
  if (std::abs(x) < 1e-9) return 1;
  if (std::abs(x) >= kLobes) return 0;
  const double angle = std::numbers::pi * x;
  const double third = std::sin(angle / kLobes);
  const double whole = third * (3 - 4 * third * third); // the sine of the whole angle, which costs as much as it
  return kLobes * whole * third / (angle * angle);
}

void widen(float* __restrict into, const std::uint8_t* __restrict from, int count) {
  for (int i = 0; i < count; ++i)
    into[i] = from[i];
}

void round_off(std::uint8_t* __restrict into, const float* __restrict from, int count, float offset) {
  for (int i = 0; i < count; ++i)
    into[i] = static_cast<std::uint8_t>(std::clamp(static_cast<int>(from[i] + offset), 0, 255));
}

/// One row out of several.
void blend_rows(float* into, const std::vector<const float*>& rows, const float* weights, int width) {
  for (int x = 0; x < width; x += 4 * kLanes) {
    Floats a{};
    Floats b{};
    Floats c{};
    Floats d{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const float* const from = rows[i] + x;
      const float weight = weights[i];
      a += weight * load(from);
      b += weight * load(from + kLanes);
      c += weight * load(from + 2 * kLanes);
      d += weight * load(from + 3 * kLanes);
    }
    store(into + x, a);
    store(into + x + kLanes, b);
    store(into + x + 2 * kLanes, c);
    store(into + x + 3 * kLanes, d);
  }
}

Floats products(const float* samples, const float* weights, int count) {
  Floats sums{};
  for (int i = 0; i < count; i += kLanes)
    sums += load(samples + i) * load(weights + i);
  return sums;
}

/// Sums of neighbours: a0 + a1, a2 + a3, b0 + b1, b2 + b3.
Floats add_pairs(Floats a, Floats b) {
  return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7);
}

/// Fewer samples out of one row, four at a time: up to three more than `count` are written.
void blend_samples(float* into, const float* row, const int* first, const float* weights, int stride, int count) {
  for (int x = 0; x < count; x += 4) {
    const float* const its = weights + at(x, stride);
    const Floats a = products(row + first[x], its, stride);
    const Floats b = products(row + first[x + 1], its + stride, stride);
    const Floats c = products(row + first[x + 2], its + at(2, stride), stride);
    const Floats d = products(row + first[x + 3], its + at(3, stride), stride);
    store(into + x, add_pairs(add_pairs(a, b), add_pairs(c, d)));
  }
}

} // namespace

PlaneScaler::Weights PlaneScaler::weigh(const Axis& axis, double gain, int multiple) {
  const double stretch = std::max(1.0, axis.step); // a kernel as wide as what is left out, or details would alias
  const double reach = kLobes * stretch;
  Weights weights;
  weights.stride = padded(static_cast<int>(std::ceil(2 * reach)) + 1, multiple);
  const auto count = static_cast<std::size_t>(axis.out) + 4;
  weights.first.resize(count);
  weights.last.resize(count);
  weights.of.resize(count * static_cast<std::size_t>(weights.stride));
  for (int i = 0; i < axis.out; ++i) {
    const double centre = axis.start + (i + 0.5) * axis.step - 0.5;
    const int from = static_cast<int>(std::floor(centre - reach)) + 1;
    const int to = static_cast<int>(std::ceil(centre + reach)) - 1;
    const int first = std::clamp(from, 0, axis.in - 1);
    const int last = std::clamp(to, 0, axis.in - 1);
    float* const of = weights.of.data() + at(i, weights.stride);
    float sum = 0;
    for (int source = from; source <= to; ++source) {
      const auto weight = static_cast<float>(lanczos((source - centre) / stretch));
      of[std::clamp(source, first, last) - first] += weight; // the samples at the edges stand for those beyond as well
      sum += weight;
    }
    for (int k = 0; k <= last - first; ++k)
      of[k] *= static_cast<float>(gain) / sum;
    weights.first[static_cast<std::size_t>(i)] = first;
    weights.last[static_cast<std::size_t>(i)] = last;
  }
  return weights;
}

PlaneScaler::PlaneScaler(const Axis& across, const Axis& down, const Levels& levels)
    : across_(weigh(across, levels.gain, kLanes)),
      down_(weigh(down, 1, 1)),
      offset_(static_cast<float>(levels.offset + 0.5)),
      in_width_(across.in),
      width_(padded(across.in, 4 * kLanes)),
      result_(across.out, down.out),
      held_(at(down_.stride, width_)),
      blended_(static_cast<std::size_t>(width_ + across_.stride)),
      finished_(static_cast<std::size_t>(padded(across.out, 4))) {}

const float* PlaneScaler::held_row(int y) const { return held_.data() + at(y % down_.stride, width_); }

void PlaneScaler::add_row(const std::uint8_t* row) {
  widen(held_.data() + at(added_ % down_.stride, width_), row, in_width_);
  ++added_;
  while (made_ < result_.height && down_.last[static_cast<std::size_t>(made_)] < added_)
    make_row(made_++);
}

void PlaneScaler::make_row(int y) {
  const auto i = static_cast<std::size_t>(y);
  sources_.clear();
  for (int source = down_.first[i]; source <= down_.last[i]; ++source)
    sources_.push_back(held_row(source));
  blend_rows(blended_.data(), sources_, down_.of.data() + at(y, down_.stride), width_);
  blend_samples(finished_.data(), blended_.data(), across_.first.data(), across_.of.data(), across_.stride,
                result_.width);
  round_off(result_.row(y), finished_.data(), result_.width, offset_);
}

} // namespace mv::media
