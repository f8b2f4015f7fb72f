#pragma once

// What people may write into a memory. Each function normalises one field in place of the record, and adds to `errors`
// what breaks a rule; nothing throws and nothing reads the database.

#include <vector>

#include "core/contracts/memories.hpp"
#include "core/memories/record.hpp"

namespace mv::memories {

inline constexpr std::size_t kMaxTitle = 200; ///< Characters, as all limits here.
inline constexpr std::size_t kMaxDescription = 20'000;
inline constexpr std::size_t kMaxTag = 60;
inline constexpr std::size_t kMaxTags = 100;
inline constexpr std::size_t kMaxPlaceName = 200;

void set_title(MemoryRecord& memory, const std::string& title, std::vector<FieldError>& errors);
void set_description(MemoryRecord& memory, const std::string& description, std::vector<FieldError>& errors);
void set_tags(MemoryRecord& memory, const std::vector<std::string>& tags, std::vector<FieldError>& errors);
void set_date_text(MemoryRecord& memory, const std::string& edtf, TimeMs now, std::vector<FieldError>& errors);
void set_confidence(MemoryRecord& memory, const std::string& confidence, std::vector<FieldError>& errors);
void set_place(MemoryRecord& memory, const Place& place, std::vector<FieldError>& errors);
void set_privacy(MemoryRecord& memory, Privacy privacy, std::vector<FieldError>& errors);

/// Everything that `patch` names.
void apply_patch(MemoryRecord& memory, const MemoryPatch& patch, TimeMs now, std::vector<FieldError>& errors);

/// A date of ours as stored; refuses what `dates::parse` refuses. "" is undated.
[[nodiscard]] Result<DateRecord> date_record(const std::string& edtf, std::string_view confidence,
                                             std::string_view source);

/// 422 `memory.invalid` with these fields.
[[nodiscard]] std::unexpected<Error> broken_rules(std::vector<FieldError> errors);

} // namespace mv::memories
