// What is wrong, odd or hostile gets a clear problem, never a 500, and changes nothing.

#include <gtest/gtest.h>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

class BadInputTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<TestServer>();
    me_ = std::make_unique<Client>(server_->client());
    me_->register_as("Vera");
    id_ = me_->post("/api/v1/memories", {{"title", "Untouched"}}).json()["id"];
  }
  static void TearDownTestSuite() {
    me_.reset();
    server_.reset();
  }

  static Reply raw(const std::string& method, const std::string& path, const std::string& body, Headers headers = {}) {
    headers.emplace_back("Content-Type: application/json");
    return me_->request(method, path, body, headers);
  }
  /// A clear refusal: the status that was expected, and a whole problem.
  static void expect_problem(const Reply& reply, long status, const std::string& what) {
    EXPECT_EQ(reply.status, status) << what << ": " << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/problem+json") << what;
    const Json problem = reply.json();
    ASSERT_TRUE(problem.is_object()) << what;
    EXPECT_EQ(problem["status"], status) << what;
    EXPECT_FALSE(problem["detail"].get<std::string>().empty()) << what;
    EXPECT_EQ(problem["requestId"], reply.header("x-request-id")) << what;
  }

  static std::unique_ptr<TestServer> server_;
  static std::unique_ptr<Client> me_;
  static std::string id_;
};

std::unique_ptr<TestServer> BadInputTest::server_;
std::unique_ptr<Client> BadInputTest::me_;
std::string BadInputTest::id_;

TEST_F(BadInputTest, RefusesJsonThatIsNone) {
  for (const std::string body :
       {"", "{", "nonsense", "[]", "null", "{\"title\": \"x\",}", "{'title': 'x'}", "\"title\"", "123"}) {
    const Reply reply = raw("POST", "/api/v1/memories", body);
    EXPECT_TRUE(reply.status == 400 || reply.status == 422) << body << reply.status;
    EXPECT_EQ(reply.header("content-type"), "application/problem+json") << body;
  }
  expect_problem(raw("POST", "/api/v1/memories", "{\"title\": \"\xff\xfe\"}"), 400, "invalid UTF-8");
  const Reply deep = raw("POST", "/api/v1/memories", std::string(100'000, '['));
  EXPECT_TRUE(deep.status == 400 || deep.status == 422);
  expect_problem(raw("POST", "/api/v1/memories", "{\"title\":\"" + std::string(2'000'000, 'x') + "\"}"), 413,
                 "too large");
  expect_problem(me_->request("POST", "/api/v1/memories", "{}", {"Content-Type: text/plain"}), 415, "content type");
}

TEST_F(BadInputTest, NamesEachFieldAtFault) {
  const Reply reply = raw("POST", "/api/v1/memories", R"({"title": 5, "colour": "red", "tags": ["ok", 7]})");
  expect_problem(reply, 422, "types");
  std::vector<std::string> pointers;
  const Json error_list = reply.json()["errors"];
  for (const auto& error : error_list) {
    pointers.push_back(error["pointer"]);
    EXPECT_FALSE(error["message"].get<std::string>().empty());
  }
  for (const char* pointer : {"/title", "/colour", "/tags/1"})
    EXPECT_TRUE(std::ranges::count(pointers, pointer) == 1) << pointer << reply.body;
}

TEST_F(BadInputTest, RefusesFieldsThatBreakARule) {
  const std::vector<std::pair<Json, std::string>> cases{
      {{{"title", std::string(201, 'x')}}, "/title"},
      {{{"title", std::string("a\0b", 3)}}, "/title"},
      {{{"title", "line\nbreak"}}, "/title"},
      {{{"title", ""}}, "/title"},
      {{{"title", "x"}, {"date", "yesterday"}}, "/date"},
      {{{"title", "x"}, {"date", "2019-02-30"}}, "/date"},
      {{{"title", "x"}, {"date", "9999-01-01"}}, "/date"},
      {{{"title", "x"}, {"date", std::string(500, '1')}}, "/date"},
      {{{"title", "x"}, {"confidence", "sure"}}, "/confidence"},
      {{{"title", "x"}, {"place", {{"name", "p"}, {"latitude", 91}, {"longitude", 0}}}}, "/place/latitude"},
      {{{"title", "x"}, {"place", {{"name", "p"}, {"latitude", 1}}}}, "/place/longitude"},
      {{{"title", "x"}, {"tags", Json(std::vector<std::string>(101, "t"))}}, "/tags"},
      {{{"title", "x"}, {"tags", {"  "}}}, "/tags/0"},
      {{{"title", "x"}, {"privacy", "public"}}, "/privacy"},
      {{{"title", "x"}, {"privacy", "nobody"}}, "/privacy"},
      {{{"title", "x"}, {"type", "photo"}}, "/type"}};
  for (const auto& [draft, pointer] : cases) {
    const Reply reply = me_->post("/api/v1/memories", draft);
    expect_problem(reply, 422, draft.dump().substr(0, 80));
    bool named = false;
    for (const auto& error : reply.json().value("errors", Json::array()))
      named = named || error["pointer"] == pointer;
    EXPECT_TRUE(named) << pointer << " " << reply.body;
  }
}

TEST_F(BadInputTest, RefusesQueriesThatMakeNoSense) {
  for (const char* query : {"limit=0", "limit=-1", "limit=201", "limit=99999999999999999999", "limit=x", "limit=1.5",
                            "cursor=forged", "cursor=AAAA", "type=movie", "unknown=1", "limit=1&limit=2",
                            "favourite=perhaps", "type=story&tag=x", "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5L3g"}) {
    expect_problem(me_->get(std::string("/api/v1/memories?") + query), 400, query);
  }
}

TEST_F(BadInputTest, RefusesAddressesThatLeadNowhere) {
  expect_problem(me_->get("/api/v1/nothing"), 404, "unknown address");
  expect_problem(me_->get("/api/v1/memories/not-an-id"), 404, "no id");
  expect_problem(me_->get("/api/v1/memories/..%2f..%2fetc%2fpasswd"), 404, "path trick");
  expect_problem(me_->get("/api/v1/media/%00/original"), 404, "NUL");
  const Reply method = me_->request("PUT", "/api/v1/memories");
  expect_problem(method, 405, "method");
  EXPECT_NE(method.header("allow").find("GET"), std::string::npos);
}

TEST_F(BadInputTest, RefusesVersionsThatAreNone) {
  for (const char* version : {"1", "\"x\"", "\"\"", "\"-1\"", "\"99999999999999999999\""}) {
    const Reply reply = me_->patch("/api/v1/memories/" + id_, {{"title", "x"}}, {std::string("If-Match: ") + version});
    EXPECT_TRUE(reply.status == 400 || reply.status == 412) << version << " " << reply.status;
  }
}

TEST_F(BadInputTest, LeavesEverythingAsItWas) {
  const Json memories = me_->get("/api/v1/memories").json()["items"];
  ASSERT_EQ(memories.size(), 1U) << memories;
  EXPECT_EQ(memories[0]["title"], "Untouched");
  EXPECT_EQ(memories[0]["version"], 1);
}

TEST_F(BadInputTest, SaysNoSecretInItsLog) {
  Client other = server_->client();
  other.post("/api/v1/auth/login", {{"email", "nobody@example.org"}, {"password", "hunter2-the-secret"}});
  const std::string log = server_->log();
  EXPECT_EQ(log.find("hunter2-the-secret"), std::string::npos);
  EXPECT_EQ(log.find(me_->token), std::string::npos);
}

} // namespace
} // namespace mv::test
