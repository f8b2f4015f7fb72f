#include "core/adapters/postgres/replicas.hpp"

#include <format>

#include "core/base/log.hpp"

namespace mv::postgres {

namespace {

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::chrono::seconds kRest{5}; // of one that failed
// A reader waits for the look; and that the primary is busy is what replicas are for.
constexpr std::chrono::milliseconds kPatience{100};

// How far the primary has written.
constexpr Query kWritten{"find_written_position", "SELECT CAST(pg_current_wal_lsn() AS TEXT)"};
// What it is: the number that a cluster got when it was made, which all its copies share, and a database of it. Whether
// it follows another. Behind by how many milliseconds: one that has replayed what the primary had written when it was
// asked is not behind, however long ago that was. A replica that hears nothing any more takes a minute to notice, and
// has replayed all that it received; it is believed only while the primary itself does not say how far it is. One that
// has replayed no transaction since its own start does not know how far behind it is: very far.
constexpr Query kLook{
    "look_at_replica",
    "SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || current_database(), pg_is_in_recovery(), "
    "CASE WHEN NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver) THEN NULL "
    "WHEN pg_last_wal_replay_lsn() >= COALESCE(CAST(?1 AS pg_lsn), pg_last_wal_receive_lsn()) THEN 0 "
    "ELSE COALESCE(CAST(1000 * EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp()) AS BIGINT), "
    "9223372036854775807) END"};

} // namespace

Replicas::Replicas(Pool& primary, std::chrono::milliseconds lag, Metrics* metrics) : primary_(primary), lag_(lag) {
  if (metrics == nullptr) return;
  asked_ = &metrics->counter("memoryverse_database_replica_reads_total", "Reads that a replica served.");
  left_out_ = &metrics->counter("memoryverse_database_replica_left_out_total",
                                "Times that a replica was found not to answer, to be too far behind, or none.");
}

Result<std::unique_ptr<Replicas>> Replicas::open(Pool& primary, const std::vector<std::string>& urls,
                                                 const ConnectionOptions& connection, std::chrono::milliseconds lag,
                                                 const PoolOptions& options) {
  std::unique_ptr<Replicas> replicas(new Replicas(primary, lag, connection.metrics));
  {
    TRY(const Pool::Lease lease, primary.take());
    TRY(const Rows rows, lease->execute(kLook, {nullptr}));
    replicas->origin_ = rows.front().text(0);
  }
  const auto refuse = [](std::string cause) {
    return fail(ErrorCode::unavailable, "database.replica", std::move(cause));
  };
  for (std::size_t i = 0; i < urls.size(); ++i) {
    auto address = Address::parse(urls[i]);
    if (!address) return refuse(address.error().cause);
    auto replica = std::make_unique<Replica>(std::format("replica-{}", i + 1));
    PoolOptions own = options;
    own.name = replica->label;
    replica->pool = std::make_unique<Pool>(*std::move(address), connection, own);
    const auto found = replicas->look(*replica);
    if (!found && found.error().key == "database.replica") return refuse(found.error().cause);
    if (!found && !found.error().key.starts_with("database.replica")) {
      const Advice advice = advise(found.error().cause, replica->pool->address());
      if (advice.mistake) return refuse(found.error().cause + "; " + std::string(advice.what));
    }
    replicas->note(*replica, found);
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
  const auto found = look(replica);
  const std::scoped_lock lock(replica.mutex);
  if (replica.good && !found.value_or(false) && left_out_ != nullptr) left_out_->add();
  note(replica, found);
  return replica.good;
}

Result<std::string> Replicas::find_written() const {
  TRY(Pool::Lease lease, primary_.take(kPatience));
  lease->start_alone();
  auto rows = lease->execute(kWritten, {});
  if (!rows && lease->remedy() == Remedy::replace) { // it has restarted while the connection rested
    TRY_OK(lease.replace());
    rows = lease->execute(kWritten, {});
  }
  return rows.transform([](const Rows& found) { return found.front().text(0); });
}

Result<bool> Replicas::look(const Replica& replica) const {
  const auto written = find_written();
  TRY(const Pool::Lease lease, replica.pool->take());
  TRY(const Rows rows, lease->execute(kLook, {written ? Value(*written) : Value(nullptr)}));
  const Row& row = rows.front();
  const auto refuse = [&replica](std::string_view key, std::string_view what) {
    return fail(ErrorCode::unavailable, key, replica.pool->address().shown() + std::string(what));
  };
  if (row.text(0) != origin_) return refuse("database.replica", " is no copy of the primary's database");
  if (row.integer(1) == 0)
    return refuse("database.replica-promoted", " follows no primary: it is one, or was promoted");
  if (row.is_null(2)) return refuse("database.replica-cut-off", " receives nothing from its primary");
  return row.integer(2) <= lag_.count();
}

void Replicas::note(Replica& replica, const Result<bool>& found) const {
  replica.good = found.value_or(false);
  if (!replica.good) replica.look_again = std::chrono::steady_clock::now() + kRest;
  if (found && !replica.good) return; // behind, which comes and goes
  std::string trouble;
  if (!found) trouble = found.error().key.starts_with("database.replica") ? found.error().key : "away";
  if (trouble == replica.trouble) return;
  replica.trouble = std::move(trouble);
  const std::string& address = replica.pool->address().shown();
  if (found)
    log_info("replica is asked again", {{"address", address}});
  else
    log_warning("replica is not asked", {{"address", address}, {"error", found.error()}});
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
