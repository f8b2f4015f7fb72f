// /metrics of a started server: what it says, and that nobody outside can make it grow.

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

class MetricsTest : public testing::Test {
protected:
  static TestServer& server() {
    static TestServer server({.arguments = {"--figures-every-seconds", "1"}});
    return server;
  }
  /// The first person: later ones would need an invitation.
  static Client& anna() {
    static Client anna = [] {
      Client made = server().client();
      made.register_as("Anna");
      return made;
    }();
    return anna;
  }
  static std::string scrape() {
    const Reply reply = server().client().get("/metrics");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    return reply.body;
  }
  /// The value of a series; "" when there is none.
  static std::string value(const std::string& text, const std::string& series) {
    const auto start = text.find('\n' + series + ' ');
    if (start == std::string::npos) return "";
    const auto from = start + series.size() + 2;
    return text.substr(from, text.find('\n', from) - from);
  }
  /// Names and labels, without their values.
  static std::set<std::string> series(const std::string& text) {
    std::set<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with('#')) found.insert(line.substr(0, line.rfind(' ')));
    }
    return found;
  }
};

TEST_F(MetricsTest, SaysWhatRunsAndWhatItUses) {
  const std::string text = scrape();
  EXPECT_TRUE(std::regex_search(
      text, std::regex(R"rx(\nmemoryverse_build_info\{version="[0-9.]+",commit="([0-9a-f]{12}|unknown)"\} 1\n)rx")))
      << text;
  EXPECT_GT(std::stod(value(text, "process_resident_memory_bytes")), 1e6);
  EXPECT_GT(std::stod(value(text, "process_open_fds")), 5);
  EXPECT_EQ(value(text, "memoryverse_http_pool_busy"), "0") << "a scrape has a thread of another kind";
}

TEST_F(MetricsTest, HasOneNameOneUnitAndOneHelpForEachFamily) {
  std::istringstream lines(scrape());
  std::set<std::string> families;
  std::string family;
  std::string type;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string sign;
    std::string word;
    words >> sign >> word >> family >> type;
    if (word != "TYPE") continue;
    EXPECT_TRUE(families.insert(family).second) << family;
    EXPECT_TRUE(std::regex_match(family, std::regex("(memoryverse|process)_[a-z0-9_]+"))) << family;
    EXPECT_EQ(family.ends_with("_total"), type == "counter") << family;
    if (type == "histogram") {
      EXPECT_TRUE(family.ends_with("_seconds") || family.ends_with("_bytes")) << family;
    }
  }
  EXPECT_GT(families.size(), 20U);
}

TEST_F(MetricsTest, CountsARouteByItsPatternAndAQueryByItsName) {
  EXPECT_EQ(anna().get("/api/v1/memories/0190a000-0000-7000-8000-000000000000").status, 404);
  const std::string text = scrape();
  EXPECT_EQ(value(text, R"(memoryverse_http_requests_total{route="/api/v1/memories/{id}",method="GET",status="4xx"})"),
            "1");
  EXPECT_EQ(value(text, R"(memoryverse_http_request_seconds_count{route="/api/v1/memories/{id}",method="GET"})"), "1");
  EXPECT_NE(value(text, R"(memoryverse_database_query_seconds_count{query="find_access_token"})"), "");
}

TEST_F(MetricsTest, GrowsByNothingThatComesFromOutside) {
  Client client = server().client();
  const auto knock = [&](int i) {
    const std::string number = std::to_string(i);
    client.get("/api/v1/unknown-" + number);
    client.get("/" + number);
    client.get("/api/v1/memories/" + number);
    client.request("MAKE" + number, "/api/v1/memories");
    client.request("GET", "/api/v1/memories?type=" + number, {}, {"X-Request-Id: attack-" + number});
    client.get("/api/v1/media/" + number + "/preview?size=" + number);
  };
  knock(0);
  const std::string text = scrape();
  const auto before = series(text);
  const auto unknown = value(text, R"(memoryverse_http_requests_total{route="unknown",method="any",status="4xx"})");
  for (int i = 1; i <= 40; ++i)
    knock(i);
  const std::string later = scrape();
  for (const std::string& name : series(later)) {
    // Housekeeping may have begun meanwhile; its kinds and queries are the program's own.
    const bool own = name.contains("memoryverse_job") || name.contains("memoryverse_database_query");
    EXPECT_TRUE(own || before.contains(name)) << name;
    EXPECT_FALSE(name.contains("unknown-") || name.contains("attack") || name.contains("MAKE")) << name;
  }
  EXPECT_GE(std::stoi(value(later, R"(memoryverse_http_requests_total{route="unknown",method="any",status="4xx"})")),
            std::stoi(unknown) + 40);
}

TEST_F(MetricsTest, CountsTheLibraryInTheBackground) {
  const std::string png = tiny_png(7);
  EXPECT_EQ(anna().upload("a.png", png).status, 201);
  EXPECT_EQ(anna().upload("b.png", png).status, 200);
  const std::string text = scrape();
  EXPECT_EQ(value(text, R"(memoryverse_uploads_total{result="new"})"), "1");
  EXPECT_EQ(value(text, R"(memoryverse_uploads_total{result="duplicate"})"), "1");
  EXPECT_EQ(value(text, "memoryverse_uploaded_bytes_total"), std::to_string(png.size()));
  EXPECT_TRUE(eventually([&] {
    const std::string now = scrape();
    return value(now, R"(memoryverse_memories{type="photo"})") == "1" &&
           value(now, R"(memoryverse_media{state="ready"})") == "1" &&
           value(now, "memoryverse_originals_bytes") == std::to_string(png.size()) &&
           value(now, R"(memoryverse_active_people{window="1d"})") != "0" &&
           value(now, R"(memoryverse_job_runs_total{kind="media.quick",outcome="success"})") == "1";
  })) << scrape();
}

} // namespace
} // namespace mv::test
