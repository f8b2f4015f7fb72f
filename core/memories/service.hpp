#pragma once

// Memories: create, read, list, change, favourites and history. Every function says who asks by `user_id`, and answers
// `not_found` for what that person may not know of. Safe from every thread.

#include <string>

#include "core/base/clock.hpp"
#include "core/contracts/memories.hpp"
#include "core/ports/database.hpp"

namespace mv::memories {

class MemoryService {
public:
  /// The references must outlive the service.
  MemoryService(Database& db, const Clock& clock) : db_(db), clock_(clock) {}

  /// A memory without a file, a story for example. 422 `memory.invalid` names the fields at fault.
  [[nodiscard]] Result<Memory> create(const std::string& user_id, const MemoryDraft& draft);
  [[nodiscard]] Result<Memory> get(const std::string& user_id, const std::string& id);
  /// Newest first, undated last. One of type, tag and favourite at a time.
  [[nodiscard]] Result<Page<Memory>> list(const std::string& user_id, const MemoryQuery& query);
  /// `precondition_failed` with `memory.changed` unless `expected_version` is the present one.
  [[nodiscard]] Result<Memory> patch(const std::string& user_id, const std::string& id, std::int64_t expected_version,
                                     const MemoryPatch& patch);
  /// A favourite is the asker's own and no change of the memory: its version stays.
  [[nodiscard]] Result<Memory> set_favourite(const std::string& user_id, const std::string& id, bool favourite);
  /// The most used first, at most 500.
  [[nodiscard]] Result<Items<TagCount>> tags(const std::string& user_id, const std::optional<std::string>& space_id);

  [[nodiscard]] Result<Page<Revision>> revisions(const std::string& user_id, const std::string& id,
                                                 const PageQuery& query);
  /// Takes back what the change that made `version` changed; itself a change with author and undo.
  [[nodiscard]] Result<Memory> undo(const std::string& user_id, const std::string& id, std::int64_t version);

private:
  Database& db_;
  const Clock& clock_;
};

} // namespace mv::memories
