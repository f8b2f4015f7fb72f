#include "backend/telemetry.hpp"

#include "backend/app.hpp"
#include "backend/commit.hpp"
#include "core/adapters/telemetry/otlp_exporter.hpp"
#include "core/adapters/telemetry/sentry_reporter.hpp"
#include "core/base/error_report.hpp"
#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/base/process_metrics.hpp"
#include "core/base/trace.hpp"

namespace mv {

std::string release() { return "memoryverse@" + std::string(version()) + "+" + MEMORYVERSE_COMMIT; }

Telemetry::Telemetry() = default;

Telemetry::~Telemetry() {
  set_up_tracing(nullptr, 0);
  set_error_sink(nullptr);
}

Result<std::unique_ptr<Telemetry>> Telemetry::open(const ServerSettings& settings, Metrics& metrics) {
  add_process_metrics(metrics);
  metrics
      .gauge("memoryverse_build_info", "Always 1; what runs stands in the labels.",
             {{"version", version()}, {"commit", MEMORYVERSE_COMMIT}})
      .set(1);

  std::unique_ptr<Telemetry> opened(new Telemetry);
  if (!settings.otlp_url.empty()) {
    TRY(opened->traces_,
        telemetry::OtlpExporter::open({.url = settings.otlp_url,
                                       .headers = settings.otlp_headers,
                                       .resource = {{"service.name", "memoryverse"},
                                                    {"service.version", std::string(version())},
                                                    {"service.instance.id", new_id()},
                                                    {"deployment.environment.name", settings.deployment}}},
                                      metrics));
    set_up_tracing(opened->traces_.get(), settings.otlp_ratio);
    log_info("traces go to a collector", {{"ratio", settings.otlp_ratio}});
  }
  if (!settings.sentry_dsn.empty()) {
    TRY(auto dsn, telemetry::parse_sentry_dsn(settings.sentry_dsn));
    opened->errors_ = std::make_unique<telemetry::SentryReporter>(
        telemetry::SentryOptions{.dsn = std::move(dsn), .release = release(), .environment = settings.deployment},
        opened->clock_, metrics);
    set_error_sink(opened->errors_.get());
    log_info("errors are reported to Sentry");
  }
  return opened;
}

} // namespace mv
