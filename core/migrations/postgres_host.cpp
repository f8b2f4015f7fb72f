#include "core/migrations/schema_host.hpp"

namespace mv::migrations {

namespace {

// Text compares by its bytes, as in SQLite: the same order on every server whatever its locale, indexes that survive an
// update of the system's library, and comparisons that cost little. Said once here instead of at every column.
constexpr std::string_view kCompareBytes = R"sql(
DO $$
DECLARE
  it RECORD;
BEGIN
  FOR it IN
    SELECT c.oid::regclass AS of, a.attname AS name
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    JOIN pg_type t ON t.oid = a.atttypid AND t.typname = 'text'
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attcollation = t.typcollation
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE text COLLATE "C"', it.of, it.name);
  END LOOP;
END $$;
)sql";

class PostgresHost final : public SchemaHost {
public:
  explicit PostgresHost(postgres::PostgresDatabase& database) : database_(database) {}

  Database& database() override { return database_; }
  [[nodiscard]] std::string name() const override { return database_.shown_address(); }
  Result<void> change(const std::function<Result<void>(Transaction&)>& work) override {
    return database_.migrate_with(work);
  }
  Result<void> execute_script(Transaction& tx, std::string_view script) override {
    TRY_OK(postgres::PostgresDatabase::execute_script(tx, script));
    return postgres::PostgresDatabase::execute_script(tx, kCompareBytes);
  }
  Result<void> keep_copy(std::int64_t /*version*/) override { return {}; }
  [[nodiscard]] std::string_view up(const Migration& migration) const override {
    return migration.up_postgres.empty() ? migration.up : migration.up_postgres;
  }
  [[nodiscard]] std::string_view down(const Migration& migration) const override {
    return migration.down_postgres.empty() ? migration.down : migration.down_postgres;
  }

private:
  postgres::PostgresDatabase& database_;
};

} // namespace

std::unique_ptr<SchemaHost> host_of(postgres::PostgresDatabase& database) {
  return std::make_unique<PostgresHost>(database);
}

} // namespace mv::migrations
