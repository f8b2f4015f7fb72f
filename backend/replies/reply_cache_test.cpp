#include "backend/replies/reply_cache_contract.hpp"
#include "core/testing/migrated_sqlite.hpp"

namespace mv::test {

INSTANTIATE_TYPED_TEST_SUITE_P(OnSqlite, ReplyCacheTest, MigratedSqlite);

} // namespace mv::test
