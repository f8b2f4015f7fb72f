#pragma once

// For tests: an installation on SQLite and a folder, and a family that lives in it.

#include <filesystem>
#include <format>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/adapters/folder/folder_blob_store.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/hash.hpp"
#include "core/base/ids.hpp"
#include "core/migrations/runner.hpp"
#include "core/moving/move.hpp"

namespace mv::moving {

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

inline const MoveProgress kQuiet = [](std::string_view, std::string_view, std::int64_t) {};

} // namespace mv::moving
