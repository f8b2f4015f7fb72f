#include "core/moving/move.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "core/moving/home_fixture.hpp"
#include "core/moving/rows.hpp"

namespace mv::moving {
namespace {

TEST(MoveHouseTest, BringsEverythingAndProvesIt) {
  Home old;
  Home fresh;
  old.live();
  const MoveReport report = must(move_house(old.house(), fresh.house(), "old", kQuiet));
  EXPECT_EQ(report.blobs, 4);
  EXPECT_EQ(report.blobs_there, 0);
  EXPECT_GT(report.rows, 1203 + 4);
  EXPECT_EQ(fresh.text("SELECT title FROM memories WHERE id = 'm01202'"), "Двор 1202");
  EXPECT_EQ(fresh.text("SELECT parent_id FROM collections WHERE id = 'a'"), "b");
  EXPECT_EQ(fresh.text("SELECT value FROM settings WHERE key = 'registration'"), "closed");
  EXPECT_EQ(fresh.text("SELECT id FROM uploads"), "nothing"); // its bytes lie on the old machine
  EXPECT_FALSE(must(is_half_moved(fresh.house().database)));
  fresh.change("INSERT INTO events (type, space_id, at, data) VALUES ('memory.created', 's1', 2, '{}')");
  EXPECT_EQ(fresh.text("SELECT CAST(max(seq) AS TEXT) FROM events"), "2");
}

TEST(MoveHouseTest, GoesOnWhereItWasInterrupted) {
  Home old;
  Home fresh;
  old.live();
  const auto cut_at = [](std::string_view step, std::int64_t count) -> MoveProgress {
    return [step, count](std::string_view now, std::string_view what, std::int64_t done) {
      if (now == step && done >= count && (now != "rows" || what == "memories")) throw std::runtime_error("power cut");
    };
  };
  EXPECT_THROW(must(move_house(old.house(), fresh.house(), "old", cut_at("rows", 500))), std::runtime_error);
  EXPECT_TRUE(must(is_half_moved(fresh.house().database)));
  EXPECT_THROW(must(move_house(old.house(), fresh.house(), "old", cut_at("files", 3))), std::runtime_error);

  const auto foreign = move_house(old.house(), fresh.house(), "elsewhere", kQuiet);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().key, "move.not-empty");

  std::int64_t rows_again = 0;
  const MoveReport report = must(move_house(old.house(), fresh.house(), "old",
                                            [&](std::string_view step, std::string_view what, std::int64_t done) {
                                              if (step == "rows" && what == "memories") rows_again = done;
                                            }));
  EXPECT_EQ(rows_again, 0); // all of them had come
  EXPECT_EQ(report.blobs_there, 3);
  EXPECT_EQ(report.blobs, 4);
  EXPECT_FALSE(must(is_half_moved(fresh.house().database)));
}

TEST(MoveHouseTest, TouchesNoHouseWherePeopleLive) {
  Home old;
  Home lived_in;
  old.live();
  lived_in.live();
  lived_in.change("UPDATE users SET name = 'Анна'");
  const auto moved = move_house(old.house(), lived_in.house(), "old", kQuiet);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().key, "move.not-empty");
  EXPECT_EQ(lived_in.text("SELECT name FROM users"), "Анна");
}

TEST(MoveHouseTest, NamesAnOriginalThatIsDamaged) {
  Home old;
  Home fresh;
  old.live();
  const std::string sha256 = old.keep("a third one");
  const BlobKey key = "originals/" + sha256.substr(0, 2) + "/" + sha256.substr(2, 2) + "/" + sha256;
  std::ofstream(*old.blobs().local_path(key), std::ios::binary) << "a THIRD one";
  const auto moved = move_house(old.house(), fresh.house(), "old", kQuiet);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().key, "move.damaged");
  EXPECT_NE(moved.error().cause.find(sha256), std::string::npos);
  EXPECT_TRUE(must(is_half_moved(fresh.house().database)));
}

TEST(MoveHouseTest, FindsARowThatIsNotTheSame) {
  Home old;
  Home fresh;
  old.live();
  EXPECT_THROW(must(move_house(old.house(), fresh.house(), "old",
                               [](std::string_view step, std::string_view, std::int64_t) {
                                 if (step == "files") throw std::runtime_error("power cut");
                               })),
               std::runtime_error);
  fresh.change("UPDATE memories SET title = 'Двор' WHERE id = 'm00007'");
  const auto moved = move_house(old.house(), fresh.house(), "old", kQuiet);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().key, "move.differs");
  EXPECT_NE(moved.error().cause.find("memories"), std::string::npos);
}

TEST(MoveHouseTest, TakesNoDatabaseForAWholeHouse) {
  Home old;
  Home elsewhere; // whose store is named instead of the old one's
  Home fresh;
  old.live();
  old.change(
      "INSERT INTO media_items (id, memory_id, scope, position, mime_type, file_name, bytes, sha256, sha1, state, "
      "metadata, created_at) VALUES ('i1', 'm00001', 's1', 1, 'image/jpeg', 'yard.jpg', 1, 'aa', 'bb', 'ready', '{}', "
      "1)");
  const auto moved = move_house({old.house().database, elsewhere.blobs()}, fresh.house(), "old", kQuiet);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().key, "move.no-files");
  EXPECT_FALSE(must(is_half_moved(fresh.house().database)));
  EXPECT_TRUE(move_house(old.house(), fresh.house(), "old", kQuiet).has_value());
}

TEST(MoveHouseTest, SaysWhichSideFails) {
  Home old;
  Home fresh;
  old.live();
  fresh.change("DROP TABLE collections");
  const auto no_table = move_house(old.house(), fresh.house(), "old", kQuiet);
  ASSERT_FALSE(no_table);
  EXPECT_TRUE(no_table.error().cause.starts_with("the new side: ")) << no_table.error().cause;

  class Lost final : public Database {
  public:
    Result<void> read_with(const std::function<Result<void>(Transaction&)>& /*work*/) override { return lost(); }
    Result<Rows> read_one_with(const Query& /*query*/, const std::vector<Value>& /*parameters*/) override {
      return lost();
    }
    Result<void> write_with(const std::function<Result<void>(Transaction&)>& /*work*/) override { return lost(); }
    [[nodiscard]] std::string_view engine() const override { return "sqlite"; }

  private:
    static std::unexpected<Error> lost() { return fail(ErrorCode::unavailable, "database.lost", "read"); }
  } lost;
  Home other;
  const auto no_database = move_house({lost, old.blobs()}, other.house(), "old", kQuiet);
  ASSERT_FALSE(no_database);
  EXPECT_EQ(no_database.error().cause, "the old side: read");
}

TEST(ReadTablesTest, PutsTheTablesThatOthersReferToFirst) {
  Home home;
  const auto tables = must(home.house().database.read([](Transaction& tx) { return read_tables(tx, "sqlite"); }));
  const auto place = [&](std::string_view name) {
    return std::ranges::find(tables, name, &Table::name) - tables.begin();
  };
  EXPECT_LT(place("users"), place("sessions"));
  EXPECT_LT(place("spaces"), place("memories"));
  EXPECT_LT(place("memories"), place("media_items"));
  EXPECT_LT(place("memories"), place("collections"));
  EXPECT_EQ(place("uploads"), std::ssize(tables));
  EXPECT_EQ(place("schema_migrations"), std::ssize(tables));
  const Table& index = tables[static_cast<std::size_t>(place("memory_index"))];
  EXPECT_EQ(index.key, (std::vector<std::string>{"scope", "facet", "sort_key", "memory_id"}));
  EXPECT_EQ(tables[static_cast<std::size_t>(place("collections"))].parent_column, "parent_id");
}

} // namespace
} // namespace mv::moving
