#include "backend/engines.hpp"

#include <filesystem>

#include "backend/folder_lock.hpp"
#include "core/adapters/folder/folder_blob_store.hpp"
#include "core/adapters/inprocess/inprocess_event_bus.hpp"
#include "core/adapters/inprocess/inprocess_presence.hpp"
#include "core/adapters/inprocess/inprocess_rate_limiter.hpp"
#include "core/adapters/postgres/database.hpp"
#include "core/adapters/postgres/event_bus.hpp"
#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"
#include "core/adapters/redis/redis_event_bus.hpp"
#include "core/adapters/redis/redis_presence.hpp"
#include "core/adapters/redis/redis_rate_limiter.hpp"
#include "core/adapters/s3/s3_upload_store.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/log.hpp"
#include "core/migrations/runner.hpp"
#include "core/uploads/local_upload_store.hpp"

namespace mv {

namespace {

namespace fs = std::filesystem;

/// `sqlite:PATH` → `PATH`.
fs::path path_of(std::string_view url) { return url.substr(url.find(':') + 1); }

Result<void> open_sqlite(const ServerSettings& settings, const Clock& clock, Metrics& metrics, Engines& engines) {
  const fs::path path = path_of(settings.database_url);
  auto file = sqlite::SqliteDatabase::open(path, {.metrics = &metrics});
  if (!file) file.error().cause += "; name MemoryVerse's own file, or one that this user may make";
  TRY(auto sqlite, opened(std::move(file), "MEMORYVERSE_DATABASE_URL"));
  engines.schema = std::make_shared<migrations::Runner>(*sqlite, clock);
  engines.shown_address = settings.database_url;
  engines.database = std::move(sqlite);
  return {};
}

Result<void> open_postgres(const ServerSettings& settings, const Clock& clock, Metrics& metrics, Engines& engines) {
  const DatabaseSettings& limits = settings.database;
  auto outcome = postgres::PostgresDatabase::open(settings.database_url,
                                                  {.connections = static_cast<std::size_t>(limits.connections),
                                                   .statement_timeout = limits.statement_timeout,
                                                   .lock_timeout = limits.lock_timeout,
                                                   .statement_timeouts = limits.statement_timeouts,
                                                   .lock_timeouts = limits.lock_timeouts,
                                                   .replicas = limits.replicas,
                                                   .replica_lag = limits.replica_lag,
                                                   .metrics = &metrics});
  const bool by_replica = !outcome && outcome.error().key == "database.replica";
  TRY(auto postgres,
      opened(std::move(outcome), by_replica ? "MEMORYVERSE_DATABASE_REPLICAS" : "MEMORYVERSE_DATABASE_URL"));
  const auto schema = std::make_shared<migrations::Runner>(*postgres, clock);
  // A process of a later release may bring the schema to where this one can no longer work.
  engines.checks.push_back({"schema", [schema] { return schema->version().transform([](std::int64_t) {}); }});
  engines.schema = schema;
  engines.shown_address = postgres->shown_address();
  engines.database = std::move(postgres);
  return {};
}

/// While it takes no writes people still see what they have, which a process that is not ready would not show them.
http::HealthCheck database_check(Database& database) {
  return {.name = "database",
          .check = [&database] { return database.check(); },
          .except = {"database.read-only", "database.full"}};
}

/// Texts, lists and sign-in go on without the store, and it is away for all processes at once: were they not ready, a
/// gateway would have none left to send anybody to. A clock that the store takes for a lie is this machine's own, and
/// sessions end by it.
http::HealthCheck storage_check(std::function<Result<void>()> check) {
  return {.name = "storage", .check = std::move(check), .required = false, .except = {s3::kWrongClock}};
}

Result<void> look_at_folder(const BlobStore& blobs) {
  std::error_code error;
  const auto space = fs::space(blobs.scratch(), error);
  if (error) return fail(ErrorCode::unavailable, "storage.failed", error.message());
  if (space.available < (std::uintmax_t{64} << 20)) return fail(ErrorCode::insufficient_storage, "storage.full");
  return {};
}

Result<void> open_folder(const ServerSettings& settings, Engines& engines) {
  auto place = folder::FolderBlobStore::open(path_of(settings.storage_url));
  if (!place) place.error().cause += kFolderAdvice;
  TRY(auto folder, opened(std::move(place), "MEMORYVERSE_STORAGE_URL"));
  TRY_OK(opened(folder->sweep_scratch(), "MEMORYVERSE_STORAGE_URL"));
  if (settings.uses_storage())
    engines.checks.push_back(storage_check([&blobs = *folder] { return look_at_folder(blobs); }));
  engines.uploads = std::make_unique<uploads::LocalUploadStore>(*folder);
  engines.blobs = std::move(folder);
  return {};
}

Result<void> open_s3(const ServerSettings& settings, const Clock& clock, Metrics& metrics, Engines& engines) {
  TRY(s3::Settings place, s3::read_url(settings.storage_url));
  place.access_key_id = settings.aws_access_key_id;
  place.secret_access_key = settings.aws_secret_access_key;
  place.scratch = settings.data / "scratch";
  TRY(auto store, opened(s3::S3BlobStore::open(std::move(place), clock, metrics), "MEMORYVERSE_DATA"));
  if (settings.uses_storage()) {
    TRY_OK(store->check());
    engines.checks.push_back(storage_check([&blobs = *store] { return blobs.ping(); }));
  }
  engines.uploads = std::make_unique<s3::S3UploadStore>(*engines.database, *store, settings.storage_direct);
  engines.shares_uploads = !engines.alone;
  if (settings.storage_direct) engines.direct = store.get();
  engines.blobs = std::move(store);
  return {};
}

/// Redis itself may be away: the program starts without it. Null where no URL is set.
Result<std::unique_ptr<redis::Pool>> open_redis(const ServerSettings& settings, Metrics& metrics) {
  if (settings.redis_url.empty()) return nullptr;
  TRY(redis::Address address, redis::parse_address(settings.redis_url));
  auto pool = redis::Pool::open(std::move(address), metrics);
  if (!pool) pool.error().cause += "; correct it, or leave it out to do without Redis";
  return opened(std::move(pool), "MEMORYVERSE_REDIS_URL");
}

/// Events come late and limits count for each process while it is away, so the process stays ready.
http::HealthCheck redis_check(redis::Pool& pool) {
  return {.name = "redis", .check = [&pool] { return pool.ping(); }, .required = false};
}

/// The broker itself may be away: events wait for it, and the process stays ready.
Result<void> open_broker(const ServerSettings& settings, Metrics& metrics, Engines& engines) {
  if (settings.broker_url.empty() || !settings.worker) return {};
  TRY(rabbitmq::Address address, rabbitmq::parse_address(settings.broker_url));
  auto broker = rabbitmq::RabbitMqBroker::open(std::move(address), metrics);
  if (!broker) broker.error().cause += "; correct it, or leave it out to do without a broker";
  TRY(engines.broker, opened(std::move(broker), "MEMORYVERSE_BROKER_URL"));
  engines.checks.push_back(
      {.name = "broker", .check = [&broker = *engines.broker] { return broker.health(); }, .required = false});
  return {};
}

} // namespace

Result<void> check_writes(const Engines& engines) {
  return opened(engines.database->check(), "MEMORYVERSE_DATABASE_URL");
}

Result<Engines> open_engines(const ServerSettings& settings, const Clock& clock, Metrics& metrics) {
  Engines engines;
  TRY(engines.redis, open_redis(settings, metrics));
  engines.local_limiter = std::make_unique<inprocess::InprocessRateLimiter>(clock);
  if (engines.redis) {
    engines.limiter = std::make_unique<redis::RedisRateLimiter>(*engines.redis, *engines.local_limiter);
    engines.presence = std::make_unique<redis::RedisPresence>(*engines.redis);
    engines.checks.push_back(redis_check(*engines.redis));
  } else {
    engines.limiter = std::move(engines.local_limiter);
    engines.presence = std::make_unique<inprocess::InprocessPresence>(clock);
  }
  const bool sqlite = settings.database_url.starts_with("sqlite:");
  TRY_OK((sqlite ? open_sqlite : open_postgres)(settings, clock, metrics, engines));
  TRY(const std::int64_t version, opened(engines.schema->version(), "MEMORYVERSE_DATABASE_URL"));
  engines.empty = version == 0;
  if (version > std::ssize(migrations::all())) engines.newer_schema = version;
  engines.alone = engines.database->engine() == "sqlite"; // the lock of the data folder sees to that
  engines.checks.push_back(database_check(*engines.database));
  if (settings.storage_url.starts_with("s3://")) {
    TRY_OK(open_s3(settings, clock, metrics, engines));
  } else {
    TRY_OK(open_folder(settings, engines));
  }
  TRY_OK(open_broker(settings, metrics, engines));
  return engines;
}

Result<void> migrate(Engines& engines) {
  TRY(const auto migrated, opened(engines.schema->migrate(), "MEMORYVERSE_DATABASE_URL"));
  if (migrated.from != migrated.to) log_info("schema upgraded", {{"from", migrated.from}, {"to", migrated.to}});
  return {};
}

Result<void> open_bus(Engines& engines, const ServerSettings& settings, Metrics& metrics) {
  if (engines.redis) {
    engines.bus = std::make_unique<redis::RedisEventBus>(*engines.redis, metrics);
  } else if (engines.alone) {
    engines.bus = std::make_unique<inprocess::InprocessEventBus>();
  } else { // processes that share a PostgreSQL hear of each other through it
    TRY(engines.bus,
        opened(postgres::PostgresEventBus::open(settings.database_url, &metrics), "MEMORYVERSE_DATABASE_URL"));
  }
  return {};
}

} // namespace mv
