#include <algorithm>
#include <filesystem>
#include <format>
#include <vector>

#include "core/base/log.hpp"
#include "core/migrations/schema_host.hpp"

namespace mv::migrations {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCopiesKept = 3;

class SqliteHost final : public SchemaHost {
public:
  explicit SqliteHost(sqlite::SqliteDatabase& database) : database_(database) {}

  Database& database() override { return database_; }
  [[nodiscard]] std::string name() const override { return database_.path().string(); }
  Result<void> change(const std::function<Result<void>(Transaction&)>& work) override {
    return database_.migrate_with(work);
  }
  Result<void> execute_script(Transaction& tx, std::string_view script) override {
    return sqlite::SqliteDatabase::execute_script(tx, script);
  }
  Result<void> keep_copy(std::int64_t version) override;
  [[nodiscard]] std::string_view up(const Migration& migration) const override { return migration.up; }
  [[nodiscard]] std::string_view down(const Migration& migration) const override { return migration.down; }

private:
  sqlite::SqliteDatabase& database_;
};

Result<void> SqliteHost::keep_copy(std::int64_t version) {
  const fs::path& file = database_.path();
  const std::string prefix = file.filename().string() + ".before-";
  const fs::path target = file.parent_path() / std::format("{}{:04}.sqlite", prefix, version);
  TRY_OK(database_.copy_to(target));
  log_info("database copied before its schema changes", {{"copy", target.string()}});

  std::vector<std::pair<fs::file_time_type, fs::path>> copies;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(file.parent_path(), code)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(".sqlite") || entry.path() == target) continue;
    copies.emplace_back(entry.last_write_time(code), entry.path());
  }
  std::ranges::sort(copies, std::greater());
  for (std::size_t i = kCopiesKept - 1; i < copies.size(); ++i)
    fs::remove(copies[i].second, code);
  // A copy too many is no reason not to start.
  return {};
}

} // namespace

std::unique_ptr<SchemaHost> host_of(sqlite::SqliteDatabase& database) { return std::make_unique<SqliteHost>(database); }

} // namespace mv::migrations
