#pragma once

// A job queue on a fresh SQLite database of the product's schema, for tests.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "core/adapters/jobs/queue.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/ids.hpp"
#include "core/migrations/runner.hpp"

namespace mv::jobs {

class QueueOnSqlite {
public:
  QueueOnSqlite() {
    auto opened = sqlite::SqliteDatabase::open(folder_ / "jobs.sqlite");
    if (!opened) throw std::runtime_error(opened.error().cause);
    database_ = *std::move(opened);
    if (auto migrated = migrations::Runner(*database_, clock_).migrate(); !migrated) {
      throw std::runtime_error(migrated.error().cause);
    }
    queue_ = std::make_unique<DatabaseJobQueue>(*database_, clock_);
  }
  ~QueueOnSqlite() {
    queue_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  QueueOnSqlite(const QueueOnSqlite&) = delete;
  QueueOnSqlite& operator=(const QueueOnSqlite&) = delete;

  DatabaseJobQueue& queue() { return *queue_; }
  Database& database() { return *database_; }
  FixedClock& clock() { return clock_; }

private:
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("jobs-" + new_id());
  FixedClock clock_{1'700'000'000'000};
  std::unique_ptr<sqlite::SqliteDatabase> database_;
  std::unique_ptr<DatabaseJobQueue> queue_;
};

} // namespace mv::jobs
