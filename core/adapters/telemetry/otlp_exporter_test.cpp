#include "core/adapters/telemetry/otlp_exporter.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/adapters/telemetry/receiver_fixture.hpp"

namespace mv::telemetry {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

class OtlpExporterTest : public testing::Test {
protected:
  OtlpOptions options() {
    return {.url = "http://127.0.0.1:" + std::to_string(receiver_.port()),
            .headers = Secret("Authorization=Bearer abc,X-Scope=family"),
            .resource = {{"service.name", "memoryverse"}},
            .patience = 5ms,
            .timeout = 2s,
            .first_wait = 1ms};
  }
  std::unique_ptr<OtlpExporter> open(OtlpOptions with) {
    auto opened = OtlpExporter::open(std::move(with), metrics_);
    EXPECT_TRUE(opened);
    return *std::move(opened);
  }
  static FinishedSpan span(const std::string& name) {
    FinishedSpan made{.name = name, .kind = SpanKind::server};
    made.context = *parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    made.start_ns = 1'790'000'000'000'000'001;
    made.end_ns = 1'790'000'000'000'500'000;
    return made;
  }
  std::uint64_t spans(std::string_view outcome) {
    return metrics_.counter("memoryverse_otlp_spans_total", "", {{"outcome", outcome}}).value();
  }

  Receiver receiver_;
  Metrics metrics_;
};

TEST_F(OtlpExporterTest, SendsSpansAsTheProtocolAsks) {
  auto exporter = open(options());
  FinishedSpan sent = span("GET /api/v1/memories/{id}");
  sent.parent = parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01")->span;
  sent.failed = true;
  sent.attributes = {{"http.route", "/api/v1/memories/{id}"}, {"http.response.status_code", 500}};
  exporter->take(sent);
  const auto requests = receiver_.wait_for(1);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].target, "/v1/traces");
  EXPECT_EQ(requests[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(requests[0].headers.at("authorization"), "Bearer abc");
  EXPECT_EQ(requests[0].headers.at("x-scope"), "family");
  const Json body = Json::parse(requests[0].body);
  const Json expected = Json::parse(R"({"resourceSpans":[{
    "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"memoryverse"}}]},
    "scopeSpans":[{"scope":{"name":"memoryverse"},"spans":[{
      "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","parentSpanId":"00f067aa0ba902b7",
      "name":"GET /api/v1/memories/{id}","kind":2,
      "startTimeUnixNano":"1790000000000000001","endTimeUnixNano":"1790000000000500000",
      "attributes":[{"key":"http.route","value":{"stringValue":"/api/v1/memories/{id}"}},
                    {"key":"http.response.status_code","value":{"intValue":"500"}}],
      "status":{"code":2}}]}]}]})");
  EXPECT_EQ(body, expected);
}

TEST_F(OtlpExporterTest, SendsWhatWaitsInBatchesBeforeItEnds) {
  OtlpOptions with = options();
  with.batch = 10;
  with.patience = 1h;
  auto exporter = open(with);
  for (int i = 0; i < 25; ++i)
    exporter->take(span("a"));
  exporter.reset();
  const auto requests = receiver_.wait_for(3);
  ASSERT_EQ(requests.size(), 3U);
  std::size_t sum = 0;
  for (const auto& request : requests)
    sum += Json::parse(request.body)["resourceSpans"][0]["scopeSpans"][0]["spans"].size();
  EXPECT_EQ(sum, 25U);
  EXPECT_EQ(spans("exported"), 25U);
}

TEST_F(OtlpExporterTest, DropsAndCountsWhatDoesNotFitInsteadOfWaiting) {
  OtlpOptions with = options();
  with.queue = 5;
  with.batch = 1;
  receiver_.hold(true);
  auto exporter = open(with);
  exporter->take(span("on its way"));
  ASSERT_EQ(receiver_.wait_for(1).size(), 1U);
  for (int i = 0; i < 8; ++i)
    exporter->take(span("a"));
  EXPECT_EQ(spans("dropped"), 3U);
  receiver_.hold(false);
  exporter.reset();
  EXPECT_EQ(spans("exported"), 6U);
}

TEST_F(OtlpExporterTest, TriesAgainWhenTheCollectorIsOnlyBusy) {
  receiver_.answer_once("503 Service Unavailable");
  auto exporter = open(options());
  exporter->take(span("a"));
  EXPECT_EQ(receiver_.wait_for(2).size(), 2U);
  exporter.reset();
  EXPECT_EQ(spans("exported"), 1U);
  EXPECT_EQ(spans("lost"), 0U);
}

TEST_F(OtlpExporterTest, DoesNotRepeatWhatIsRefusedForGood) {
  receiver_.answer("400 Bad Request");
  auto exporter = open(options());
  exporter->take(span("a"));
  ASSERT_EQ(receiver_.wait_for(1).size(), 1U);
  exporter.reset();
  EXPECT_EQ(receiver_.count(), 1U);
  EXPECT_EQ(spans("lost"), 1U);
}

TEST_F(OtlpExporterTest, SparesACollectorThatIsAway) {
  OtlpOptions with = options();
  with.url = "http://127.0.0.1:1/"; // nobody listens there
  with.attempts = 1;
  with.batch = 1;
  with.breaker = {.failures_to_open = 2, .rest = 1h};
  auto exporter = open(with);
  for (int i = 0; i < 5; ++i)
    exporter->take(span("a"));
  exporter.reset();
  EXPECT_EQ(spans("exported"), 0U);
  const auto calls = [&](std::string_view outcome) {
    return metrics_
        .counter("memoryverse_dependency_calls_total", "",
                 {{"dependency", "otlp"}, {"operation", "export"}, {"outcome", outcome}})
        .value();
  };
  EXPECT_GE(calls("failure"), 1U);
  EXPECT_LE(calls("failure"), 2U);
}

TEST_F(OtlpExporterTest, SaysWhatIsWrongWithItsSettings) {
  for (const std::string url : {"", "collector", "ftp://collector", "http://", "127.0.0.1:4318"})
    EXPECT_FALSE(OtlpExporter::open({.url = url}, metrics_)) << url;
  OtlpOptions with = options();
  with.headers = Secret("no-equals-sign");
  const auto opened = OtlpExporter::open(with, metrics_);
  ASSERT_FALSE(opened);
  EXPECT_FALSE(opened.error().cause.contains("no-equals-sign")) << "headers are secret";
}

} // namespace
} // namespace mv::telemetry
