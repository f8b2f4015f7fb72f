#pragma once

// What the services stand on: one adapter of each port, chosen by the settings' URLs. Nothing above knows which.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "backend/http/server.hpp"
#include "backend/settings.hpp"
#include "core/adapters/redis/pool.hpp"
#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/base/result.hpp"
#include "core/migrations/runner.hpp"
#include "core/ports/blob_store.hpp"
#include "core/ports/broker.hpp"
#include "core/ports/database.hpp"
#include "core/ports/direct_store.hpp"
#include "core/ports/event_bus.hpp"
#include "core/ports/presence.hpp"
#include "core/ports/rate_limiter.hpp"
#include "core/ports/upload_store.hpp"

namespace mv {

/// Closed in the opposite order: members that others lean on come first.
struct Engines {
  std::unique_ptr<redis::Pool> redis; ///< Null where none is set.
  std::unique_ptr<EventBus> bus;      ///< Null until `open_bus`.
  std::unique_ptr<Database> database;
  std::shared_ptr<migrations::Runner> schema; ///< Of `database`.
  bool empty = false;                         ///< The database was, when it was opened.
  std::string shown_address;                  ///< Of the database, without its password.
  /// The version of the schema where a newer program has brought it further than this one knows, and this one can work.
  std::optional<std::int64_t> newer_schema;
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<UploadStore> uploads;
  const DirectStore* direct = nullptr;        ///< `blobs`, where clients may go there themselves.
  bool alone = true;                          ///< No other process shares the database.
  bool shares_uploads = false;                ///< Other processes go on with the uploads of this one.
  std::unique_ptr<RateLimiter> local_limiter; ///< Counts while Redis does not.
  std::unique_ptr<RateLimiter> limiter;
  std::unique_ptr<Presence> presence;
  std::unique_ptr<Broker> broker;        ///< A worker's; null where none is set.
  std::vector<http::HealthCheck> checks; ///< One for each engine that can be down.
};

/// Opens all of them, or tells what is wrong with the setting that names one. The database stays as it is. `settings`,
/// `clock` and `metrics` must outlive the engines.
[[nodiscard]] Result<Engines> open_engines(const ServerSettings& settings, const Clock& clock, Metrics& metrics);

/// Whether the database takes writes, or what is wrong with its setting. A server must not start without; a move may
/// leave a database that can only be read.
[[nodiscard]] Result<void> check_writes(const Engines& engines);

/// Brings the schema to this program's, once nothing else is in the way of a start, and before anything uses it.
[[nodiscard]] Result<void> migrate(Engines& engines);

/// `bus`, which looks for events as soon as it is there: not before the schema is.
[[nodiscard]] Result<void> open_bus(Engines& engines, const ServerSettings& settings, Metrics& metrics);

} // namespace mv
