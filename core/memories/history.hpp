#pragma once

// Every change to every memory, with its author, and the way back.

#include <string>
#include <string_view>
#include <vector>

#include "core/contracts/memories.hpp"
#include "core/memories/record.hpp"
#include "core/ports/database.hpp"

namespace mv::memories {

/// Fields that differ, each value as JSON text: title, description, tags, date, confidence, dateSource, place, privacy.
[[nodiscard]] std::vector<FieldChange> changes_between(const MemoryRecord& before, const MemoryRecord& after);

/// Takes `changes` back in `memory`. `conflict` with `revision.changed-since` when a field is no longer what the change
/// made of it: taking it back would silently undo somebody's later work.
[[nodiscard]] Result<void> take_back(MemoryRecord& memory, const std::vector<FieldChange>& changes);

/// Writes a change: row, index, counts, scope of the media, revision and event, all in `tx`. `after.version` becomes
/// `before.version + 1`, `after.updated_at` becomes `now`. `kind` as in `Revision::kind`.
[[nodiscard]] Result<void> write_change(Transaction& tx, const MemoryRecord& before, MemoryRecord& after,
                                        std::string_view kind, const std::string& author_id, TimeMs now);

/// The event of a memory that came, changed or went: `memory.created`, `memory.updated` or `memory.deleted`.
[[nodiscard]] Result<void> announce(Transaction& tx, std::string_view type, const MemoryRecord& memory,
                                    const std::string& previous_bucket, const std::optional<std::string>& state,
                                    TimeMs now);

/// `memory.updated` to `user_id` alone: it became or ceased to be a favourite of theirs.
[[nodiscard]] Result<void> announce_favourite(Transaction& tx, const MemoryRecord& memory, const std::string& user_id,
                                              TimeMs now);

/// Adds the first revision.
[[nodiscard]] Result<void> write_creation(Transaction& tx, const MemoryRecord& memory, TimeMs now);

/// Newest first, below `before_version`.
[[nodiscard]] Result<std::vector<Revision>> read_revisions(Transaction& tx, const std::string& memory_id,
                                                           std::int64_t before_version, std::int64_t limit);

/// `not_found` with `revision.not-found`.
[[nodiscard]] Result<std::vector<FieldChange>> read_revision(Transaction& tx, const std::string& memory_id,
                                                             std::int64_t version);

} // namespace mv::memories
