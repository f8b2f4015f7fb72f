#include "core/media/thumbhash.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/base/encoding.hpp"

namespace mv::media {
namespace {

/// A channel as cosine terms: the constant one, and the others scaled so that the largest is 0 or 1.
struct Terms {
  double constant = 0;
  double scale = 0;
  std::vector<double> varying;
};

/// cos(pi / n * k * (i + 0.5)) for each i below n, one row for each k below `count`.
std::vector<double> cosines(std::size_t n, std::size_t count) {
  std::vector<double> table(n * count);
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      table[k * n + i] =
          std::cos(std::numbers::pi / static_cast<double>(n) * static_cast<double>(k) * (static_cast<double>(i) + 0.5));
    }
  }
  return table;
}

/// The lowest frequencies of a channel, in the triangle below nx and ny. Rows first, then columns: a few passes over
/// the pixels instead of one for every term.
Terms transform(std::span<const double> channel, std::size_t width, std::size_t height, std::size_t nx,
                std::size_t ny) {
  const std::vector<double> across = cosines(width, nx);
  const std::vector<double> down = cosines(height, ny);
  std::vector<double> rows(height * nx); // the sum over each line, for each horizontal frequency
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t cx = 0; cx < nx; ++cx) {
      double sum = 0;
      for (std::size_t x = 0; x < width; ++x)
        sum += channel[y * width + x] * across[cx * width + x];
      rows[y * nx + cx] = sum;
    }
  }
  Terms terms;
  for (std::size_t cy = 0; cy < ny; ++cy) {
    for (std::size_t cx = 0; cx * ny < nx * (ny - cy); ++cx) {
      double f = 0;
      for (std::size_t y = 0; y < height; ++y)
        f += rows[y * nx + cx] * down[cy * height + y];
      f /= static_cast<double>(width * height);
      if (cx == 0 && cy == 0) {
        terms.constant = f;
      } else {
        terms.varying.push_back(f);
        terms.scale = std::max(terms.scale, std::abs(f));
      }
    }
  }
  if (terms.scale > 0) {
    for (double& f : terms.varying)
      f = 0.5 + 0.5 / terms.scale * f;
  }
  return terms;
}

std::uint32_t rounded(double value) { return static_cast<std::uint32_t>(std::max(0.0, std::floor(value + 0.5))); }

} // namespace

std::string thumbhash(std::size_t width, std::size_t height, std::span<const std::uint8_t> rgba) {
  if (width < 1 || height < 1 || width > 100 || height > 100 || rgba.size() != 4 * width * height) return {};
  const std::size_t count = width * height;

  double red = 0;
  double green = 0;
  double blue = 0;
  double opaque = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double alpha = rgba[4 * i + 3] / 255.0;
    red += alpha / 255 * rgba[4 * i];
    green += alpha / 255 * rgba[4 * i + 1];
    blue += alpha / 255 * rgba[4 * i + 2];
    opaque += alpha;
  }
  if (opaque > 0) {
    red /= opaque;
    green /= opaque;
    blue /= opaque;
  }

  // Lightness, yellow-blue, red-green and alpha, laid over the average colour.
  std::vector<double> l(count);
  std::vector<double> p(count);
  std::vector<double> q(count);
  std::vector<double> a(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double alpha = rgba[4 * i + 3] / 255.0;
    const double r = red * (1 - alpha) + alpha / 255 * rgba[4 * i];
    const double g = green * (1 - alpha) + alpha / 255 * rgba[4 * i + 1];
    const double b = blue * (1 - alpha) + alpha / 255 * rgba[4 * i + 2];
    l[i] = (r + g + b) / 3;
    p[i] = (r + g) / 2 - b;
    q[i] = r - g;
    a[i] = alpha;
  }

  const bool has_alpha = opaque < static_cast<double>(count);
  const double limit = has_alpha ? 5 : 7; // fewer terms of lightness leave room for alpha
  const auto longest = static_cast<double>(std::max(width, height));
  const std::size_t lx = std::max(1U, rounded(limit * static_cast<double>(width) / longest));
  const std::size_t ly = std::max(1U, rounded(limit * static_cast<double>(height) / longest));
  const Terms l_terms = transform(l, width, height, std::max<std::size_t>(3, lx), std::max<std::size_t>(3, ly));
  const Terms p_terms = transform(p, width, height, 3, 3);
  const Terms q_terms = transform(q, width, height, 3, 3);
  const Terms a_terms = has_alpha ? transform(a, width, height, 5, 5) : Terms{};

  const bool landscape = width > height;
  const std::uint32_t head = rounded(63 * l_terms.constant) | (rounded(31.5 + 31.5 * p_terms.constant) << 6) |
                             (rounded(31.5 + 31.5 * q_terms.constant) << 12) | (rounded(31 * l_terms.scale) << 18) |
                             (has_alpha ? 1U << 23 : 0U);
  const std::uint32_t tail = static_cast<std::uint32_t>(landscape ? ly : lx) | (rounded(63 * p_terms.scale) << 3) |
                             (rounded(63 * q_terms.scale) << 9) | (landscape ? 1U << 15 : 0U);
  std::vector<std::uint8_t> hash = {static_cast<std::uint8_t>(head), static_cast<std::uint8_t>(head >> 8),
                                    static_cast<std::uint8_t>(head >> 16), static_cast<std::uint8_t>(tail),
                                    static_cast<std::uint8_t>(tail >> 8)};
  if (has_alpha) {
    hash.push_back(static_cast<std::uint8_t>(rounded(15 * a_terms.constant) | (rounded(15 * a_terms.scale) << 4)));
  }
  bool upper = false; // two terms a byte, the lower half first
  for (const Terms* terms : {&l_terms, &p_terms, &q_terms, &a_terms}) {
    for (const double f : terms->varying) {
      const std::uint32_t nibble = rounded(15 * f);
      if (upper) {
        hash.back() = static_cast<std::uint8_t>(hash.back() | (nibble << 4));
      } else {
        hash.push_back(static_cast<std::uint8_t>(nibble));
      }
      upper = !upper;
    }
  }
  return base64_encode({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

} // namespace mv::media
