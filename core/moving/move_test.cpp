#include "core/moving/move.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>

#include "core/adapters/folder/folder_blob_store.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/migrations/runner.hpp"
#include "core/moving/rows.hpp"

namespace mv::moving {
namespace {

namespace fs = std::filesystem;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().key + ": " + result.error().cause);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// An installation on SQLite and a folder.
class Home {
public:
  Home() {
    fs::create_directories(folder_);
    db_ = must(sqlite::SqliteDatabase::open(folder_ / "db.sqlite"));
    const FixedClock clock(1'795'500'000'000);
    static_cast<void>(must(migrations::Runner(*db_, clock).migrate()));
    blobs_ = must(folder::FolderBlobStore::open(folder_ / "files"));
  }
  ~Home() {
    db_.reset();
    fs::remove_all(folder_);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  [[nodiscard]] House house() { return {*db_, *blobs_}; }

  void change(const std::string& sql, std::vector<Value> values = {}) {
    must(db_->transaction([&](Transaction& tx) -> Result<void> {
      return tx.execute({"change", sql}, values).transform([](const Rows&) {});
    }));
  }
  std::string text(const std::string& sql) {
    return must(db_->read([&](Transaction& tx) -> Result<std::string> {
      TRY(const Rows rows, tx.execute({"text", sql}, {}));
      return rows.empty() ? "nothing" : rows.front().text(0);
    }));
  }
  std::string keep(const std::string& bytes) {
    const std::string sha256 = sha256_hex(bytes);
    for (const BlobKey& key :
         {"originals/" + sha256.substr(0, 2) + "/" + sha256.substr(2, 2) + "/" + sha256,
          "derived/" + sha256.substr(0, 2) + "/" + sha256.substr(2, 2) + "/" + sha256 + "/256.webp"}) {
      const auto writer = must(blobs_->create());
      must(writer->write(std::as_bytes(std::span(bytes))));
      static_cast<void>(must(writer->finish()));
      must(writer->commit(key));
    }
    return sha256;
  }
  /// A small family with more memories than a page holds.
  void live() {
    change(
        "INSERT INTO users (id, email, email_key, name, password_hash, is_owner, locale, created_at, updated_at) "
        "VALUES ('u1', 'Vera@example.org', 'vera@example.org', 'Вера', 'hash', 1, 'ru', 1, 1)");
    change(
        "INSERT INTO spaces (id, kind, title, created_by, version, created_at, updated_at) "
        "VALUES ('s1', 'family', 'Соколовы', 'u1', 1, 1, 1)");
    for (int i = 0; i < 1203; ++i) {
      change(
          "INSERT INTO memories (id, space_id, contributor_id, type, title, description, tags, date_edtf, "
          "date_confidence, date_source, sort_key, place_name, latitude, privacy, version, created_at, updated_at) "
          "VALUES (?1, 's1', 'u1', 'photo', ?2, '', '[]', '1935~', 'guess', 'person', ?3, '', ?4, 'space', 1, 1, 1)",
          {std::format("m{:05}", i), "Двор " + std::to_string(i), std::int64_t{-1'000'000'000'000 - i}, 55.75 + i});
    }
    // A tree whose child comes before its parent in the order of ids.
    for (const auto& [id, parent] : {std::pair{"b", Value(nullptr)}, {"a", Value(std::string("b"))}}) {
      change(
          "INSERT INTO collections (id, space_id, parent_id, title, description, position, created_by, version, "
          "created_at, updated_at) VALUES (?1, 's1', ?2, 'До войны', '', 1, 'u1', 1, 1, 1)",
          {std::string(id), parent});
    }
    change("INSERT INTO events (type, space_id, at, data) VALUES ('memory.created', 's1', 1, '{}')");
    change(
        "INSERT INTO uploads (id, user_id, length, received, metadata, created_at, expires_at) "
        "VALUES ('up', 'u1', 10, 5, '{}', 1, 9)");
    change("INSERT INTO settings (key, value) VALUES ('registration', 'closed')");
    keep("одна карточка");
    keep(std::string(3 << 20, 'x'));
  }

  folder::FolderBlobStore& blobs() { return *blobs_; }

private:
  fs::path folder_ = fs::path(testing::TempDir()) / ("home-" + new_id());
  std::unique_ptr<sqlite::SqliteDatabase> db_;
  std::unique_ptr<folder::FolderBlobStore> blobs_;
};

const MoveProgress kQuiet = [](std::string_view, std::string_view, std::int64_t) {};

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
  EXPECT_THROW(static_cast<void>(move_house(old.house(), fresh.house(), "old", cut_at("rows", 500))),
               std::runtime_error);
  EXPECT_TRUE(must(is_half_moved(fresh.house().database)));
  EXPECT_THROW(static_cast<void>(move_house(old.house(), fresh.house(), "old", cut_at("files", 3))),
               std::runtime_error);

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
  EXPECT_THROW(static_cast<void>(move_house(old.house(), fresh.house(), "old",
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
