#pragma once

// Rows of memories and media: one function per query, no decisions.

#include <optional>
#include <string>
#include <vector>

#include "core/contracts/spaces.hpp"
#include "core/memories/record.hpp"
#include "core/ports/database.hpp"

namespace mv::memories {

/// A memory, and the role of its reader in its space: nothing for a stranger.
struct MemoryWithRole {
  MemoryRecord memory;
  std::optional<Role> role;
};

/// A file, and what decides whether its reader may have it.
struct FileWithRole {
  MediaFile file;
  std::string contributor_id;
  bool is_private = false;
  std::optional<Role> role; ///< Nothing for a stranger.
};

/// Where the same content is already.
struct KnownContent {
  std::string sha256;
  std::string memory_id;
  std::string media_id;
  bool trashed = false;
};

/// Lives as long as its transaction.
class MemoryRepository {
public:
  explicit MemoryRepository(Transaction& tx) : tx_(tx) {}

  [[nodiscard]] Result<void> insert(const MemoryRecord& memory);
  [[nodiscard]] Result<void> update(const MemoryRecord& memory);
  [[nodiscard]] Result<void> remove(const std::string& id);

  /// Those of `ids` that exist, in the order of `ids`, with their media; `favourite` is that of `user_id`. `ids` are
  /// all different.
  [[nodiscard]] Result<std::vector<MemoryRecord>> find(const std::vector<std::string>& ids, const std::string& user_id);
  [[nodiscard]] Result<std::optional<MemoryRecord>> find(const std::string& id, const std::string& user_id);
  [[nodiscard]] Result<std::optional<MemoryWithRole>> find_with_role(const std::string& id, const std::string& user_id);

  /// False when the scope already holds that content.
  [[nodiscard]] Result<bool> insert_media(const MediaRecord& media, const std::string& sha1, const std::string& scope,
                                          int position, TimeMs now);
  [[nodiscard]] Result<std::optional<MediaFile>> find_media(const std::string& media_id);
  [[nodiscard]] Result<void> update_media(const MediaRecord& media);
  [[nodiscard]] Result<void> move_media(const std::string& memory_id, const std::string& scope);
  [[nodiscard]] Result<std::optional<KnownContent>> find_content(const std::vector<std::string>& scopes,
                                                                 const std::string& sha256);
  [[nodiscard]] Result<std::vector<KnownContent>> find_known(const std::vector<std::string>& scopes,
                                                             const std::vector<std::string>& sha256s);
  [[nodiscard]] Result<std::vector<std::string>> content_of(const std::string& memory_id);
  [[nodiscard]] Result<void> add_tombstone(const std::string& space_id, const std::string& sha256, TimeMs now);

  /// False when it was so already.
  [[nodiscard]] Result<bool> add_favourite(const std::string& user_id, const std::string& memory_id, TimeMs now);
  [[nodiscard]] Result<bool> remove_favourite(const std::string& user_id, const std::string& memory_id);
  [[nodiscard]] Result<std::vector<std::string>> favourers(const std::string& memory_id);

private:
  Transaction& tx_;
};

/// Reads that are one statement each and need no transaction around it.
[[nodiscard]] Result<std::optional<MemoryWithRole>> find_memory_with_role(Database& db, const std::string& id,
                                                                          const std::string& user_id);
[[nodiscard]] Result<std::optional<FileWithRole>> find_media_with_role(Database& db, const std::string& media_id,
                                                                       const std::string& user_id);

/// Ids as a JSON array, the form in which a query takes a list. Ids and hashes need no escaping.
[[nodiscard]] std::string json_list(const std::vector<std::string>& plain_texts);

} // namespace mv::memories
