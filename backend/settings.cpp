#include "backend/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "backend/http/networks.hpp"
#include "backend/job_kinds.hpp"
#include "backend/query_names.hpp"
#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"
#include "core/adapters/redis/address.hpp"
#include "core/adapters/s3/settings.hpp"
#include "core/adapters/telemetry/otlp_exporter.hpp"
#include "core/adapters/telemetry/sentry_dsn.hpp"
#include "core/base/text.hpp"

namespace mv {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLeastSecretKey = 32;

/// Variables of `./memoryverse`, its builds, its tests and its measurements, which run servers in the environment that
/// they have.
constexpr std::array<std::string_view, 8> kOfTools{"MEMORYVERSE_API",    "MEMORYVERSE_BUILD", "MEMORYVERSE_CHROMIUM",
                                                   "MEMORYVERSE_COMMIT", "MEMORYVERSE_KEEP",  "MEMORYVERSE_REALTIME",
                                                   "MEMORYVERSE_SERVER", "MEMORYVERSE_SHARED"};
constexpr std::string_view kOfTests = "MEMORYVERSE_TEST_";

/// Nothing is not taken for "leave it out" where the server would then keep a family's data elsewhere, or unprotected.
void refuse_empty(Config& config, std::string_view name, std::string_view without) {
  if (config.is_empty(name))
    config.mistake(name, "it is empty; write its value, or leave it out " + std::string(without));
}

/// The URL of a setting, whose beginning is one of `schemes`; `preferred` when nobody set it, or set it wrong.
std::string engine_url(Config& config, std::string_view name, const std::vector<std::string_view>& schemes,
                       const std::string& preferred) {
  refuse_empty(config, name, "to keep everything in the data folder");
  const auto url = config.maybe_text(name);
  if (!url) return preferred;
  std::string known;
  for (const std::string_view scheme : schemes) {
    if (url->starts_with(scheme) && url->size() > scheme.size()) return *url;
    known += std::string(known.empty() ? "`" : ", `") + std::string(scheme) + "…`";
  }
  config.mistake(name, "begins with none of " + known + "; leave it out to keep everything in the data folder");
  return preferred;
}

/// `NAME=NUMBER` entries of a list, whose names are some of `known`.
std::map<std::string, std::int64_t, std::less<>> read_numbers(Config& config, std::string_view name,
                                                              std::span<const std::string_view> known) {
  std::map<std::string, std::int64_t, std::less<>> numbers;
  for (const std::string& entry : config.list(name)) {
    const std::size_t equals = std::min(entry.find('='), entry.size());
    std::int64_t number = 0;
    const char* const end = entry.data() + entry.size();
    const char* const start = entry.data() + std::min(equals + 1, entry.size());
    if (std::from_chars(start, end, number).ptr != end || equals == 0 || number < 1 || number > 3'600'000) {
      config.mistake(name, "`" + entry + "` is not NAME=NUMBER with a number from 1 to 3600000");
      continue;
    }
    const std::string key = entry.substr(0, equals);
    if (std::ranges::find(known, key) == known.end())
      config.mistake(name, "there is no `" + key + "`; the nearest is `" + std::string(closest(key, known)) + "`");
    numbers[key] = number;
  }
  return numbers;
}

/// As a browser names it in `Origin`, which is compared letter by letter.
bool is_origin(std::string_view text) {
  const std::size_t slashes = text.find("://");
  if (slashes == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, slashes);
  const std::string_view host = text.substr(slashes + 3);
  return (scheme == "http" || scheme == "https") && !host.empty() && !host.starts_with(':') && !host.ends_with(':') &&
         host.find_first_of("/?#@*, ") == std::string_view::npos;
}

std::vector<std::string> read_origins(Config& config, std::string_view name) {
  std::vector<std::string> origins = config.list(name);
  for (const std::string& origin : origins) {
    if (!is_origin(origin))
      config.mistake(name, "`" + origin + "` is no origin; write https://HOST[:PORT] and nothing after it");
  }
  return origins;
}

DatabaseSettings read_database(Config& config) {
  using std::chrono::milliseconds;
  DatabaseSettings database;
  database.connections = config.integer("database.connections", 2, 1'000);
  database.statement_timeout = milliseconds(config.integer("database.statementTimeoutMs", 100, 3'600'000));
  database.lock_timeout = milliseconds(config.integer("database.lockTimeoutMs", 100, 3'600'000));
  for (const auto& [query, time] : read_numbers(config, "database.statementTimeouts", sql::kQueryNames))
    database.statement_timeouts[query] = milliseconds(time);
  for (const auto& [query, time] : read_numbers(config, "database.lockTimeouts", sql::kQueryNames))
    database.lock_timeouts[query] = milliseconds(time);
  database.replicas = config.list("database.replicas");
  for (const std::string& replica : database.replicas) {
    if (!replica.starts_with("postgresql://") && !replica.starts_with("postgres://"))
      config.mistake("database.replicas", "write postgresql://… for each");
  }
  database.replica_lag = milliseconds(config.integer("database.replicaLagMs", 0, 3'600'000));
  return database;
}

void read_roles(Config& config, ServerSettings& settings) {
  for (const std::string& role : config.list("roles")) {
    if (role == "web")
      settings.web = true;
    else if (role == "api")
      settings.api = true;
    else if (role == "realtime")
      settings.realtime = true;
    else if (role == "worker")
      settings.worker = true;
    else
      config.mistake("roles", "`" + role + "` is none of web, api, realtime, worker");
  }
  if (config.list("roles").empty()) {
    config.mistake("roles", "name at least one of web, api, realtime, worker");
  }
}

void read_listeners(Config& config, ServerSettings& settings) {
  const auto port = [&](std::string_view name) { return static_cast<std::uint16_t>(config.integer(name, 0, 65'535)); };
  settings.listen = config.text("listen");
  settings.web_port = port("webPort");
  settings.api_port = port("apiPort");
  settings.realtime_port = port("realtimePort");
  static_cast<void>(port("mlPort")); // for the service of machine learning; nothing asks it yet
  // Another program's port is found when it is tried. Two listeners of our own would end the process in Drogon.
  const auto same = [](std::uint16_t one, std::uint16_t other) { return one != 0 && one == other; };
  if (settings.web && same(settings.web_port, settings.api_port))
    config.mistake("webPort", "it is MEMORYVERSE_API_PORT as well; choose another");
  if (settings.realtime && same(settings.realtime_port, settings.api_port))
    config.mistake("realtimePort", "it is MEMORYVERSE_API_PORT as well; choose another");
  if (settings.realtime && settings.web && same(settings.realtime_port, settings.web_port))
    config.mistake("realtimePort", "it is MEMORYVERSE_WEB_PORT as well; choose another");
}

void read_telemetry(Config& config, ServerSettings& settings) {
  settings.deployment = config.text("deployment");
  settings.otlp_url = config.maybe_text("otlpUrl").value_or("");
  if (!settings.otlp_url.empty() && !telemetry::is_http_url(settings.otlp_url))
    config.mistake("otlpUrl", "it is no address of a collector, such as http://127.0.0.1:4318");
  settings.otlp_headers = config.secret("otlpHeaders");
  if (!telemetry::read_otlp_headers(settings.otlp_headers))
    config.mistake("otlpHeaders", "write them as Name=value,Name=value");
  const std::string ratio = config.text("otlpRatio");
  const auto [end, problem] = std::from_chars(ratio.data(), ratio.data() + ratio.size(), settings.otlp_ratio);
  const bool is_number = problem == std::errc() && end == ratio.data() + ratio.size();
  if (!is_number || !(settings.otlp_ratio >= 0 && settings.otlp_ratio <= 1))
    config.mistake("otlpRatio", "it is no number from 0 to 1");
  settings.sentry_dsn = config.secret("sentryDsn");
  if (settings.sentry_dsn.empty()) return;
  if (const auto dsn = telemetry::parse_sentry_dsn(settings.sentry_dsn); !dsn)
    config.mistake("sentryDsn", dsn.error().cause);
}

LogOptions read_log(Config& config) {
  LogOptions log;
  if (config.choice("log", {"text", "json"}) == "json") log.format = LogFormat::json;
  log.level = parse_log_level(config.choice("logLevel", {"debug", "info", "warning", "error"})).value_or(log.level);
  return log;
}

/// The keys of an S3 store have the names that every tool for S3 knows, and come from the environment alone.
void read_s3(Config& config, const ConfigSources& sources, ServerSettings& settings) {
  settings.storage_direct = config.boolean("storageDirect");
  if (!settings.storage_url.starts_with("s3://")) {
    if (settings.storage_direct) config.mistake("storageDirect", "a folder cannot be reached by clients; leave it out");
    return;
  }
  const auto variable = [&](const char* name) {
    const auto at = sources.variables.find(name);
    return at == sources.variables.end() ? std::string() : at->second;
  };
  settings.aws_access_key_id = variable("AWS_ACCESS_KEY_ID");
  settings.aws_secret_access_key = Secret(variable("AWS_SECRET_ACCESS_KEY"));
  if (settings.uses_storage() && (settings.aws_access_key_id.empty() || settings.aws_secret_access_key.empty())) {
    config.mistake("storageUrl", "an S3 store needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
  }
  if (const auto url = s3::read_url(settings.storage_url); !url) config.mistake("storageUrl", url.error().cause);
}

} // namespace

ConfigSources environment_sources(const fs::path& program) {
  ConfigSources from;
  from.folder = program.parent_path() / "config";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos) from.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  if (const auto name = from.variables.extract("MEMORYVERSE_ENV")) from.environment = name.mapped();
  std::erase_if(from.variables, [](const auto& variable) {
    return variable.first.starts_with(kOfTests) || std::ranges::find(kOfTools, variable.first) != kOfTools.end();
  });
  return from;
}

LogOptions read_log_options(const ConfigSources& sources) {
  Config config(sources);
  return read_log(config);
}

Result<ServerSettings> read_settings(const ConfigSources& sources, const fs::path& program) {
  Config config(sources);
  ServerSettings settings;
  read_roles(config, settings);

  settings.data = config.text("data");
  settings.database_url = engine_url(config, "databaseUrl", {"sqlite:", "postgresql://", "postgres://"},
                                     "sqlite:" + (settings.data / "memoryverse.sqlite").string());
  settings.database = read_database(config);
  settings.storage_url =
      engine_url(config, "storageUrl", {"file:", "s3://"}, "file:" + (settings.data / "files").string());
  read_s3(config, sources, settings);
  settings.web_root = config.maybe_text("webRoot").value_or("");
  settings.docs_root = config.maybe_text("docsRoot").value_or("");
  settings.media_program =
      config.maybe_text("mediaProgram").value_or((program.parent_path() / "memoryverse-media").string());
  if (settings.web && !fs::exists(settings.web_root / "index.html")) {
    config.mistake("webRoot", "no web client lies there; build it, or leave the role `web` out");
  }

  read_listeners(config, settings);
  if (const auto url = config.maybe_text("mlUrl"); url && !is_origin(*url))
    config.mistake("mlUrl", "it is no address of a service; write http://HOST:PORT");
  refuse_empty(config, "redisUrl", "to do without Redis");
  settings.redis_url = config.maybe_text("redisUrl").value_or("");
  if (const auto address = redis::parse_address(settings.redis_url); !settings.redis_url.empty() && !address) {
    config.mistake("redisUrl", address.error().cause + "; leave it out to do without Redis");
  }
  refuse_empty(config, "brokerUrl", "to do without a broker");
  settings.broker_url = config.maybe_text("brokerUrl").value_or("");
  if (const auto address = rabbitmq::parse_address(settings.broker_url); !settings.broker_url.empty() && !address) {
    config.mistake("brokerUrl", address.error().cause + "; leave it out to do without a broker");
  }
  settings.public_origins = read_origins(config, "publicOrigins");
  settings.cors_origins = read_origins(config, "corsOrigins");
  settings.trusted_proxies = config.list("trustedProxies");
  for (const std::string& proxy : settings.trusted_proxies) {
    if (!http::Networks().add(proxy))
      config.mistake("trustedProxies", "`" + proxy + "` is no address and no network; write 10.0.0.1 or 10.0.0.0/8");
  }
  settings.webhook_private_hosts = config.list("webhooks.privateHosts");
  for (const std::string& host : settings.webhook_private_hosts) {
    const bool has_port = std::ranges::count(host, ':') == 1;
    if (has_port || host.find_first_of("/@?# ") != std::string::npos)
      config.mistake("webhooks.privateHosts", "`" + host + "` is no host; write its name or address alone");
  }
  refuse_empty(config, "secretKey", "to have a key made in the data folder");
  settings.secret_key = config.secret("secretKey");
  if (!settings.secret_key.empty() && settings.secret_key.reveal().size() < kLeastSecretKey) {
    config.mistake("secretKey", "it needs 32 characters or more: `openssl rand -hex 32` makes one");
  }

  settings.io_threads = config.integer("ioThreads", 1, 64);
  settings.request_threads = config.integer("requestThreads", 1, 256);
  settings.cache_megabytes = config.integer("cacheMegabytes", 0, 65'536);
  settings.worker_threads = config.integer("workerThreads", 1, 64);
  settings.drain_s = config.integer("drainSeconds", 0, 3'600);
  settings.figures_every_s = config.integer("figuresEverySeconds", 1, 86'400);
  for (const auto& [kind, most] : read_numbers(config, "jobLimits", kJobKinds))
    settings.job_limits[kind] = static_cast<int>(most);
  settings.upload_max_bytes = config.integer("uploads.maxBytes", 1, INT64_MAX);
  settings.login_per_minute = config.integer("limits.loginPerMinute", 1, 1'000'000);
  settings.login_address_per_minute = config.integer("limits.loginAddressPerMinute", 1, 1'000'000);
  settings.registrations_per_hour = config.integer("limits.registrationsPerHour", 1, 1'000'000);
  settings.strong_passwords = config.boolean("strongPasswords");

  static_cast<void>(read_log(config));
  read_telemetry(config, settings);

  TRY_OK(config.check());
  return settings;
}

} // namespace mv
