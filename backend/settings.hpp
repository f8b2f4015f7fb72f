#pragma once

// The settings of the server, typed and checked. Names, defaults and what they mean for people: backend/config and
// docs/guides.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config.hpp"
#include "core/base/log.hpp"
#include "core/base/result.hpp"

namespace mv {

/// Of PostgreSQL; SQLite needs none of it.
struct DatabaseSettings {
  std::int64_t connections = 16;
  std::chrono::milliseconds statement_timeout{30'000};
  std::chrono::milliseconds lock_timeout{10'000};
  std::map<std::string, std::chrono::milliseconds, std::less<>> statement_timeouts; ///< Of single queries by name.
  std::map<std::string, std::chrono::milliseconds, std::less<>> lock_timeouts;      ///< The same.
  std::vector<std::string> replicas;
  std::chrono::milliseconds replica_lag{1'000};
};

/// What one process of the server is told at start.
struct ServerSettings {
  bool web = false;      ///< Serves the web client.
  bool api = false;      ///< Serves the API.
  bool realtime = false; ///< Serves events.
  bool worker = false;   ///< Runs jobs.
  /// Whether it has to do with files; events alone need no store.
  [[nodiscard]] bool uses_storage() const { return web || api || worker; }

  std::filesystem::path data; ///< Holds database and files unless they are told to be elsewhere.
  std::string database_url;   ///< `sqlite:PATH` or `postgresql://…`; may hold a password, so it is never logged.
  DatabaseSettings database;
  std::string storage_url;         ///< `file:PATH` or `s3://BUCKET/PREFIX?endpoint=…&region=…`.
  std::string aws_access_key_id;   ///< For `s3://`; of `AWS_ACCESS_KEY_ID`.
  Secret aws_secret_access_key;    ///< Of `AWS_SECRET_ACCESS_KEY`.
  bool storage_direct = false;     ///< Clients are sent to the S3 store for files, and may put files there.
  std::string redis_url;           ///< `redis://…`; empty: events, limits and caches within the process. Never logged.
  std::string broker_url;          ///< `amqp://…` or `amqps://…`; empty: no broker hears of events. Never logged.
  std::filesystem::path web_root;  ///< The built web client.
  std::filesystem::path docs_root; ///< Swagger UI's files; empty: none.
  std::filesystem::path media_program;

  std::string listen;
  std::uint16_t web_port = 0;
  std::uint16_t api_port = 0;
  std::uint16_t realtime_port = 0;
  std::vector<std::string> public_origins;
  std::vector<std::string> cors_origins;
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> webhook_private_hosts; ///< That webhooks may reach although they are not public.
  Secret secret_key; ///< Seals what must be read again; empty: a file of the data folder holds the key.

  std::int64_t io_threads = 1;
  std::int64_t request_threads = 4;
  std::int64_t cache_megabytes = 16; ///< Of replies that are kept to be given again; 0: none are.
  std::int64_t worker_threads = 2;
  std::int64_t drain_s = 10;         ///< Longest that those who are connected are served after SIGTERM.
  std::int64_t figures_every_s = 60; ///< How often the library is counted for the metrics.
  std::map<std::string, int, std::less<>> job_limits; ///< Most jobs of a kind at once, on all machines together.
  std::int64_t upload_max_bytes = 0;

  std::int64_t login_per_minute = 10; ///< Of one account.
  std::int64_t login_address_per_minute = 30;
  std::int64_t registrations_per_hour = 10; ///< From one address.
  bool strong_passwords = true;             ///< Off only where tests make many accounts.

  std::string deployment; ///< `production`: what traces and error reports call this installation.
  std::string otlp_url;   ///< Of an OpenTelemetry collector; "": traces are not collected.
  Secret otlp_headers;
  double otlp_ratio = 1; ///< Of the traces that begin here.
  Secret sentry_dsn;     ///< Empty: errors are only logged.
};

/// What the process was given beside its command line: `default.json` and its kin beside `program`, and the
/// environment without what is there for our tools.
[[nodiscard]] ConfigSources environment_sources(const std::filesystem::path& program);

/// How to log, which a start that is refused must know before anything is checked: what is set wrong is the default.
[[nodiscard]] LogOptions read_log_options(const ConfigSources& sources);

/// Reads and checks; every mistake is told at once, in `cause`, a line each.
[[nodiscard]] Result<ServerSettings> read_settings(const ConfigSources& sources, const std::filesystem::path& program);

/// A refusal as one of the setting, by its name in the environment, that it comes from.
template <typename T>
Result<T> opened(Result<T> result, std::string_view setting) {
  if (!result) result.error().cause = std::string(setting) + ": " + result.error().cause;
  return result;
}

} // namespace mv
