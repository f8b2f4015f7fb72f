#include "core/adapters/telemetry/sentry_reporter.hpp"

#include <yyjson.h>

#include <algorithm>
#include <cstdlib>

#include "core/adapters/telemetry/scrub.hpp"
#include "core/base/encoding.hpp"
#include "core/base/iso_time.hpp"
#include "core/base/log.hpp"
#include "core/base/random.hpp"

namespace mv::telemetry {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMostKinds = 1000;

Counter& reports(Metrics& metrics, std::string_view outcome) {
  return metrics.counter("memoryverse_error_reports_total",
                         "Failures told to Sentry, and those that were not: repeated, over a limit, or lost.",
                         {{"outcome", outcome}});
}

std::string event_id() {
  std::string raw(16, '\0');
  fill_random(std::as_writable_bytes(std::span(raw)));
  return hex_encode(raw);
}

std::string write(yyjson_mut_doc* doc) {
  std::size_t size = 0;
  char* const text = yyjson_mut_write(doc, 0, &size);
  std::string out(text == nullptr ? "" : text, text == nullptr ? 0 : size);
  std::free(text);
  yyjson_mut_doc_free(doc);
  return out;
}

/// `{"a":"1","b":"2"}`
std::string object(std::initializer_list<std::pair<const char*, std::string>> fields) {
  yyjson_mut_doc* const doc = yyjson_mut_doc_new(nullptr);
  yyjson_mut_val* const root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  for (const auto& [key, value] : fields)
    yyjson_mut_obj_add_strncpy(doc, root, key, value.data(), value.size());
  return write(doc);
}

} // namespace

SentryReporter::SentryReporter(SentryOptions options, const Clock& clock, Metrics& metrics)
    : options_(std::move(options)),
      clock_(clock),
      sentry_("sentry", metrics, options_.breaker, options_.now),
      sent_(reports(metrics, "sent")),
      repeated_(reports(metrics, "repeated")),
      limited_(reports(metrics, "limited")),
      lost_(reports(metrics, "lost")),
      queue_(options_.queue),
      poster_(options_.timeout),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

SentryReporter::~SentryReporter() = default;

void SentryReporter::take(ErrorReport report) noexcept {
  try {
    if (!admit(report)) return;
    if (!queue_.push({.report = std::move(report), .at = clock_.now()})) lost_.add();
  } catch (...) { // no memory is no reason to end a request
    lost_.add();
  }
}

bool SentryReporter::admit(const ErrorReport& report) {
  const Time now = options_.now();
  std::string kind = report.key + '\n' + report.where;
  const std::scoped_lock lock(mutex_);
  if (const auto last = last_of_kind_.find(kind); last != last_of_kind_.end() && now - last->second < minutes(1)) {
    repeated_.add();
    return false;
  }
  if (now - minute_began_ >= minutes(1)) {
    minute_began_ = now;
    in_minute_ = 0;
    std::erase_if(last_of_kind_, [now](const auto& entry) { return now - entry.second >= minutes(1); });
  }
  if (now < rest_until_ || in_minute_ >= options_.per_minute || last_of_kind_.size() >= kMostKinds) {
    limited_.add();
    return false;
  }
  ++in_minute_;
  last_of_kind_[std::move(kind)] = now;
  return true;
}

void SentryReporter::work(const std::stop_token& stop) {
  while (true) {
    const auto waiting = queue_.pop(1, std::chrono::milliseconds(0), stop);
    if (waiting.empty()) return;
    const auto lost_before = lost_.value();
    send(waiting.front());
    if (stop.stop_requested() && lost_.value() != lost_before) return; // what is left has no better chance
  }
}

void SentryReporter::send(const Waiting& waiting) {
  {
    const std::scoped_lock lock(mutex_);
    if (options_.now() < rest_until_) {
      limited_.add();
      return;
    }
  }
  auto call = sentry_.begin("report");
  if (!call) {
    lost_.add();
    return;
  }
  const PostAnswer answer = poster_.post(
      options_.dsn.envelope_url,
      {"Content-Type: application/x-sentry-envelope",
       "X-Sentry-Auth: Sentry sentry_version=7, sentry_client=memoryverse/1, sentry_key=" + options_.dsn.public_key},
      envelope(waiting));
  call->end(answer.outcome());
  if (answer.accepted()) {
    sent_.add();
    return;
  }
  lost_.add();
  // At debug, as a report that failed must not become a report.
  log_debug("error not reported", {{"status", answer.status}, {"problem", answer.problem}});
  if (answer.status == 429) {
    const std::scoped_lock lock(mutex_);
    rest_until_ = options_.now() + seconds(answer.retry_after_s > 0 ? answer.retry_after_s : 60);
  }
}

std::string SentryReporter::envelope(const Waiting& waiting) const {
  const ErrorReport& report = waiting.report;
  const std::string id = event_id();
  const std::string at = iso_utc(waiting.at);

  yyjson_mut_doc* const doc = yyjson_mut_doc_new(nullptr);
  yyjson_mut_val* const event = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, event);
  const auto put = [doc](yyjson_mut_val* to, const char* key, std::string_view value) {
    yyjson_mut_obj_add_strncpy(doc, to, key, value.data(), value.size());
  };
  put(event, "event_id", id);
  put(event, "timestamp", at);
  put(event, "platform", "native");
  put(event, "level", "error");
  put(event, "logger", report.kind);
  put(event, "release", options_.release);
  put(event, "environment", options_.environment);
  put(event, "transaction", report.where);
  yyjson_mut_val* const tags = yyjson_mut_obj_add_obj(doc, event, "tags");
  put(tags, "key", report.key);
  put(tags, "kind", report.kind);
  if (!report.trace_id.empty()) {
    yyjson_mut_val* const trace = yyjson_mut_obj_add_obj(doc, yyjson_mut_obj_add_obj(doc, event, "contexts"), "trace");
    put(trace, "trace_id", report.trace_id);
    put(trace, "span_id", report.trace_id.substr(0, 16)); // Sentry wants one; the trace is what is looked for
  }
  yyjson_mut_val* const values = yyjson_mut_obj_add_arr(doc, yyjson_mut_obj_add_obj(doc, event, "exception"), "values");
  yyjson_mut_val* const exception = yyjson_mut_arr_add_obj(doc, values);
  put(exception, "type", report.key);
  put(exception, "value", scrub(report.cause));
  yyjson_mut_val* const fingerprint = yyjson_mut_obj_add_arr(doc, event, "fingerprint");
  for (const std::string_view part : {std::string_view(report.key), std::string_view(report.where)})
    yyjson_mut_arr_add_strncpy(doc, fingerprint, part.data(), part.size());

  const std::string body = write(doc);
  return object({{"event_id", id}, {"sent_at", iso_utc(clock_.now())}}) + "\n" + R"({"type":"event","length":)" +
         std::to_string(body.size()) + "}\n" + body + "\n";
}

} // namespace mv::telemetry
