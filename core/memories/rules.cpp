#include "core/memories/rules.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/text.hpp"
#include "core/dates/fuzzy_date.hpp"
#include "core/memories/listing.hpp"

namespace mv::memories {

namespace {

/// The rules of every text: a longest length, and no control characters.
bool accept(const std::string& text, std::size_t longest, bool many_lines, const std::string& pointer,
            std::vector<FieldError>& errors) {
  if (has_control(text, many_lines)) {
    errors.push_back({pointer, "control-character"});
  } else if (length(text) > longest) {
    errors.push_back({pointer, "too-long"});
  } else {
    return true;
  }
  return false;
}

} // namespace

void set_title(MemoryRecord& memory, const std::string& title, std::vector<FieldError>& errors) {
  if (accept(title, kMaxTitle, false, "/title", errors)) memory.title = squeeze(title);
}

void set_description(MemoryRecord& memory, const std::string& description, std::vector<FieldError>& errors) {
  if (accept(description, kMaxDescription, true, "/description", errors)) memory.description = trim(description);
}

void set_tags(MemoryRecord& memory, const std::vector<std::string>& tags, std::vector<FieldError>& errors) {
  if (tags.size() > kMaxTags) {
    errors.push_back({"/tags", "too-many"});
    return;
  }
  std::vector<std::string> kept;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const std::string pointer = "/tags/" + std::to_string(i);
    if (!accept(tags[i], kMaxTag, false, pointer, errors)) continue;
    std::string tag = squeeze(tags[i]);
    if (tag.empty()) {
      errors.push_back({pointer, "empty"});
    } else if (seen.insert(tag_key(tag)).second) {
      kept.push_back(std::move(tag));
    }
  }
  memory.tags = std::move(kept);
}

Result<DateRecord> date_record(const std::string& edtf, std::string_view confidence, std::string_view source) {
  DateRecord record;
  record.confidence = confidence;
  if (edtf.empty()) return record;
  TRY(const dates::FuzzyDate date, dates::parse(edtf));
  record.edtf = date.edtf;
  record.earliest = date.earliest_ms;
  record.latest = date.latest_ms;
  if (date.offset_minutes) record.offset = *date.offset_minutes;
  record.source = source;
  record.sort_key = date.sort_key;
  return record;
}

void set_date_text(MemoryRecord& memory, const std::string& edtf, TimeMs now, std::vector<FieldError>& errors) {
  auto record = date_record(trim(edtf), memory.date.confidence, "person");
  if (!record) {
    errors.push_back({"/date", record.error().key});
    return;
  }
  if (!record->edtf.empty()) {
    const auto date = dates::parse(record->edtf);
    if (const auto ahead = date ? dates::check_not_ahead(*date, now) : Result<void>{}; !ahead) {
      errors.push_back({"/date", ahead.error().key});
      return;
    }
  }
  memory.set_date(*std::move(record));
}

void set_confidence(MemoryRecord& memory, const std::string& confidence, std::vector<FieldError>& errors) {
  if (dates::confidence_from(confidence)) {
    memory.date.confidence = confidence;
  } else {
    errors.push_back({"/confidence", "unknown-value"});
  }
}

void set_place(MemoryRecord& memory, const Place& place, std::vector<FieldError>& errors) {
  if (!accept(place.name, kMaxPlaceName, false, "/place/name", errors)) return;
  if (place.latitude.has_value() != place.longitude.has_value()) {
    errors.push_back({place.latitude ? "/place/longitude" : "/place/latitude", "missing"});
    return;
  }
  const auto within = [](std::optional<double> degrees, double limit) {
    return !degrees || (std::isfinite(*degrees) && std::abs(*degrees) <= limit);
  };
  if (!within(place.latitude, 90)) errors.push_back({"/place/latitude", "out-of-range"});
  if (!within(place.longitude, 180)) errors.push_back({"/place/longitude", "out-of-range"});
  if (!within(place.latitude, 90) || !within(place.longitude, 180)) return;
  memory.place_name = squeeze(place.name);
  memory.latitude = place.latitude;
  memory.longitude = place.longitude;
}

void set_privacy(MemoryRecord& memory, Privacy privacy, std::vector<FieldError>& errors) {
  switch (privacy) {
    case Privacy::only_me:
      memory.privacy = "private";
      return;
    case Privacy::space:
      memory.privacy = "space";
      return;
    case Privacy::link:
    case Privacy::everyone:
      // Accepting these before anything is served to strangers would make a promise that a later version breaks open.
      errors.push_back({"/privacy", "not-yet"});
      return;
  }
}

void apply_patch(MemoryRecord& memory, const MemoryPatch& patch, TimeMs now, std::vector<FieldError>& errors) {
  if (patch.title) set_title(memory, *patch.title, errors);
  if (patch.description) set_description(memory, *patch.description, errors);
  if (patch.tags) set_tags(memory, *patch.tags, errors);
  if (patch.date) set_date_text(memory, *patch.date, now, errors);
  if (patch.confidence) set_confidence(memory, *patch.confidence, errors);
  if (patch.place) set_place(memory, *patch.place, errors);
  if (patch.privacy) set_privacy(memory, *patch.privacy, errors);
}

std::unexpected<Error> broken_rules(std::vector<FieldError> errors) {
  return std::unexpected(Error{.code = ErrorCode::unprocessable, .key = "memory.invalid", .fields = std::move(errors)});
}

} // namespace mv::memories
