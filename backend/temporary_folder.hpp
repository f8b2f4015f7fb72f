#pragma once

// For what has to be a file for a while where database and store are elsewhere, or are not asked at all.

#include <string>
#include <utility>

#include "core/base/result.hpp"

namespace mv {

/// Nobody knows its name beforehand, and it goes with the program.
class TemporaryFolder {
public:
  static Result<TemporaryFolder> make();
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}

  std::string path_; // "" once another has it
};

} // namespace mv
