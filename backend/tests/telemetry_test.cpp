// What a started server tells those who watch it: trace context, spans to a collector, errors to Sentry.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "backend/tests/harness.hpp"
#include "core/adapters/telemetry/receiver_fixture.hpp"

namespace mv::test {
namespace {

using telemetry::Receiver;

constexpr const char* kTrace = "0af7651916cd43dd8448eb211c80319c";
constexpr const char* kSampled = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class TelemetryTest : public testing::Test {
protected:
  ServerOptions options() {
    const std::string here = "127.0.0.1:";
    return {.arguments = {"--log", "json", "--log-level", "debug", "--trusted-proxies", "127.0.0.1"},
            .variables = {{"MEMORYVERSE_OTLP_URL", "http://" + here + std::to_string(collector_.port())},
                          {"MEMORYVERSE_OTLP_HEADERS", "X-Key=secret-of-the-collector"},
                          {"MEMORYVERSE_OTLP_RATIO", "0"}, // only what the caller chose
                          {"MEMORYVERSE_DEPLOYMENT", "attic"},
                          {"MEMORYVERSE_SENTRY_DSN", "http://key@" + here + std::to_string(sentry_.port()) + "/7"}}};
  }
  /// All spans that have arrived, once one of that name is among them.
  std::vector<Json> spans_with(const std::string& name) {
    std::vector<Json> spans;
    const auto arrived = [&] {
      spans.clear();
      for (const auto& request : collector_.wait_for(collector_.count())) {
        const Json body = Json::parse(request.body);
        for (const Json& span : body["resourceSpans"][0]["scopeSpans"][0]["spans"])
          spans.push_back(span);
      }
      return std::ranges::any_of(spans, [&](const Json& span) { return span["name"] == name; });
    };
    EXPECT_TRUE(eventually(arrived)) << name;
    return spans;
  }
  static std::vector<Json> lines(const TestServer& server) {
    std::istringstream text(server.log());
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);) {
      Json parsed = Json::parse(line, nullptr, false);
      EXPECT_TRUE(parsed.is_object()) << "no JSON: " << line;
      lines.push_back(std::move(parsed));
    }
    return lines;
  }
  static std::string refusal(const std::string& variable, const std::string& value) {
    try {
      TestServer server({.arguments = {}, .variables = {{variable, value}}});
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it started";
  }

  Receiver collector_;
  Receiver sentry_;
};

TEST_F(TelemetryTest, GoesOnWithATraceAndReplacesWhatIsNone) {
  TestServer server;
  Client client = server.client();
  const std::string kept = client.get("/api/v1/memories", {kSampled}).header("traceresponse");
  EXPECT_EQ(kept.substr(0, 36), std::string("00-") + kTrace + "-");
  EXPECT_NE(kept.substr(36, 16), "b7ad6b7169203331") << "the span is the server's own";
  std::set<std::string> ids;
  for (const std::string bad : {"", "traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                "traceparent: 00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                "traceparent: '; DROP TABLE memories; --", "traceparent: 00"}) {
    const std::string fresh =
        client.get("/api/v1/memories", bad.empty() ? Headers{} : Headers{bad}).header("traceresponse");
    ASSERT_EQ(fresh.size(), 55U) << bad;
    EXPECT_EQ(fresh.find(kTrace), std::string::npos);
    EXPECT_TRUE(fresh.ends_with("-00")) << "nobody collects here";
    ids.insert(fresh.substr(3, 32));
  }
  EXPECT_EQ(ids.size(), 5U);
}

TEST_F(TelemetryTest, FollowsARequestThroughQueriesAndJobsToTheCollector) {
  TestServer server(options());
  Client anna = server.client();
  anna.register_as("Anna Petrova");
  Headers headers{kSampled, "Content-Type: multipart/form-data; boundary=b"};
  const std::string body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"holiday.png\"\r\n\r\n" +
                           tiny_png(3) + "\r\n--b--\r\n";
  ASSERT_EQ(anna.request("POST", "/api/v1/media", body, headers).status, 201);
  const auto spans = spans_with("decode");

  std::map<std::string, Json> by_name;
  for (const Json& span : spans) {
    EXPECT_EQ(span["traceId"], kTrace) << span;
    by_name[span["name"]] = span;
  }
  const Json& request = by_name.at("POST /api/v1/media");
  EXPECT_EQ(request["kind"], 2);
  EXPECT_EQ(request["parentSpanId"], "b7ad6b7169203331");
  EXPECT_EQ(by_name.at("insert_media")["parentSpanId"], request["spanId"]);
  const Json& job = by_name.at("media.quick");
  EXPECT_EQ(job["kind"], 5);
  EXPECT_EQ(job["parentSpanId"], request["spanId"]);
  EXPECT_EQ(by_name.at("decode")["parentSpanId"], job["spanId"]);

  const auto requests = collector_.wait_for(1);
  EXPECT_EQ(requests[0].headers.at("x-key"), "secret-of-the-collector");
  for (const auto& sent : collector_.wait_for(collector_.count())) {
    EXPECT_TRUE(sent.body.contains(R"({"key":"deployment.environment.name","value":{"stringValue":"attic"}})"));
    for (const char* personal : {"holiday", "Petrova", "example.org", "127.0.0.1"})
      EXPECT_FALSE(sent.body.contains(personal)) << personal;
  }

  EXPECT_TRUE(eventually([&] {
    return std::ranges::any_of(lines(server), [](const Json& line) {
      return line["message"] == "job done" && line["kind"] == "media.quick" && line.value("trace_id", "") == kTrace;
    });
  })) << "the job's log line carries the trace of the upload";
  EXPECT_TRUE(std::ranges::any_of(lines(server), [](const Json& line) {
    return line["message"] == "request" && line["path"] == "/api/v1/media" && line.value("trace_id", "") == kTrace &&
           line.contains("request_id");
  }));
  EXPECT_FALSE(server.log().contains("secret-of-the-collector"));
  const std::string metrics = anna.get("/metrics").body;
  EXPECT_TRUE(metrics.contains(R"(memoryverse_dependency_breaker_state{dependency="otlp"} 0)"));
}

TEST_F(TelemetryTest, BelievesNoStrangerAboutWhatToCollect) {
  ServerOptions without = options();
  without.arguments = {"--trusted-proxies", ""};
  TestServer server(without);
  Client client = server.client();
  const std::string answer = client.get("/api/v1/memories", {kSampled}).header("traceresponse");
  EXPECT_TRUE(answer.starts_with(std::string("00-") + kTrace)) << "the trace goes on";
  EXPECT_TRUE(answer.ends_with("-00")) << "but is not collected";
  server.stop(); // sends what waits
  EXPECT_EQ(collector_.count(), 0U);
}

TEST_F(TelemetryTest, ServesOnWhileCollectorAndSentryHang) {
  collector_.hold(true);
  sentry_.hold(true);
  TestServer server(options());
  Client anna = server.client();
  anna.register_as("Anna");
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(anna.get("/api/v1/memories", {kSampled}).status, 200);
  ASSERT_EQ(collector_.wait_for(1).size(), 1U);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(anna.get("/api/v1/memories", {kSampled}).status, 200);
}

TEST_F(TelemetryTest, ReportsAFailureOfOursWithoutAWordAboutPeople) {
  TestServer server(options());
  Client anna = server.client();
  anna.register_as("Anna Petrova");
  // What should be the folder of originals is a file: a failure that no client could cause.
  const auto originals = server.data() / "files" / "blobs" / "originals";
  std::filesystem::remove_all(originals);
  std::filesystem::create_directories(originals.parent_path());
  std::ofstream(originals) << "in the way";
  const Reply reply = anna.upload("our-secret-holiday.png", tiny_png(5));
  EXPECT_EQ(reply.status, 500) << reply.body;
  EXPECT_EQ(anna.upload("our-secret-holiday.png", tiny_png(5)).status, 500);

  const auto reports = sentry_.wait_for(1);
  ASSERT_EQ(reports.size(), 1U);
  std::istringstream envelope(reports[0].body);
  std::string line;
  std::getline(envelope, line);
  std::getline(envelope, line);
  std::getline(envelope, line);
  const Json event = Json::parse(line);
  EXPECT_EQ(event["transaction"], "POST /api/v1/media");
  EXPECT_EQ(event["tags"]["key"], reply.problem());
  EXPECT_EQ(event["environment"], "attic");
  EXPECT_EQ(event["contexts"]["trace"]["trace_id"], reply.header("traceresponse").substr(3, 32));
  for (const char* personal : {"secret", "holiday", "Petrova", "Anna", "example.org", "127.0.0.1", "/tmp", "user_id"})
    EXPECT_FALSE(line.contains(personal)) << personal << " in " << line;
  const std::string trace_id = event["contexts"]["trace"]["trace_id"];
  const auto logged = lines(server);
  EXPECT_TRUE(std::ranges::any_of(logged, [&](const Json& entry) {
    return entry["message"] == "request failed" && entry.value("trace_id", "") == trace_id;
  }));
  server.stop();
  EXPECT_EQ(sentry_.count(), 1U) << "the same is told once a minute";
}

TEST_F(TelemetryTest, SaysAtStartWhichSettingIsWrongAndNotWhatItHolds) {
  EXPECT_TRUE(refusal("MEMORYVERSE_OTLP_URL", "collector").contains(" MEMORYVERSE_OTLP_URL: "));
  for (const char* bad : {"2", "-0.1", "half", "nan"})
    EXPECT_TRUE(refusal("MEMORYVERSE_OTLP_RATIO", bad).contains(" MEMORYVERSE_OTLP_RATIO: ")) << bad;
  EXPECT_TRUE(refusal("MEMORYVERSE_OTLP_HEADERS", "nonsense").contains(" MEMORYVERSE_OTLP_HEADERS: "));
  const std::string said = refusal("MEMORYVERSE_SENTRY_DSN", "https://private@sentry.example/no-number");
  EXPECT_TRUE(said.contains(" MEMORYVERSE_SENTRY_DSN: ")) << said;
  EXPECT_FALSE(said.contains("private")) << said;
}

} // namespace
} // namespace mv::test
