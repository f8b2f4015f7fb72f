#pragma once

// SHA-256 and SHA-1 of one stream of bytes, side by side, which can be set down as text between two pieces and taken up
// again by another process. For content that comes in one go: hash.hpp.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mv {

/// Used by one thread at a time.
class ContentHash {
public:
  ContentHash();
  ~ContentHash();
  ContentHash(ContentHash&&) noexcept;
  ContentHash& operator=(ContentHash&&) noexcept;

  void update(std::string_view bytes);
  [[nodiscard]] std::int64_t bytes() const; ///< So many have come.
  [[nodiscard]] std::string sha256() const; ///< Of what has come; lower-case hex. More may come.
  [[nodiscard]] std::string sha1() const;

  /// At most 400 characters, the same on every machine.
  [[nodiscard]] std::string save() const;
  /// Nothing for what `save` did not write.
  [[nodiscard]] static std::optional<ContentHash> load(std::string_view text);

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mv
