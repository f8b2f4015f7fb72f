// Moving house to PostgreSQL and back: what comes home is what left.

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <thread>

#include "core/moving/home_fixture.hpp"
#include "core/moving/rows.hpp"
#include "core/testing/migrated_postgres.hpp"

namespace mv::moving {
namespace {

TEST(MoveHouseToPostgresTest, GoesThereAndBack) {
  Home old;
  Home city; // its folder alone is used: files beside a database on PostgreSQL
  Home back;
  test::MigratedPostgres postgres;
  old.live();
  const House there{postgres.database(), city.blobs()};
  const MoveReport out = must(move_house(old.house(), there, "old", kQuiet));
  EXPECT_EQ(out.blobs, 4);

  // Its events go on behind those that came.
  must(postgres.database().transaction([](Transaction& tx) -> Result<void> {
    TRY(const Rows rows, tx.run(Query{"add_event",
                                      "INSERT INTO events (type, space_id, at, data) VALUES "
                                      "('memory.updated', 's1', 2, '{}') RETURNING seq"}));
    EXPECT_EQ(rows.front().integer(0), 2);
    return {};
  }));

  const MoveReport home = must(move_house(there, back.house(), "city", kQuiet));
  EXPECT_EQ(home.rows, out.rows + 1);
  EXPECT_EQ(home.bytes, out.bytes);
  EXPECT_EQ(back.text("SELECT title FROM memories WHERE id = 'm00042'"), "Двор 42");
  EXPECT_EQ(back.text("SELECT parent_id FROM collections WHERE id = 'a'"), "b");
  const auto tables = must(old.house().database.read([](Transaction& tx) { return read_tables(tx, "sqlite"); }));
  for (const Table& table : tables) {
    if (table.name == "events") continue;
    const auto sum = [&](Home& side) {
      return must(side.house().database.read([&](Transaction& tx) { return sum_of(tx, table); }));
    };
    EXPECT_EQ(sum(old), sum(back)) << table.name;
  }
}

TEST(MoveHouseToPostgresTest, GoesOnAfterAnInterruption) {
  Home old;
  Home files;
  test::MigratedPostgres postgres;
  old.live();
  const House there{postgres.database(), files.blobs()};
  EXPECT_THROW(must(move_house(old.house(), there, "old",
                               [](std::string_view step, std::string_view what, std::int64_t done) {
                                 if (step == "rows" && what == "memories" && done >= 500)
                                   throw std::runtime_error("power cut");
                               })),
               std::runtime_error);
  EXPECT_TRUE(must(is_half_moved(postgres.database())));
  EXPECT_EQ(must(move_house(old.house(), there, "old", kQuiet)).blobs, 4);
  EXPECT_FALSE(must(is_half_moved(postgres.database())));
}

/// A PostgreSQL whose patience with a transaction in which nothing happens is half a second in place of a minute.
class ImpatientPostgres final : public Database {
public:
  explicit ImpatientPostgres(Database& whole) : whole_(whole) {}
  Result<void> read_with(const std::function<Result<void>(Transaction&)>& work) override {
    return whole_.read_with([&](Transaction& tx) -> Result<void> {
      static constexpr Query kHurry{"hurry", "SELECT set_config('idle_in_transaction_session_timeout', '500ms', true)"};
      TRY_OK(tx.run(kHurry));
      return work(tx);
    });
  }
  Result<Rows> read_one_with(const Query& query, const std::vector<Value>& parameters) override {
    return whole_.read_one_with(query, parameters);
  }
  Result<void> write_with(const std::function<Result<void>(Transaction&)>& work) override {
    return whole_.write_with(work);
  }
  [[nodiscard]] std::string_view engine() const override { return whole_.engine(); }

private:
  Database& whole_;
};

TEST(MoveHouseFromPostgresTest, TakesTheTimeThatRowsAndFilesNeed) {
  Home old;
  Home files;
  Home back;
  test::MigratedPostgres postgres;
  old.live();
  static_cast<void>(must(move_house(old.house(), {postgres.database(), files.blobs()}, "old", kQuiet)));

  ImpatientPostgres impatient(postgres.database());
  std::set<std::string, std::less<>> slow; // once each of what a new side on a slow disk takes long for
  const auto home = must(move_house({impatient, files.blobs()}, back.house(), "city",
                                    [&](std::string_view step, std::string_view what, std::int64_t) {
                                      const std::string_view kind = what.substr(0, what.find('/'));
                                      const bool waits = kind == "memories" || kind == "originals";
                                      if (waits && slow.insert(std::format("{} {}", step, kind)).second)
                                        std::this_thread::sleep_for(std::chrono::milliseconds(700));
                                    }));
  EXPECT_EQ(slow, (std::set<std::string, std::less<>>{"rows memories", "check memories", "files originals",
                                                      "check originals"}));
  EXPECT_EQ(home.blobs, 4);
  EXPECT_EQ(back.text("SELECT title FROM memories WHERE id = 'm01202'"), "Двор 1202");
}

} // namespace
} // namespace mv::moving
