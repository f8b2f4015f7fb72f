// The whole of backend/http through real sockets.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "backend/http/testing/toy_server.hpp"

namespace mv::http::testing {
namespace {

using nlohmann::json;

const std::string kToken(kGoodToken);
const std::string kJson = "Content-Type: application/json";

Answer ask(const Ask& what) { return ToyServer::get().ask(what); }
Answer post_note(std::string body, std::vector<std::string> more = {}) {
  more.push_back(kToken);
  if (std::ranges::none_of(more, [](const auto& header) { return header.starts_with("Content-Type"); }))
    more.push_back(kJson);
  return ask({.method = "POST", .path = "/api/v1/notes", .headers = std::move(more), .body = std::move(body)});
}

json problem(const Answer& answer) {
  EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json") << answer.body;
  json body = json::parse(answer.body);
  EXPECT_EQ(body.at("status"), answer.status);
  EXPECT_EQ(body.at("requestId"), answer.headers.at("x-request-id"));
  EXPECT_FALSE(body.at("title").get<std::string>().empty());
  EXPECT_FALSE(body.at("detail").get<std::string>().empty());
  return body;
}

TEST(Server, ReadsABodyAndWritesAReply) {
  const Answer answer = post_note(R"({"title":"Дача","count":3,"inner":{"number":1.5},"colour":"green"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.at("etag"), "\"1\"");
  EXPECT_EQ(answer.headers.at("location"), "/api/v1/notes/1");
  EXPECT_EQ(json::parse(answer.body),
            json::parse(R"({"title":"Дача","count":3,"tags":[],"inner":{"number":1.5},"colour":"green"})"));
}

TEST(Server, NamesEveryFieldAtFault) {
  const Answer answer =
      post_note(R"({"count":"x","tags":["a",1],"inner":{"number":1,"no":2},"colour":"blue","a/b~":1})");
  EXPECT_EQ(answer.status, 422);
  const json body = problem(answer);
  EXPECT_EQ(body.at("type"), "urn:memoryverse:problem:request.invalid-body");
  std::map<std::string, std::string> codes;
  for (const auto& fault : body.at("errors"))
    codes[fault.at("pointer")] = fault.at("code");
  const std::map<std::string, std::string> expected = {{"/title", "required"},       {"/count", "wrong-type"},
                                                       {"/tags/1", "wrong-type"},    {"/inner/no", "unknown"},
                                                       {"/colour", "not-an-option"}, {"/a~1b~0", "unknown"}};
  EXPECT_EQ(codes, expected);
}

TEST(Server, AnswersBadBodiesWithTheRightProblem) {
  const std::string depth(100'000, '[');
  const struct {
    std::string body;
    int status;
    std::string key;
  } cases[] = {
      {"", 400, "request.malformed-json"},
      {"{", 400, "request.malformed-json"},
      {"{} x", 400, "request.malformed-json"},
      {R"({"title":"a)"
       "\xff\xfe"
       R"("})",
       400, "request.malformed-json"},
      {std::string("{\"title\":\"a\0b\"}", 15), 400, "request.malformed-json"},
      {R"({"title":"a\u0000b"})", 422, "request.invalid-body"},
      {R"({"title":"\ud800"})", 400, "request.malformed-json"},
      {depth, 400, "request.malformed-json"},
      {R"({"title":"a","inner":)" + depth, 400, "request.malformed-json"},
      {"[]", 422, "request.invalid-body"},
      {"null", 422, "request.invalid-body"},
      {R"({"title":"a","title":"b"})", 422, "request.invalid-body"},
      {R"({"title":"a","count":99999999999999999999})", 422, "request.invalid-body"},
      {R"({"title":"a","count":1.5})", 422, "request.invalid-body"},
      {R"({"title":"a","inner":{"number":1e999}})", 400, "request.malformed-json"},
      {R"({"title":"a title longer than allowed"})", 422, "request.invalid-body"},
      {R"({"title":null})", 422, "request.invalid-body"},
      {R"({"title":")" + std::string(1024UL * 1024, 'x') + "\"}", 413, "request.too-large"},
  };
  const int before = ToyServer::get().created;
  for (const auto& bad : cases) {
    const Answer answer = post_note(bad.body);
    EXPECT_EQ(answer.status, bad.status) << bad.body.substr(0, 60);
    EXPECT_EQ(problem(answer).at("type"), "urn:memoryverse:problem:" + bad.key) << bad.body.substr(0, 60);
  }
  EXPECT_EQ(ToyServer::get().created, before);
}

TEST(Server, RefusesABodyThatIsNotJsonOrPacked) {
  EXPECT_EQ(problem(post_note("{}", {"Content-Type: text/plain"})).at("status"), 415);
  EXPECT_EQ(problem(post_note("{}", {"Content-Type:"})).at("status"), 415);
  EXPECT_EQ(problem(post_note("{}", {"Content-Encoding: gzip"})).at("status"), 415);
  EXPECT_EQ(post_note(R"({"title":"a"})", {"Content-Type: Application/JSON; charset=utf-8"}).status, 201);
}

TEST(Server, ChecksTheQuery) {
  const auto list = [](const std::string& query) {
    return ask({.path = "/api/v1/notes" + query, .headers = {kToken}});
  };
  EXPECT_EQ(json::parse(list("?limit=3").body).at("items").size(), 3);
  for (const std::string bad :
       {"?limit=0", "?limit=-1", "?limit=201", "?limit=99999999999999999999", "?limit=x", "?limit=", "?nope=1",
        "?limit=1&limit=2", "?favourite=yes", "?cursor=%zz", "?cursor=%00", "?cursor=%ff"}) {
    const Answer answer = list(bad);
    EXPECT_EQ(answer.status, 400) << bad;
    EXPECT_TRUE(problem(answer).at("type").get<std::string>().starts_with("urn:memoryverse:problem:request.")) << bad;
  }
  EXPECT_EQ(problem(list("?nope=1")).at("errors")[0].at("pointer"), "?nope");
}

TEST(Server, SpeaksTheReadersLanguage) {
  const Answer russian = ask({.path = "/api/v1/notes", .headers = {"Accept-Language: ru-RU,ru;q=0.9,en;q=0.8"}});
  EXPECT_EQ(russian.status, 401);
  EXPECT_EQ(problem(russian).at("detail"), "Сначала войдите.");
  EXPECT_EQ(russian.headers.at("www-authenticate"), R"(Bearer realm="memoryverse")");
  EXPECT_EQ(problem(ask({.path = "/api/v1/notes", .headers = {"Accept-Language: de, en;q=0.5"}})).at("detail"),
            "Please sign in first.");
}

TEST(Server, KnowsWhoAsks) {
  EXPECT_EQ(problem(ask({.path = "/api/v1/notes/1", .headers = {"Authorization: Bearer forged"}})).at("type"),
            "urn:memoryverse:problem:auth.token-invalid");
  EXPECT_EQ(json::parse(ask({.path = "/api/v1/open", .headers = {"Authorization: Bearer forged"}}).body).at("title"),
            "nobody");
  EXPECT_EQ(json::parse(ask({.path = "/api/v1/open", .headers = {"Cookie: mv_access=good"}}).body).at("title"), "u1");
  EXPECT_EQ(problem(ask({.path = "/api/v1/owner", .headers = {kToken}})).at("status"), 403);
  EXPECT_EQ(ask({.path = "/api/v1/owner", .headers = {"Authorization: Bearer boss"}}).status, 200);
}

TEST(Server, BelievesTheProxyThatItTrusts) {
  const Answer answer = ask({.path = "/api/v1/open", .headers = {"X-Forwarded-For: 9.9.9.9, 203.0.113.7, 127.0.0.1"}});
  EXPECT_EQ(json::parse(answer.body).at("tags")[0], "203.0.113.7");
}

TEST(Server, TellsUnknownAddressesAndMethodsApart) {
  EXPECT_EQ(problem(ask({.path = "/api/v1/nothing"})).at("status"), 404);
  EXPECT_EQ(problem(ask({.path = "/api/v1/notes/%zz", .headers = {kToken}})).at("status"), 404);
  EXPECT_EQ(problem(ask({.path = "/api/v1/notes/a%00b", .headers = {kToken}})).at("status"), 404);
  EXPECT_EQ(problem(ask({.path = "/api/v1/notes//", .headers = {kToken}})).at("status"), 404);
  const Answer wrong = ask({.method = "PUT", .path = "/api/v1/notes/1", .headers = {kToken}, .body = "{}"});
  EXPECT_EQ(problem(wrong).at("status"), 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, PATCH, DELETE, HEAD");
  EXPECT_EQ(json::parse(ask({.path = "/api/v1/notes/a%2Fb+c", .headers = {kToken}}).body).at("title"), "a/b+c");
}

TEST(Server, ChangesOnlyTheVersionThatWasRead) {
  const auto patch = [](std::vector<std::string> headers) {
    headers.insert(headers.end(), {kToken, kJson});
    return ask(
        {.method = "PATCH", .path = "/api/v1/notes/1", .headers = std::move(headers), .body = R"({"title":"b"})"});
  };
  EXPECT_EQ(problem(patch({})).at("status"), 428);
  EXPECT_EQ(problem(patch({"If-Match: 7"})).at("status"), 400);
  EXPECT_EQ(problem(patch({"If-Match: \"6\""})).at("status"), 412);
  EXPECT_EQ(patch({"If-Match: \"7\""}).status, 200);
  // What is the reader's own in a reply changes without the version: it is always told anew, and never kept.
  const Answer again = ask({.path = "/api/v1/notes/1", .headers = {kToken, "If-None-Match: \"7\""}});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.headers.at("etag"), "\"7\"");
  EXPECT_EQ(again.headers.at("cache-control"), "no-store");
}

TEST(Server, CreatesOnceForOneIdempotencyKey) {
  const int before = ToyServer::get().created;
  const Answer first = post_note(R"({"title":"once"})", {"Idempotency-Key: k1"});
  const Answer again = post_note(R"({"title":"once"})", {"Idempotency-Key: k1"});
  EXPECT_EQ(ToyServer::get().created, before + 1);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("location"), first.headers.at("location"));
  EXPECT_EQ(problem(post_note(R"({"title":"other"})", {"Idempotency-Key: k1"})).at("status"), 422);
  // A refused one may be tried again.
  EXPECT_EQ(post_note(R"({"title":"fail"})", {"Idempotency-Key: k2"}).status, 409);
  EXPECT_EQ(post_note(R"({"title":"fail"})", {"Idempotency-Key: k2"}).status, 409);
  EXPECT_EQ(ToyServer::get().created, before + 3);
}

TEST(Server, GivesAKeptReplyAgainWithAllThatCameWithIt) {
  const auto get = [](const std::string& path, const std::vector<std::string>& headers = {}) {
    std::vector<std::string> all{std::string(kGoodToken)};
    all.insert(all.end(), headers.begin(), headers.end());
    return ask({.path = "/api/v1/kept/" + path, .headers = all});
  };
  const int before = ToyServer::get().kept_made;
  const auto made = [&] { return ToyServer::get().kept_made - before; };
  const Answer first = get("a");
  const Answer again = get("a");
  EXPECT_EQ(made(), 1);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  for (const char* name : {"next-cursor", "etag", "cache-control", "content-type", "vary", "x-content-type-options"})
    EXPECT_EQ(again.headers.at(name), first.headers.at(name)) << name;
  EXPECT_NE(again.headers.at("x-request-id"), first.headers.at("x-request-id"));
  EXPECT_EQ(ask({.method = "HEAD", .path = "/api/v1/kept/a", .headers = {std::string(kGoodToken)}}).status, 200);
  EXPECT_EQ(made(), 1);

  // What the reply depends on makes another one.
  const Answer packed = get("a", {"Accept-Encoding: gzip"});
  EXPECT_EQ(packed.headers.at("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), first.body.size());
  EXPECT_EQ(get("a", {"Accept-Encoding: gzip"}).body, packed.body);
  EXPECT_EQ(made(), 2);
  get("a?limit=3");
  get("a", {"Accept-Language: ru"});
  get("b");
  EXPECT_EQ(ask({.path = "/api/v1/kept/a", .headers = {"Authorization: Bearer boss"}}).status, 200);
  EXPECT_EQ(made(), 6);

  // Refusals are not kept, and nobody gets what is somebody's.
  EXPECT_EQ(get("none").status, 404);
  EXPECT_EQ(get("none").status, 404);
  EXPECT_EQ(made(), 8);
  EXPECT_EQ(get("a?limit=many").status, 400);
  EXPECT_EQ(ask({.path = "/api/v1/kept/a"}).status, 401);
  EXPECT_EQ(ask({.path = "/api/v1/kept/a", .headers = {"Authorization: Bearer spent"}}).status, 401);
  EXPECT_EQ(made(), 8);
}

TEST(Server, AnswersAThrowWith500AndHidesItsText) {
  for (const std::string what : {"int", "exception"}) {
    const Answer answer = ask({.path = "/api/v1/throw/" + what});
    EXPECT_EQ(answer.status, 500);
    EXPECT_FALSE(answer.body.contains("secret")) << answer.body;
    problem(answer);
  }
}

TEST(Server, RefusesAtOnceWhenThePoolIsFull) {
  ToyServer& server = ToyServer::get();
  server.released = false;
  Gauge& depth = server.metrics().gauge("memoryverse_http_pool_waiting", "");
  std::vector<Answer> answers(5);
  std::vector<std::jthread> waiting;
  const auto block = [&](std::size_t at) {
    waiting.emplace_back([&answers, at] { answers[at] = ask({.path = "/api/v1/block"}); });
  };
  for (const std::size_t at : {0UL, 1UL})
    block(at);
  for (int now = server.blocked; now < 2; now = server.blocked)
    server.blocked.wait(now);
  for (const std::size_t at : {2UL, 3UL, 4UL})
    block(at);
  while (depth.value() < 3)
    std::this_thread::yield();
  const Answer full = ask({.path = "/api/v1/open"});
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(problem(full).at("type"), "urn:memoryverse:problem:request.busy");
  EXPECT_EQ(full.headers.at("retry-after"), "2");
  EXPECT_EQ(ask({.path = "/health/live"}).status, 200);
  server.released = true;
  server.released.notify_all();
  waiting.clear();
  for (const Answer& answer : answers)
    EXPECT_EQ(answer.status, 200);
}

TEST(Server, KeepsARequestIdThatIsSane) {
  EXPECT_EQ(ask({.path = "/api/v1/open", .headers = {"X-Request-Id: trace-12345"}}).headers.at("x-request-id"),
            "trace-12345");
  EXPECT_NE(ask({.path = "/api/v1/open", .headers = {"X-Request-Id: a b\tc<script>"}}).headers.at("x-request-id"),
            "a b\tc<script>");
}

TEST(Server, AnswersHeadAndOptions) {
  const Answer head = ask({.method = "HEAD", .path = "/api/v1/notes/1", .headers = {kToken}});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("etag"), "\"7\"");
  EXPECT_EQ(head.body, "");
  const Answer tus = ask({.method = "HEAD", .path = "/api/v1/chunks"});
  EXPECT_EQ(tus.headers.at("upload-offset"), "5");
  EXPECT_EQ(ask({.method = "OPTIONS", .path = "/api/v1/chunks"}).headers.at("tus-version"), "1.0.0");
  const Answer options = ask({.method = "OPTIONS", .path = "/api/v1/notes"});
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.at("allow"), "GET, POST, HEAD, OPTIONS");
  EXPECT_EQ(ask({.method = "DELETE", .path = "/api/v1/notes/1", .headers = {kToken}}).status, 204);
}

TEST(Server, SaysWhatTusAsksForOnRefusalsToo) {
  const Answer good = ask({.method = "PATCH", .path = "/api/v1/chunks", .body = std::string(500'000, 'x')});
  EXPECT_EQ(good.status, 204);
  EXPECT_EQ(good.headers.at("upload-offset"), "500000");
  const Answer bad = ask({.method = "PATCH", .path = "/api/v1/chunks", .body = "bad bytes"});
  EXPECT_EQ(bad.status, 460);
  EXPECT_EQ(bad.headers.at("tus-resumable"), "1.0.0");
  problem(bad);
  EXPECT_EQ(problem(ask({.method = "PATCH", .path = "/api/v1/chunks", .body = std::string(1024UL * 1024 + 1, 'x')}))
                .at("status"),
            413);
}

TEST(Server, ClosesAConnectionThatSpeaksNoHttp) {
  ToyServer& server = ToyServer::get();
  EXPECT_FALSE(server.say("GARBAGE\r\n\r\n").starts_with("HTTP/1.1 2"));
  EXPECT_FALSE(server.say("GET /api/v1/open HTTP/1.1\r\nHost: x\r\nX: " + std::string(200'000, 'a') + "\r\n\r\n")
                   .starts_with("HTTP/1.1 2"));
  EXPECT_FALSE(server.say("POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
                   .starts_with("HTTP/1.1 2"));
  EXPECT_FALSE(
      server.say("POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n").starts_with("HTTP/1.1 2"));
  EXPECT_EQ(ask({.path = "/api/v1/open"}).status, 200);
}

TEST(Server, TakesAChunkedBody) {
  const std::string reply = ToyServer::get().say(
      "PATCH /api/v1/chunks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n "
      "world\r\n0\r\n\r\n");
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 204")) << reply;
  EXPECT_TRUE(reply.contains("pload-offset: 11") || reply.contains("pload-Offset: 11")) << reply;
}

} // namespace
} // namespace mv::http::testing
