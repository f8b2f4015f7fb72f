#include "core/adapters/telemetry/sentry_reporter.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "core/adapters/telemetry/receiver_fixture.hpp"
#include "core/base/trace.hpp"

namespace mv::telemetry {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

class SentryReporterTest : public testing::Test {
protected:
  SentryReporterTest() {
    SentryOptions options{
        .dsn = *parse_sentry_dsn(Secret("http://public-key@127.0.0.1:" + std::to_string(receiver_.port()) + "/7")),
        .release = "memoryverse@0.1.0+abc",
        .environment = "test",
        .per_minute = 3,
        .timeout = 2s,
        .now = [this] { return std::chrono::steady_clock::time_point(now_.load()); }};
    reporter_ = std::make_unique<SentryReporter>(options, clock_, metrics_);
  }
  std::uint64_t reports(std::string_view outcome) {
    return metrics_.counter("memoryverse_error_reports_total", "", {{"outcome", outcome}}).value();
  }
  /// Until everything that was taken has been dealt with.
  void settle() { reporter_.reset(); }
  static std::vector<std::string> lines(const std::string& body) {
    std::istringstream text(body);
    std::vector<std::string> found;
    for (std::string line; std::getline(text, line);)
      found.push_back(line);
    return found;
  }

  Receiver receiver_;
  FixedClock clock_{1'790'000'000'000};
  std::atomic<std::chrono::steady_clock::duration> now_{1000s};
  Metrics metrics_;
  std::unique_ptr<SentryReporter> reporter_;
};

TEST_F(SentryReporterTest, SendsAnEnvelopeAsTheProtocolAsks) {
  reporter_->take({.kind = "request",
                   .where = "GET /api/v1/memories/{id}",
                   .key = "database.failed",
                   .cause = "find_memory: disk I/O error",
                   .trace_id = "0af7651916cd43dd8448eb211c80319c"});
  const auto requests = receiver_.wait_for(1);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/api/7/envelope/");
  EXPECT_EQ(requests[0].headers.at("content-type"), "application/x-sentry-envelope");
  EXPECT_EQ(requests[0].headers.at("x-sentry-auth"),
            "Sentry sentry_version=7, sentry_client=memoryverse/1, sentry_key=public-key");
  const auto parts = lines(requests[0].body);
  ASSERT_EQ(parts.size(), 3U);
  const Json head = Json::parse(parts[0]);
  const Json item = Json::parse(parts[1]);
  const Json event = Json::parse(parts[2]);
  EXPECT_EQ(item["type"], "event");
  EXPECT_EQ(item["length"], parts[2].size());
  EXPECT_EQ(head["event_id"], event["event_id"]);
  EXPECT_EQ(std::string(event["event_id"]).size(), 32U);
  EXPECT_EQ(event["timestamp"], "2026-09-21T14:13:20.000Z");
  EXPECT_EQ(event["release"], "memoryverse@0.1.0+abc");
  EXPECT_EQ(event["environment"], "test");
  EXPECT_EQ(event["level"], "error");
  EXPECT_EQ(event["transaction"], "GET /api/v1/memories/{id}");
  EXPECT_EQ(event["tags"]["key"], "database.failed");
  EXPECT_EQ(event["contexts"]["trace"]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(event["exception"]["values"][0]["type"], "database.failed");
  EXPECT_EQ(event["exception"]["values"][0]["value"], "find_memory: disk … error");
  for (const char* personal : {"user", "request", "server_name", "extra", "breadcrumbs"})
    EXPECT_FALSE(event.contains(personal)) << personal;
}

TEST_F(SentryReporterTest, SendsNothingPersonal) {
  reporter_->take({.kind = "throw",
                   .where = "PATCH /api/v1/memories/{id}",
                   .key = "internal",
                   .cause =
                       "Cannot save \"Our summer with grandmother\" of Anna Petrova <anna@example.org> from 192.0.2.7 "
                       "in /home/anna/pictures/holiday.jpg for 0190a000-0000-7000-8000-000000000000 «Лето»"});
  const auto requests = receiver_.wait_for(1);
  ASSERT_EQ(requests.size(), 1U);
  const std::string& body = requests[0].body;
  for (const char* planted : {"summer", "grandmother", "Anna", "Petrova", "anna", "example.org", "192.0.2", "pictures",
                              "holiday", "0190a000", "Лето"})
    EXPECT_FALSE(body.contains(planted)) << planted << " in " << body;
  EXPECT_TRUE(body.contains("Cannot save"));
}

TEST_F(SentryReporterTest, TellsTheSameOnceAMinuteAndNotTooMuchAltogether) {
  const auto report = [&](const std::string& key) {
    reporter_->take({.kind = "job", .where = "media.full", .key = key});
  };
  for (int i = 0; i < 10; ++i)
    report("a");
  for (const char* key : {"b", "c", "d", "e"})
    report(key);
  now_ = 1000s + 60s;
  report("a");
  settle();
  EXPECT_EQ(reports("sent"), 4U) << "a, b, c, and a again";
  EXPECT_EQ(reports("repeated"), 9U);
  EXPECT_EQ(reports("limited"), 2U);
  EXPECT_EQ(receiver_.count(), 4U);
}

TEST_F(SentryReporterTest, RestsAsLongAsItIsAskedTo) {
  receiver_.answer("429 Too Many Requests", "Retry-After: 120");
  reporter_->take({.kind = "job", .where = "x", .key = "a"});
  ASSERT_EQ(receiver_.wait_for(1).size(), 1U);
  while (reports("lost") == 0)
    std::this_thread::yield();
  receiver_.answer("200 OK");
  // The answer is read just after it is counted: until it is noted, one more may leave.
  while (reports("limited") == 0) {
    static int n = 0;
    reporter_->take({.kind = "job", .where = "x", .key = "b" + std::to_string(++n)});
    std::this_thread::yield();
  }
  const std::size_t before = receiver_.count();
  now_ = 1000s + 119s;
  reporter_->take({.kind = "job", .where = "x", .key = "c"});
  EXPECT_EQ(receiver_.count(), before);
  now_ = 1000s + 120s;
  reporter_->take({.kind = "job", .where = "x", .key = "d"});
  settle();
  EXPECT_EQ(receiver_.count(), before + 1);
}

TEST_F(SentryReporterTest, NeverHoldsTheReporterUp) {
  receiver_.hold(true);
  for (int i = 0; i < 3; ++i)
    reporter_->take({.kind = "job", .where = "x", .key = "k" + std::to_string(i)});
  // Only the thread that sends waits; were it this one, the receiver would never be let go.
  receiver_.hold(false);
  settle();
  EXPECT_EQ(reports("sent"), 3U);
}

TEST_F(SentryReporterTest, CarriesTheTraceOfTheThreadThatReports) {
  set_error_sink(reporter_.get());
  std::string trace_id;
  {
    const TraceScope scope("request", SpanKind::server, "", TraceScope::Sampling::by_ratio);
    trace_id = scope.context().trace_id();
    report_error({.kind = "request", .where = "GET /x", .key = "internal"});
  }
  set_error_sink(nullptr);
  report_error({.kind = "request", .where = "GET /y", .key = "internal"});
  settle();
  ASSERT_EQ(receiver_.count(), 1U);
  EXPECT_TRUE(receiver_.wait_for(1)[0].body.contains(trace_id));
}

} // namespace
} // namespace mv::telemetry
