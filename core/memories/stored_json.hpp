#pragma once

// The JSON that lives inside rows: tags, changes, what the camera wrote, and event data. Its codec is compiled once,
// in stored_json.cpp. Reading what is damaged gives an empty value: a row is never unreadable for its decoration.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/contracts/events.hpp"
#include "core/contracts/memories.hpp"

namespace mv::memories {

[[nodiscard]] std::string write_strings(const std::vector<std::string>& strings);
[[nodiscard]] std::vector<std::string> read_strings(std::string_view json);

[[nodiscard]] std::string write_map(const std::map<std::string, std::string>& map);
[[nodiscard]] std::map<std::string, std::string> read_map(std::string_view json);

[[nodiscard]] std::string write_changes(const std::vector<FieldChange>& changes);
[[nodiscard]] std::vector<FieldChange> read_changes(std::string_view json);

[[nodiscard]] std::string write_camera(const CameraFacts& camera);
[[nodiscard]] CameraFacts read_camera(std::string_view json);

[[nodiscard]] std::string write_place(const Place& place);
[[nodiscard]] Place read_place(std::string_view json);

/// One JSON string, quoted.
[[nodiscard]] std::string write_string(const std::string& text);
[[nodiscard]] std::string read_string(std::string_view json);

[[nodiscard]] std::string write_event(const MemoryEventData& data);
[[nodiscard]] std::string write_event(const CollectionEventData& data);
[[nodiscard]] std::string write_event(const JobProgressData& data);

} // namespace mv::memories
