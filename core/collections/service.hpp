#pragma once

// Collections: a tree in each space, with a cover and an order. Who may is the space's policy. Safe from every thread.

#include <string>

#include "core/base/clock.hpp"
#include "core/contracts/collections.hpp"
#include "core/contracts/memories.hpp"
#include "core/ports/database.hpp"

namespace mv::collections {

inline constexpr std::int64_t kMaxCollections = 5'000; ///< In one space: the whole tree is one answer.
inline constexpr int kMaxDepth = 20;

class CollectionService {
public:
  CollectionService(Database& db, const Clock& clock) : db_(db), clock_(clock) {}

  /// The whole tree of the asker's spaces, or of one: siblings in their order.
  [[nodiscard]] Result<Items<Collection>> list(const std::string& user_id, const CollectionQuery& query);
  [[nodiscard]] Result<Collection> get(const std::string& user_id, const std::string& id);
  [[nodiscard]] Result<Collection> create(const std::string& user_id, const CollectionDraft& draft);
  /// Also moves it: a collection cannot go below itself (`collection.cycle`) nor into another space.
  [[nodiscard]] Result<Collection> patch(const std::string& user_id, const std::string& id,
                                         std::int64_t expected_version, const CollectionPatch& patch);
  /// With all below it; the memories stay where they are. `restore` takes it back within 30 days.
  [[nodiscard]] Result<void> remove(const std::string& user_id, const std::string& id);
  [[nodiscard]] Result<Collection> restore(const std::string& user_id, const std::string& id);

  [[nodiscard]] Result<Page<Memory>> memories(const std::string& user_id, const std::string& id,
                                              const PageQuery& query);
  /// Memories of the collection's space; the others, and those it holds already, are `refused`.
  [[nodiscard]] Result<BatchOutcome> add(const std::string& user_id, const std::string& id, const MemoryIds& ids);
  [[nodiscard]] Result<BatchOutcome> take_out(const std::string& user_id, const std::string& id, const MemoryIds& ids);
  [[nodiscard]] Result<Collection> reorder(const std::string& user_id, const std::string& id,
                                           const CollectionOrder& order);

  /// Forgets what was removed more than 30 days ago. Run by a job.
  [[nodiscard]] Result<void> sweep();

private:
  Database& db_;
  const Clock& clock_;
};

} // namespace mv::collections
