#pragma once

// For tests: the program that moves a house, run to its end.

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace mv::test {

struct Moved {
  int status = 0;
  std::string said; ///< On standard output and standard error.
};

/// `arguments` as in a shell; `variables` as `NAME=VALUE NAME=VALUE`.
inline Moved migrate(const std::string& arguments, const std::string& variables = "MV_LANGUAGE=en") {
  const std::string command = "env " + variables + " " + MIGRATE_PROGRAM + " " + arguments + " 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  Moved moved;
  std::array<char, 512> piece{};
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr)
    moved.said += piece.data();
  moved.status = WEXITSTATUS(::pclose(pipe));
  return moved;
}

} // namespace mv::test
