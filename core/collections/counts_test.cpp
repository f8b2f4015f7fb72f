#include "core/adapters/jobs/queue_fixture.hpp"
#include "core/collections/counts_contract.hpp"

namespace mv::collections {
namespace {

TEST(CollectionCounts, AreExactOnSqlite) {
  jobs::QueueOnSqlite data;
  expect_exact_counts(data.database());
}

} // namespace
} // namespace mv::collections
