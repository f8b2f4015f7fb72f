// kill -9 at any moment: what was acknowledged is there afterwards, and whole.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "core/adapters/sqlite/database.hpp"
#include "core/base/ids.hpp"
#include "core/base/random.hpp"

namespace mv::sqlite {
namespace {

namespace fs = std::filesystem;

constexpr Query kInsertLeft{"insert_left", "INSERT INTO pairs_left (id) VALUES (?1)"};
constexpr Query kInsertRight{"insert_right", "INSERT INTO pairs_right (id) VALUES (?1)"};

// The child: writes pairs for ever, and tells each number after its commit.
[[noreturn]] void write_pairs(const fs::path& path, std::int64_t from, int pipe) {
  const auto database = SqliteDatabase::open(path);
  if (!database) ::_exit(1);
  for (std::int64_t id = from;; ++id) {
    const auto committed = (*database)->transaction([id](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run(kInsertLeft, id));
      TRY_OK(tx.run(kInsertRight, id));
      return {};
    });
    if (!committed || ::write(pipe, &id, sizeof id) != sizeof id) ::_exit(1);
  }
}

std::set<std::int64_t> ids(Database& database, std::string_view sql) {
  std::set<std::int64_t> found;
  const auto read = database.read([&](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run({"ids", sql}));
    for (const Row& row : rows)
      found.insert(row.integer(0));
    return {};
  });
  EXPECT_TRUE(read.has_value()) << read.error().cause;
  return found;
}

TEST(SqliteCrashTest, KeepsEveryAcknowledgedCommitWholeThroughKillNine) {
  const fs::path folder = fs::path(testing::TempDir()) / ("crash-" + new_id());
  const fs::path path = folder / "crash.sqlite";
  {
    const auto database = SqliteDatabase::open(path);
    ASSERT_TRUE(database.has_value());
    const auto made = (*database)->transaction([](Transaction& tx) -> Result<void> {
      TRY_OK(tx.run({"left", "CREATE TABLE pairs_left (id BIGINT PRIMARY KEY)"}));
      TRY_OK(tx.run({"right", "CREATE TABLE pairs_right (id BIGINT PRIMARY KEY)"}));
      return {};
    });
    ASSERT_TRUE(made.has_value());
  }
  std::set<std::int64_t> acknowledged;
  for (std::int64_t round = 0; round < 10; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_pairs(path, round * 1'000'000, ends[1]);
    ::close(ends[1]);
    const std::uint32_t enough = 1 + random_below(40);
    std::int64_t id = 0;
    for (std::uint32_t i = 0; i < enough && ::read(ends[0], &id, sizeof id) == sizeof id; ++i)
      acknowledged.insert(id);
    ::kill(child, SIGKILL);
    while (::read(ends[0], &id, sizeof id) == sizeof id)
      acknowledged.insert(id); // told before it died
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));

    const auto database = SqliteDatabase::open(path);
    ASSERT_TRUE(database.has_value()) << database.error().cause;
    const auto left = ids(**database, "SELECT id FROM pairs_left");
    EXPECT_EQ(left, ids(**database, "SELECT id FROM pairs_right")) << "half a commit";
    for (const std::int64_t told : acknowledged)
      EXPECT_TRUE(left.contains(told)) << told << " is lost";
    EXPECT_LE(left.size(), acknowledged.size() + static_cast<std::size_t>(round) + 1);
  }
  EXPECT_GE(acknowledged.size(), 10U);
  fs::remove_all(folder);
}

} // namespace
} // namespace mv::sqlite
