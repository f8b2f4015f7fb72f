#include "backend/app.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <format>
#include <iostream>
#include <mutex>
#include <thread>

#include "backend/accounts/routes.hpp"
#include "backend/admin/routes.hpp"
#include "backend/caches.hpp"
#include "backend/collections/routes.hpp"
#include "backend/engines.hpp"
#include "backend/folder_lock.hpp"
#include "backend/http/server.hpp"
#include "backend/integrations.hpp"
#include "backend/job_kinds.hpp"
#include "backend/memories/routes.hpp"
#include "backend/realtime/event_hub.hpp"
#include "backend/replies/idempotency_store.hpp"
#include "backend/replies/reply_cache.hpp"
#include "backend/spaces/routes.hpp"
#include "backend/telemetry.hpp"
#include "backend/temporary_folder.hpp"
#include "backend/uploads/routes.hpp"
#include "backend/webhooks/routes.hpp"
#include "core/accounts/recent_sessions.hpp"
#include "core/accounts/service.hpp"
#include "core/adapters/curl/hook_sender.hpp"
#include "core/adapters/jobs/queue.hpp"
#include "core/adapters/jobs/runner.hpp"
#include "core/events/outbox.hpp"
#include "core/figures/figures.hpp"
#include "core/media/media_process.hpp"
#include "core/moving/move.hpp"
#include "core/uploads/processing.hpp"

namespace mv {

namespace {

namespace fs = std::filesystem;

/// A name of this installation among those that share a database: the machine and the folder, which one process holds.
std::string owner_of(const fs::path& data) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(data, error);
  return std::string(host.data()) + ':' + (error ? data : whole).string();
}

accounts::AccountLimits account_limits(const ServerSettings& settings) {
  accounts::AccountLimits limits;
  limits.login_account.permits = static_cast<int>(settings.login_per_minute);
  limits.login_address.permits = static_cast<int>(settings.login_address_per_minute);
  limits.register_address.permits = static_cast<int>(settings.registrations_per_hour);
  return limits;
}

accounts::PasswordCost password_cost(const ServerSettings& settings) {
  return settings.strong_passwords ? accounts::PasswordCost{}
                                   : accounts::PasswordCost{.passes = 1, .memory_bytes = 8192};
}

/// Everything that services need, opened in order and closed in the opposite one.
struct Services {
  SystemClock clock;
  Engines engines;
  std::optional<Sealer> sealer;
  Caches caches;
  std::unique_ptr<accounts::RecentSessions> recent_sessions; // null where none are kept
  std::unique_ptr<events::NotifyingDatabase> db;
  std::unique_ptr<JoiningDatabase> joining; // what requests work on
  std::unique_ptr<accounts::PasswordHasher> passwords;
  std::unique_ptr<accounts::Sessions> sessions;
  std::unique_ptr<accounts::AccountService> accounts;
  std::unique_ptr<accounts::SettingsService> settings;
  std::unique_ptr<spaces::SpaceService> spaces;
  std::unique_ptr<spaces::InvitationService> invitations;
  std::unique_ptr<spaces::PresenceService> presence;
  std::unique_ptr<jobs::DatabaseJobQueue> jobs;
  std::unique_ptr<admin::JobAdmin> job_admin;
  std::unique_ptr<memories::MemoryService> memories;
  std::unique_ptr<memories::TrashService> trash;
  std::unique_ptr<memories::TimelineService> timeline;
  std::unique_ptr<collections::CollectionService> collections;
  std::unique_ptr<uploads::ContentStore> contents;
  std::unique_ptr<uploads::Intake> intake;
  std::unique_ptr<uploads::UploadService> uploads;
  std::unique_ptr<DatabaseIdempotencyStore> idempotency;
  std::unique_ptr<DatabaseReplyCache> reply_cache; // null where none are kept
  std::unique_ptr<curl::CurlHookSender> hook_sender;
  std::unique_ptr<webhooks::WebhookService> webhooks;

  void make(const ServerSettings& options, Metrics& metrics) {
    Database& database = *joining;
    sessions = std::make_unique<accounts::Sessions>(database, clock, accounts::SessionTimes{}, recent_sessions.get());
    accounts = std::make_unique<accounts::AccountService>(database, *engines.limiter, *passwords, *sessions, clock,
                                                          account_limits(options));
    settings = std::make_unique<accounts::SettingsService>(database, std::string(version()));
    spaces = std::make_unique<spaces::SpaceService>(database, clock);
    invitations = std::make_unique<spaces::InvitationService>(database, clock);
    presence = std::make_unique<spaces::PresenceService>(database, *engines.presence);
    jobs = std::make_unique<jobs::DatabaseJobQueue>(database, clock, options.job_limits);
    job_admin = std::make_unique<admin::JobAdmin>(*jobs, clock);
    memories = std::make_unique<memories::MemoryService>(database, clock);
    trash = std::make_unique<memories::TrashService>(database, *jobs, clock);
    timeline = std::make_unique<memories::TimelineService>(database);
    collections = std::make_unique<collections::CollectionService>(database, clock);
    contents = std::make_unique<uploads::ContentStore>(database, *engines.blobs, clock, owner_of(options.data));
    intake = std::make_unique<uploads::Intake>(database, *contents, *jobs, clock, metrics);
    uploads = std::make_unique<uploads::UploadService>(database, *contents, *engines.uploads, *intake, clock,
                                                       uploads::UploadLimits{.max_bytes = options.upload_max_bytes});
    idempotency = std::make_unique<DatabaseIdempotencyStore>(*joining, clock);
    if (Cache* const cache = caches.best(); cache != nullptr) {
      reply_cache = std::make_unique<DatabaseReplyCache>(*joining, *cache, release(), metrics);
    }
    hook_sender =
        std::make_unique<curl::CurlHookSender>(curl::HookSenderOptions{.private_hosts = options.webhook_private_hosts});
    webhooks = std::make_unique<webhooks::WebhookService>(database, *jobs, *hook_sender, *sealer, clock);
  }

  void add_routes(http::Router& router, Database& database) {
    router.set_idempotency(*idempotency);
    if (reply_cache) router.set_reply_cache(*reply_cache);
    add_account_routes(router, *accounts, *sessions);
    add_settings_routes(router, *settings);
    add_space_routes(router, *spaces);
    add_invitation_routes(router, *invitations);
    add_presence_routes(router, *presence);
    add_memory_routes(router, *memories, *trash);
    add_timeline_routes(router, *timeline);
    add_collection_routes(router, *collections);
    add_upload_routes(router, *contents, *intake);
    add_tus_routes(router, *uploads);
    add_direct_upload_routes(router, *uploads);
    add_media_routes(router, database, *contents, engines.direct);
    add_job_admin_routes(router, *job_admin);
    add_webhook_routes(router, *webhooks);
  }
};

/// The schema comes last: a start that is refused leaves the database as it was, but for a file that SQLite has made.
Result<void> open_data(Services& services, const ServerSettings& settings, Metrics& metrics) {
  TRY(services.engines, open_engines(settings, services.clock, metrics));
  TRY_OK(check_writes(services.engines));
  if (const auto version = services.engines.newer_schema)
    log_warning("the schema is of a newer program, and this one can work on it", {{"version", *version}});
  if (!services.engines.empty) {
    TRY(const bool half_moved, moving::is_half_moved(*services.engines.database));
    if (half_moved)
      return fail(ErrorCode::unavailable, "data.half-moved",
                  "MEMORYVERSE_DATABASE_URL: a move into this database is not finished; run that `migrate` again");
  }
  TRY(services.passwords, accounts::PasswordHasher::open(password_cost(settings)));
  if (settings.secret_key.empty()) {
    TRY(services.sealer, opened(Sealer::from_file(settings.data / "secret.key"), "MEMORYVERSE_SECRET_KEY"));
  } else {
    services.sealer = Sealer::from_passphrase(settings.secret_key);
  }
  services.caches = open_caches(settings, services.engines.redis.get(), *services.sealer, services.clock, metrics);
  events::NotifyingDatabase::Heard heard;
  // SQLite is asked faster than Redis; and a replica that is behind could say of an ended session that it goes on,
  // after its end was told.
  if (services.caches.session_version && !services.engines.alone && settings.database.replicas.empty()) {
    services.recent_sessions = std::make_unique<accounts::RecentSessions>(
        *services.caches.session_version, *services.caches.sessions, services.clock, metrics);
    heard = [&recent = *services.recent_sessions](std::string_view type) {
      if (type == accounts::kSessionEnded || type == accounts::kAccountChanged) recent.forget_all();
    };
  }
  TRY_OK(migrate(services.engines));
  if (services.engines.empty)
    log_info("the database was empty: an empty house begins", {{"address", services.engines.shown_address}});
  TRY_OK(open_bus(services.engines, settings, metrics));
  services.db =
      std::make_unique<events::NotifyingDatabase>(*services.engines.database, *services.engines.bus, std::move(heard));
  services.joining = std::make_unique<JoiningDatabase>(*services.db);
  return {};
}

/// Jobs that come back by the clock. A key keeps each of them single, however many processes add it.
class Housekeeping {
public:
  Housekeeping(Database& db, JobQueue& queue, jobs::JobRunner& runner)
      : db_(db), queue_(queue), runner_(runner), thread_([this](const std::stop_token& stop) { work(stop); }) {}

private:
  void work(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const auto added = db_.transaction([&](Transaction& tx) -> Result<void> {
        for (const std::string_view kind : kJobKinds) {
          if (kind.ends_with(".sweep"))
            TRY_OK(queue_.add(tx, {.kind = std::string(kind), .payload = "{}", .key = "hourly"}));
        }
        return {};
      });
      if (!added) log_warning("housekeeping not planned", {{"reason", added.error()}});
      runner_.notify();
      std::condition_variable_any().wait_for(lock, stop, std::chrono::hours(1), [] { return false; });
    }
  }

  Database& db_;
  JobQueue& queue_;
  jobs::JobRunner& runner_;
  std::jthread thread_;
};

void add_job_handlers(jobs::JobRunner& runner, Services& services, uploads::MediaProcessing& processing) {
  const auto give_up = [&processing](const Job& job) { return processing.give_up(job); };
  runner.handle(
      "media.quick",
      {.run = [&processing](const Job& job) { return processing.quick(job); }, .max_attempts = 3, .given_up = give_up});
  runner.handle(
      "media.full",
      {.run = [&processing](const Job& job) { return processing.full(job); }, .max_attempts = 3, .given_up = give_up});
  runner.handle("content.remove",
                {.run = [&services](const Job& job) { return services.contents->remove_unused(job.payload); },
                 .max_attempts = 20});
  const auto nothing = [](std::int64_t) {};
  runner.handle("trash.sweep",
                {.run = [&services, nothing](const Job&) { return services.trash->sweep().transform(nothing); }});
  runner.handle("uploads.sweep", {.run = [&services](const Job&) -> Result<void> {
                  TRY_OK(services.uploads->sweep());
                  // What other processes left in a store that all of them share; a start alone would not come to it.
                  return services.engines.shares_uploads ? services.uploads->recover_old() : Result<void>();
                }});
  runner.handle("collections.sweep", {.run = [&services](const Job&) { return services.collections->sweep(); }});
  runner.handle("sessions.sweep", {.run = [&services](const Job&) { return services.sessions->sweep(); }});
  runner.handle("replies.sweep", {.run = [&services](const Job&) { return services.idempotency->sweep(); }});
  runner.handle("webhooks.sweep", {.run = [&services](const Job&) { return services.webhooks->sweep(); }});
  runner.handle("events.sweep", {.run = [&services](const Job&) {
                  return services.db->transaction(
                      [&](Transaction& tx) { return events::Outbox(tx).prune(services.clock.now() - 7 * kDay); });
                }});
}

http::ServerOptions server_options(const ServerSettings& settings) {
  http::ServerOptions options;
  options.listen = settings.listen;
  if (settings.web) options.web_port = settings.web_port;
  options.api_port = settings.api_port; // a worker or a realtime process has its health and metrics there
  if (settings.realtime) options.realtime_port = settings.realtime_port;
  options.web_root = settings.web_root;
  options.docs_root = settings.docs_root;
  options.io_threads = static_cast<std::size_t>(settings.io_threads);
  options.pool_threads = static_cast<std::size_t>(settings.request_threads);
  options.drain_s = static_cast<std::size_t>(settings.drain_s);
  options.public_origins = settings.public_origins;
  options.cors_origins = settings.cors_origins;
  options.trusted_proxies = settings.trusted_proxies;
  return options;
}

/// The line that other programs wait for. The first address is the one for people.
void tell_ready(const ServerSettings& settings, const http::Ports& ports) {
  const auto at = [&](const char* scheme, std::uint16_t port) {
    const bool v6 = settings.listen.contains(':');
    return std::format("{}://{}{}{}:{}", scheme, v6 ? "[" : "", settings.listen, v6 ? "]" : "", port);
  };
  std::string line = "MemoryVerse is ready";
  if (ports.web) line += " at " + at("http", *ports.web);
  if (ports.api) line += std::string(ports.web ? ", API " : ": API ") + at("http", *ports.api);
  if (ports.realtime) line += ", events " + at("ws", *ports.realtime);
  std::cout << line << std::endl;
}

} // namespace

std::string_view version() { return MEMORYVERSE_VERSION; }

Result<void> run_app(const ServerSettings& settings) {
  TRY(const FolderLock lock, opened(FolderLock::take(settings.data), "MEMORYVERSE_DATA"));
  Metrics metrics;
  TRY(const auto telemetry, Telemetry::open(settings, metrics));
  // What can refuse a start comes before all that changes something: a container that starts again and again is told
  // what is wrong, and must not bring the schema forward or work on jobs meanwhile.
  http::ServerOptions listening = server_options(settings);
  TRY_OK(http::check_ports(listening));
  std::unique_ptr<media::MediaDecoder> decoder;
  if (settings.worker) {
    TRY(decoder, opened(media::MediaDecoder::open(
                            {.program = settings.media_program,
                             .processes = static_cast<int>(settings.worker_threads),
                             .log = [](std::string_view what) { log_warning("decoder", {{"what", what}}); }}),
                        "MEMORYVERSE_MEDIA_PROGRAM"));
  }
  Services services;
  TRY_OK(open_data(services, settings, metrics));
  services.make(settings, metrics);
  if (settings.uses_storage()) TRY_OK(services.uploads->recover(services.engines.alone));

  std::unique_ptr<realtime::PresenceKeeper> presence; // outlives the hub
  std::unique_ptr<realtime::EventHub> hub;            // outlives the server, whose last callbacks come as it goes
  http::Router router;
  router.set_authenticator(make_authenticator(*services.sessions)); // handshakes of WebSockets ask it too
  if (settings.web || settings.api) services.add_routes(router, *services.db);
  listening.scratch = services.engines.blobs->scratch();
  http::Server server(std::move(listening), router, metrics);
  for (const http::HealthCheck& check : services.engines.checks)
    server.add_health_check(check);

  if (settings.realtime || settings.web) {
    presence = std::make_unique<realtime::PresenceKeeper>(*services.db, *services.engines.presence, services.clock);
    TRY(hub, realtime::EventHub::open(*services.db, *services.engines.bus, *services.sessions, services.clock, metrics,
                                      {}, presence.get()));
    server.add_websocket(hub->route());
  }

  std::unique_ptr<uploads::MediaProcessing> processing;
  std::unique_ptr<jobs::JobRunner> runner;
  std::unique_ptr<Housekeeping> housekeeping;
  std::unique_ptr<figures::Figures> figures;
  std::unique_ptr<Integrations> integrations;
  std::unique_ptr<void, std::function<void(void*)>> wake_runner;
  if (settings.worker) {
    // Only the server renders, and it has ended before the decoder goes.
    metrics.before_render([&decoder, &children = metrics.gauge("memoryverse_decoder_processes", "Decoders alive."),
                           &waiting = metrics.gauge("memoryverse_decoder_waiting", "Files that wait for a decoder.")] {
      children.set(decoder->children());
      waiting.set(decoder->waiting());
    });
    processing = std::make_unique<uploads::MediaProcessing>(*services.db, *services.contents, *decoder, *services.jobs,
                                                            services.clock);
    runner = std::make_unique<jobs::JobRunner>(*services.jobs, metrics, static_cast<int>(settings.worker_threads));
    add_job_handlers(*runner, services, *processing);
    figures = std::make_unique<figures::Figures>(*services.db, *services.jobs, services.clock, metrics);
    integrations = std::make_unique<Integrations>(
        Integrations::Parts{*services.db, *services.engines.bus, *services.jobs, *services.hook_sender,
                            *services.sealer, services.clock, metrics, services.engines.broker.get()});
  }
  const auto start_work = [&] {
    runner->start();
    // Whatever makes work for a worker is an event as well.
    wake_runner = services.engines.bus->subscribe([&runner](std::int64_t) { runner->notify(); });
    housekeeping = std::make_unique<Housekeeping>(*services.db, *services.jobs, *runner);
    figures->start(std::chrono::seconds(settings.figures_every_s));
    integrations->start();
  };

  // Not before its ports are its own: a process that is about to end takes no job.
  auto outcome = server.run([&](const http::Ports& ports) {
    if (settings.worker) start_work();
    tell_ready(settings, ports);
  });
  housekeeping.reset();
  integrations.reset();
  wake_runner.reset();
  if (runner) runner->stop();
  return outcome;
}

Result<std::string> describe_api() {
  // Routes refer to services, and describing them calls none: an empty database in a temporary folder is enough.
  TRY(const TemporaryFolder folder, TemporaryFolder::make()); // outlives what is open in it
  ServerSettings settings;
  Services services;
  Metrics metrics;
  settings.data = folder.path();
  settings.database_url = "sqlite:" + folder.path() + "/empty.sqlite";
  settings.storage_url = "file:" + folder.path() + "/files";
  settings.strong_passwords = false;
  TRY_OK(open_data(services, settings, metrics));
  services.make(settings, metrics);
  http::Router router;
  services.add_routes(router, *services.db);
  return router.openapi();
}

} // namespace mv
