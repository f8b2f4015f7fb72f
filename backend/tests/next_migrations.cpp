// Makes of the server the next release, as far as the schema goes: its steps are those of this one and one that adds.
// With MEMORYVERSE_TEST_CONTRACT in its environment it is the release after that, which takes away what the step added
// and says that programs of today cannot go on. Stands in for `all()` of the library.

#include <cstdlib>
#include <vector>

#include "core/migrations/embedded.hpp"

namespace mv::migrations {

std::span<const Migration> all() {
  static const std::vector<Migration> steps = [] {
    std::vector<Migration> made(kMigrations.begin(), kMigrations.end());
    const auto today = static_cast<std::int64_t>(made.size());
    made.push_back({.version = today + 1,
                    .name = "moods",
                    .up = "CREATE TABLE moods (id TEXT PRIMARY KEY, name TEXT NOT NULL);\n"
                          "ALTER TABLE memories ADD COLUMN mood TEXT;\n"
                          "ALTER TABLE memories ADD COLUMN moods_seen BIGINT NOT NULL DEFAULT 0;\n"
                          "CREATE INDEX memories_mood ON memories (mood);\n",
                    .down = "DROP INDEX memories_mood;\nALTER TABLE memories DROP COLUMN moods_seen;\n"
                            "ALTER TABLE memories DROP COLUMN mood;\nDROP TABLE moods;\n"});
    if (std::getenv("MEMORYVERSE_TEST_CONTRACT") != nullptr) {
      made.push_back(
          {.version = today + 2,
           .name = "no_moods",
           .up = "DROP INDEX memories_mood;\nALTER TABLE memories DROP COLUMN mood;\n",
           .down = "ALTER TABLE memories ADD COLUMN mood TEXT;\nCREATE INDEX memories_mood ON memories (mood);\n",
           .needs = today + 1});
    }
    return made;
  }();
  return steps;
}

} // namespace mv::migrations
