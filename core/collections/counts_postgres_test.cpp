#include "core/collections/counts_contract.hpp"
#include "core/testing/migrated_postgres.hpp"

namespace mv::collections {
namespace {

TEST(CollectionCounts, AreExactOnPostgres) {
  test::MigratedPostgres data;
  expect_exact_counts(data.database());
}

} // namespace
} // namespace mv::collections
