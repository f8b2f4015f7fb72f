#include "backend/replies/idempotency_contract.hpp"
#include "core/testing/migrated_sqlite.hpp"

namespace mv::test {

INSTANTIATE_TYPED_TEST_SUITE_P(OnSqlite, IdempotencyTest, MigratedSqlite);

} // namespace mv::test
