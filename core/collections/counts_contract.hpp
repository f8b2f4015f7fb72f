#pragma once

// The kept numbers of collections are those that counting gives, whatever happens to the rows. Run on each engine.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "core/ports/database.hpp"

namespace mv::collections {

constexpr std::string_view kFurniture[] = {
    "INSERT INTO users (id, email, email_key, name, password_hash, locale, created_at, updated_at) "
    "VALUES ('u', 'a@example.org', 'a@example.org', 'Anna', 'x', 'en', 0, 0)",
    "INSERT INTO spaces (id, kind, title, created_by, version, created_at, updated_at) "
    "VALUES ('s', 'personal', 'Anna', 'u', 1, 0, 0)",
    "INSERT INTO collections (id, space_id, title, description, position, created_by, version, created_at, updated_at) "
    "VALUES ('a', 's', 'A', '', 1, 'u', 1, 0, 0), ('b', 's', 'B', '', 2, 'u', 1, 0, 0)",
};

constexpr Query kMemory{
    "test_memory",
    "INSERT INTO memories (id, space_id, contributor_id, type, title, description, tags, date_edtf, date_confidence, "
    "date_source, sort_key, place_name, privacy, version, created_at, updated_at) "
    "VALUES (?1, 's', 'u', 'photo', '', '', '[]', '2000', 'certain', 'metadata', 0, '', 'space', 1, 0, 0)"};

// What is kept beside what is counted, where the two differ.
constexpr Query kDifferences{
    "test_differences",
    "SELECT c.id, x.scope FROM collections c CROSS JOIN (SELECT 's' AS scope UNION SELECT 's:u' UNION SELECT '') x "
    "WHERE COALESCE((SELECT k.memories FROM collection_counts k WHERE k.collection_id = c.id AND k.scope = x.scope), "
    "0) "
    "<> (SELECT COUNT(*) FROM collection_memories m WHERE m.collection_id = c.id AND m.scope = x.scope)"};

inline void expect_exact_counts(Database& database) {
  const auto run = [&](const Query& query, const std::vector<Value>& values = {}) {
    auto rows = database.transaction([&](Transaction& tx) { return tx.execute(query, values); });
    EXPECT_TRUE(rows) << query.text << ": " << (rows ? "" : rows.error().cause);
    return rows ? *std::move(rows) : Rows{};
  };
  for (const std::string_view statement : kFurniture)
    run({"test_furniture", statement});
  constexpr int kMemories = 12;
  for (int i = 0; i < kMemories; ++i)
    run(kMemory, {"m" + std::to_string(i)});

  std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same each time
  const auto any = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const std::string scopes[] = {"s", "s:u", ""};
  for (int step = 0; step < 200; ++step) {
    const std::string memory = "m" + std::to_string(any(kMemories));
    const std::string collection = any(2) == 0 ? "a" : "b";
    switch (any(4)) {
      case 0:
      case 1:
        run({"test_append",
             "INSERT INTO collection_memories (collection_id, memory_id, position, scope, added_at) "
             "VALUES (?1, ?2, 1, ?3, 0) ON CONFLICT (collection_id, memory_id) DO NOTHING"},
            {collection, memory, scopes[any(3)]});
        break;
      case 2:
        run({"test_move", "UPDATE collection_memories SET scope = ?2 WHERE memory_id = ?1"}, {memory, scopes[any(3)]});
        break;
      default:
        run({"test_remove", "DELETE FROM collection_memories WHERE collection_id = ?1 AND memory_id = ?2"},
            {collection, memory});
    }
    ASSERT_TRUE(run(kDifferences).empty()) << "after step " << step;
  }
  ASSERT_FALSE(run({"test_any", "SELECT 1 FROM collection_counts WHERE memories > 1"}).empty());

  run({"test_purge", "DELETE FROM memories WHERE id = 'm1' OR id = 'm2'"});
  EXPECT_TRUE(run(kDifferences).empty()) << "what goes with its memory is counted as well";
  run({"test_drop", "DELETE FROM collections WHERE id = 'a'"});
  EXPECT_TRUE(run({"test_left", "SELECT 1 FROM collection_counts WHERE collection_id = 'a'"}).empty());
  EXPECT_TRUE(run(kDifferences).empty());
}

} // namespace mv::collections
