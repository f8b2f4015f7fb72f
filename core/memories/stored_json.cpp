#include "core/memories/stored_json.hpp"

#include <rfl.hpp>
#include <rfl/json.hpp>

namespace mv::memories {

namespace {

template <typename T>
std::string write(const T& value) {
  return rfl::json::write<rfl::SnakeCaseToCamelCase>(value);
}

template <typename T>
T read(std::string_view json) {
  auto value = rfl::json::read<T, rfl::SnakeCaseToCamelCase, rfl::DefaultIfMissing>(std::string(json));
  return value ? std::move(value).value() : T{};
}

} // namespace

std::string write_strings(const std::vector<std::string>& strings) { return strings.empty() ? "[]" : write(strings); }
std::vector<std::string> read_strings(std::string_view json) {
  return json == "[]" ? std::vector<std::string>{} : read<std::vector<std::string>>(json);
}

std::string write_map(const std::map<std::string, std::string>& map) { return write(map); }
std::map<std::string, std::string> read_map(std::string_view json) {
  return read<std::map<std::string, std::string>>(json);
}

std::string write_changes(const std::vector<FieldChange>& changes) { return write(changes); }
std::vector<FieldChange> read_changes(std::string_view json) { return read<std::vector<FieldChange>>(json); }

std::string write_camera(const CameraFacts& camera) { return write(camera); }
CameraFacts read_camera(std::string_view json) { return json == "{}" ? CameraFacts{} : read<CameraFacts>(json); }

std::string write_place(const Place& place) { return write(place); }
Place read_place(std::string_view json) { return read<Place>(json); }

std::string write_string(const std::string& text) { return write(text); }
std::string read_string(std::string_view json) { return read<std::string>(json); }

std::string write_event(const MemoryEventData& data) { return write(data); }
std::string write_event(const CollectionEventData& data) { return write(data); }
std::string write_event(const JobProgressData& data) { return write(data); }

} // namespace mv::memories
