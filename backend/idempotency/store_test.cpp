#include <filesystem>

#include "backend/idempotency/store_contract.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/migrations/runner.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;

class MigratedSqlite {
public:
  MigratedSqlite() {
    std::string name = (fs::temp_directory_path() / "mv-idempotency-XXXXXX").string();
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
    fs::remove_all(folder_);
  }
  MigratedSqlite(const MigratedSqlite&) = delete;
  MigratedSqlite& operator=(const MigratedSqlite&) = delete;

  [[nodiscard]] Database& database() { return *database_; }

private:
  fs::path folder_;
  std::unique_ptr<sqlite::SqliteDatabase> database_;
};

} // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(OnSqlite, IdempotencyTest, MigratedSqlite);

} // namespace mv::test
