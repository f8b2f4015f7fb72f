#pragma once

// For tests: databases of the product's schema on the program's PostgreSQL. The schema is made once and copied.

#include <stdexcept>
#include <string>

#include "core/migrations/runner.hpp"
#include "core/testing/postgres_server.hpp"

namespace mv::test {

/// A new one, opened; dropped with the object.
class MigratedPostgres {
public:
  explicit MigratedPostgres(const postgres::PostgresOptions& options = {})
      : url_(PostgresServer::shared().make_database(PostgresServer::name_in(original()))),
        database_(open(url_, options)) {}
  ~MigratedPostgres() {
    database_.reset();
    PostgresServer::shared().drop_database(url_);
  }
  MigratedPostgres(const MigratedPostgres&) = delete;
  MigratedPostgres& operator=(const MigratedPostgres&) = delete;

  [[nodiscard]] postgres::PostgresDatabase& database() { return *database_; }
  [[nodiscard]] const std::string& url() const { return url_; }

private:
  static std::unique_ptr<postgres::PostgresDatabase> open(const std::string& url,
                                                          const postgres::PostgresOptions& options) {
    auto opened = postgres::PostgresDatabase::open(url, options);
    if (!opened) throw std::runtime_error(opened.error().cause);
    return *std::move(opened);
  }
  static const std::string& original() {
    static const std::string made = [] {
      std::string url = PostgresServer::shared().make_database();
      const FixedClock clock(0);
      if (auto done = migrations::Runner(*open(url, {}), clock).migrate(); !done) {
        throw std::runtime_error(done.error().cause);
      }
      return url;
    }();
    return made;
  }

  std::string url_;
  std::unique_ptr<postgres::PostgresDatabase> database_;
};

} // namespace mv::test
