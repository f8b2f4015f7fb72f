// memoryverse-server: reads the settings and runs the application. What it is made of stands in app.cpp.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <print>
#include <string>

#include "backend/app.hpp"
#include "backend/settings.hpp"

namespace {

/// `default.json` beside the program, the environment's variables, and the command line.
mv::ConfigSources sources(const std::filesystem::path& program, int argc, char** argv) {
  mv::ConfigSources from;
  from.folder = program.parent_path() / "config";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos) from.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  if (const auto name = from.variables.extract("MEMORYVERSE_ENV")) from.environment = name.mapped();
  from.arguments.assign(argv + 1, argv + argc);
  return from;
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
  const auto settings = mv::read_settings(sources(program, argc, argv), program);
  if (!settings) {
    std::cerr << settings.error().cause << '\n';
    return EXIT_FAILURE;
  }
  mv::set_up_log(settings->log);
  const auto outcome = mv::run_app(*settings);
  if (!outcome) {
    std::cerr << "MemoryVerse cannot run: " << outcome.error().key << ": " << outcome.error().cause << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
