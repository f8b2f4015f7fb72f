#include "core/adapters/telemetry/otlp_exporter.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace mv::telemetry {

namespace {

constexpr std::chrono::milliseconds kLastWords{2'000}; // of a process that ends

void wait(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
}

Counter& spans(Metrics& metrics, std::string_view outcome) {
  return metrics.counter("memoryverse_otlp_spans_total",
                         "Spans that a collector took, that did not fit into the queue, or that it did not take.",
                         {{"outcome", outcome}});
}

} // namespace

std::optional<std::vector<std::string>> read_otlp_headers(const Secret& secret) {
  std::string_view text = secret.reveal();
  std::vector<std::string> headers{"Content-Type: application/json"};
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const auto equals = part.find('=');
    if (equals == 0 || equals == std::string_view::npos) return std::nullopt;
    if (std::ranges::any_of(part, [](char c) { return static_cast<unsigned char>(c) < ' '; })) return std::nullopt;
    headers.push_back(std::string(part.substr(0, equals)) + ": " + std::string(part.substr(equals + 1)));
  }
  return headers;
}

Result<std::unique_ptr<OtlpExporter>> OtlpExporter::open(OtlpOptions options, Metrics& metrics) {
  if (!is_http_url(options.url))
    return mv::fail(ErrorCode::invalid, "config.invalid", "it is no address such as http://127.0.0.1:4318");
  auto headers = read_otlp_headers(options.headers);
  if (!headers)
    return mv::fail(ErrorCode::invalid, "config.invalid", "its headers are not written as Name=value,Name=value");
  return std::unique_ptr<OtlpExporter>(new OtlpExporter(std::move(options), *std::move(headers), metrics));
}

OtlpExporter::OtlpExporter(OtlpOptions options, std::vector<std::string> headers, Metrics& metrics)
    : options_(std::move(options)),
      address_(options_.url + (options_.url.ends_with('/') ? "v1/traces" : "/v1/traces")),
      headers_(std::move(headers)),
      collector_("otlp", metrics, options_.breaker),
      exported_(spans(metrics, "exported")),
      dropped_(spans(metrics, "dropped")),
      lost_(spans(metrics, "lost")),
      queue_(options_.queue),
      poster_(options_.timeout),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

OtlpExporter::~OtlpExporter() = default;

void OtlpExporter::take(FinishedSpan span) noexcept {
  try {
    if (queue_.push(std::move(span))) return;
  } catch (...) { // no memory is no reason to end a request
  }
  dropped_.add();
}

void OtlpExporter::work(const std::stop_token& stop) {
  while (true) {
    const std::vector<FinishedSpan> batch = queue_.pop(options_.batch, options_.patience, stop);
    if (batch.empty()) return;
    const bool ending = stop.stop_requested();
    if (send(batch, stop)) {
      exported_.add(batch.size());
      continue;
    }
    lost_.add(batch.size());
    if (ending) return; // what is left has no better chance
  }
}

bool OtlpExporter::send(const std::vector<FinishedSpan>& batch, const std::stop_token& stop) {
  const std::string body = encode_spans(options_.resource, batch);
  auto rest = options_.first_wait;
  for (int attempt = 1; attempt <= options_.attempts; ++attempt) {
    auto call = collector_.begin("export");
    std::chrono::milliseconds asked{0};
    if (stop.stop_requested()) poster_.set_timeout(std::min(options_.timeout, kLastWords));
    if (call) {
      const PostAnswer answer = poster_.post(address_, headers_, body);
      call->end(answer.outcome());
      if (answer.accepted()) return true;
      log_warning("spans not taken", {{"status", answer.status}, {"problem", answer.problem}, {"spans", batch.size()}});
      if (!answer.passing()) return false;
      asked = std::chrono::seconds(std::min(answer.retry_after_s, 30));
    } else {
      asked = std::chrono::seconds(call.error().retry_after_s);
    }
    if (stop.stop_requested() || attempt == options_.attempts) return false;
    wait(std::max(rest, asked), stop);
    rest *= 2;
  }
  return false;
}

} // namespace mv::telemetry
