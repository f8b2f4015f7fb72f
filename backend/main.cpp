// memoryverse-server: reads the settings and runs the application. What it is made of stands in app.cpp.

#include <cstdlib>
#include <iostream>
#include <print>
#include <string>

#include "backend/app.hpp"
#include "backend/settings.hpp"

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
  const auto settings = mv::read_settings(sources, program);
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
