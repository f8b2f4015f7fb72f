#pragma once

// For tests: a database of the product's schema on SQLite, in a temporary folder that goes with it.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/adapters/sqlite/database.hpp"
#include "core/migrations/runner.hpp"

namespace mv::test {

class MigratedSqlite {
public:
  MigratedSqlite() {
    std::string name = (std::filesystem::temp_directory_path() / "mv-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
    auto opened = sqlite::SqliteDatabase::open(folder_ / "test.sqlite");
    if (!opened) throw std::runtime_error(opened.error().cause);
    database_ = *std::move(opened);
    const FixedClock clock(0);
    if (auto done = migrations::Runner(*database_, clock).migrate(); !done)
      throw std::runtime_error(done.error().cause);
  }
  ~MigratedSqlite() {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  MigratedSqlite(const MigratedSqlite&) = delete;
  MigratedSqlite& operator=(const MigratedSqlite&) = delete;

  [[nodiscard]] Database& database() { return *database_; }

private:
  std::filesystem::path folder_;
  std::unique_ptr<sqlite::SqliteDatabase> database_;
};

} // namespace mv::test
