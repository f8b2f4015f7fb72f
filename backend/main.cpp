// memoryverse-server: reads the settings and runs the application. What it is made of stands in app.cpp.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <print>
#include <sstream>
#include <string>

#include "backend/app.hpp"
#include "backend/settings.hpp"
#include "core/base/log.hpp"

namespace {

/// A line for each thing that is wrong: for people, or as the log has it where machines read that.
int tell_why(mv::Error error, mv::LogFormat format) {
  std::istringstream causes(error.cause);
  // Mistakes of the settings are told all at once, a line each; what else holds line ends came from elsewhere.
  const char end = error.key == "config.invalid" ? '\n' : '\0';
  do {
    std::getline(causes, error.cause, end);
    std::ranges::replace(error.cause, '\n', ' ');
    if (format == mv::LogFormat::json)
      mv::log_error("MemoryVerse cannot run", {{"reason", error}});
    else
      std::cerr << "MemoryVerse cannot run: " << error.key << ": " << error.cause << '\n';
  } while (causes.peek() != std::istringstream::traits_type::eof());
  return EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv) {
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  if (argc == 2 && std::string_view(argv[1]) == "--print-openapi") {
    const auto document = mv::describe_api();
    if (document) std::println("{}", *document);
    return document ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    std::println("{}", mv::version());
    return EXIT_SUCCESS;
  }
  mv::ConfigSources sources = mv::environment_sources(program);
  sources.arguments.assign(argv + 1, argv + argc);
  const mv::LogOptions log = mv::read_log_options(sources);
  mv::set_up_log(log);
  const auto settings = mv::read_settings(sources, program);
  if (!settings) return tell_why(settings.error(), log.format);
  const auto outcome = mv::run_app(*settings);
  return outcome ? EXIT_SUCCESS : tell_why(outcome.error(), log.format);
}
