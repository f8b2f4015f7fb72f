#include "core/adapters/postgres/replicas.hpp"

#include <format>

#include "core/base/log.hpp"

namespace mv::postgres {

namespace {

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::chrono::seconds kRest{5}; // of one that failed

// Behind by how many milliseconds. One that has replayed all that it received is not behind, however long ago the
// last write was; one that receives nothing any more is not a replica to ask.
constexpr Query kLag{
    "replica_lag",
    "SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0 "
    "WHEN NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver) THEN NULL "
    "WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 "
    "ELSE CAST(1000 * EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS BIGINT) END"};

} // namespace

Replicas::Replicas(std::chrono::milliseconds lag, Metrics* metrics) : lag_(lag) {
  if (metrics == nullptr) return;
  asked_ = &metrics->counter("memoryverse_database_replica_reads_total", "Reads that a replica served.");
  left_out_ = &metrics->counter("memoryverse_database_replica_left_out_total",
                                "Times that a replica was found not to answer, or to be too far behind.");
}

Result<std::unique_ptr<Replicas>> Replicas::open(const std::vector<std::string>& urls,
                                                 const ConnectionOptions& connection, std::chrono::milliseconds lag,
                                                 const PoolOptions& options) {
  std::unique_ptr<Replicas> replicas(new Replicas(lag, connection.metrics));
  for (std::size_t i = 0; i < urls.size(); ++i) {
    TRY(Address address, Address::parse(urls[i]));
    auto replica = std::make_unique<Replica>(std::format("replica-{}", i + 1));
    PoolOptions own = options;
    own.name = replica->label;
    replica->pool = std::make_unique<Pool>(std::move(address), connection, own);
    replicas->replicas_.push_back(std::move(replica));
  }
  return replicas;
}

std::optional<Pool::Lease> Replicas::take() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  if (now < written_until_.load(std::memory_order_relaxed)) return std::nullopt;
  const std::uint32_t first = turn_.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    Replica& replica = *replicas_[(first + i) % replicas_.size()];
    if (!good(replica)) continue;
    auto lease = replica.pool->take();
    if (!lease) continue;
    if (asked_ != nullptr) asked_->add();
    return *std::move(lease);
  }
  return std::nullopt;
}

bool Replicas::good(Replica& replica) {
  {
    const std::scoped_lock lock(replica.mutex);
    const auto now = std::chrono::steady_clock::now();
    if (now < replica.look_again) return replica.good;
    replica.look_again = now + kLookEvery; // the others go by the last look meanwhile
  }
  const bool found = look(replica);
  const std::scoped_lock lock(replica.mutex);
  if (replica.good && !found && left_out_ != nullptr) left_out_->add();
  replica.good = found;
  if (!found) replica.look_again = std::chrono::steady_clock::now() + kRest;
  return found;
}

bool Replicas::look(Replica& replica) const {
  const auto lease = replica.pool->take();
  const auto rows = lease ? (*lease)->execute(kLag, {}) : Result<Rows>(std::unexpected(lease.error()));
  if (!rows) {
    log_warning("replica does not answer", {{"address", replica.pool->address().shown()}, {"error", rows.error()}});
    return false;
  }
  return !rows->front().is_null(0) && rows->front().integer(0) <= lag_.count();
}

void Replicas::leave_out(const Pool::Lease& lease) {
  for (const auto& replica : replicas_) {
    if (!lease.is_of(*replica->pool)) continue;
    if (left_out_ != nullptr) left_out_->add();
    const std::scoped_lock lock(replica->mutex);
    replica->good = false;
    replica->look_again = std::chrono::steady_clock::now() + kRest;
  }
}

void Replicas::note_write() {
  // A look that is as old as a look can be must still have come after the replica was due to have it.
  const auto until = std::chrono::steady_clock::now() + lag_ + kLookEvery;
  written_until_.store(until.time_since_epoch().count(), std::memory_order_relaxed);
}

} // namespace mv::postgres
