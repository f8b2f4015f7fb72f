#include "backend/tests/compose.hpp"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <regex>
#include <set>
#include <stdexcept>

namespace mv::test {

namespace {

YAML::Node file() {
  return YAML::LoadFile(std::filesystem::path(SOURCE_FOLDER) / "infrastructure/docker/compose.production.yaml");
}

} // namespace

/// `${NAME}`, `${NAME:?what to do}`.
std::string Compose::filled(const std::string& value) const {
  static const std::regex kPlace(R"(\$\{([A-Z0-9_]+)(:\?[^}]*)?\})");
  std::string text = value;
  for (std::smatch place; std::regex_search(text, place, kPlace);) {
    const auto secret = secrets_.find(place[1]);
    if (secret == secrets_.end()) throw std::runtime_error("no value for " + place[1].str());
    text = place.prefix().str() + secret->second + place.suffix().str();
  }
  return text;
}

std::map<std::string, std::string> Compose::server_environment(const std::map<std::string, std::string>& here) const {
  std::map<std::string, std::string> environment;
  std::set<std::string> placed;
  for (const auto& pair : file()["x-server"]["environment"]) {
    std::string value = filled(pair.second.as<std::string>());
    for (const auto& [there, ours] : here) {
      if (const auto at = value.find(there); at != std::string::npos) {
        value.replace(at, there.size(), ours);
        placed.insert(there);
      }
    }
    environment[pair.first.as<std::string>()] = std::move(value);
  }
  for (const auto& [there, ours] : here)
    if (!placed.contains(there)) throw std::runtime_error("the compose file does not name " + there);
  return environment;
}

std::vector<std::string> Compose::command(const std::string& service) const {
  std::vector<std::string> words;
  for (const auto& word : file()["services"][service]["command"])
    words.push_back(filled(word.as<std::string>()));
  return words;
}

std::size_t Compose::replicas(const std::string& service) const {
  return file()["services"][service]["deploy"]["replicas"].as<std::size_t>();
}

} // namespace mv::test
