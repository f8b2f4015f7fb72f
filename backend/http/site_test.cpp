// Files, ranges, browsers' guards, compression, health and the API's description, through real sockets.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "backend/http/testing/toy_server.hpp"

namespace mv::http::testing {
namespace {

using nlohmann::json;

const std::string kToken(kGoodToken);

Answer ask(const Ask& what) { return ToyServer::get().ask(what); }
Answer web(const std::string& path, std::vector<std::string> headers = {}) {
  return ask({.path = path, .headers = std::move(headers), .to_web = true});
}
Answer digits(const std::string& range, std::vector<std::string> more = {}) {
  more.push_back("Range: " + range);
  return ask({.path = "/api/v1/files/digits.bin", .headers = std::move(more)});
}

TEST(Files, ServesOneRange) {
  const Answer whole = ask({.path = "/api/v1/files/digits.bin"});
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(whole.headers.at("accept-ranges"), "bytes");
  EXPECT_EQ(whole.headers.at("etag"), "\"tag\"");
  EXPECT_EQ(whole.headers.at("content-disposition"),
            "attachment; filename=\"____ _1_.bin\"; filename*=UTF-8''%D0%B4%D0%B0%D1%87%D0%B0%20%221%22.bin");
  const struct {
    std::string range;
    std::string body;
    std::string told;
  } cases[] = {{"bytes=2-4", "234", "bytes 2-4/10"},    {"bytes=7-", "789", "bytes 7-9/10"},
               {"bytes=-2", "89", "bytes 8-9/10"},      {"bytes=0-0", "0", "bytes 0-0/10"},
               {"bytes=5-99", "56789", "bytes 5-9/10"}, {"bytes=-99", "0123456789", "bytes 0-9/10"}};
  for (const auto& part : cases) {
    const Answer answer = digits(part.range);
    EXPECT_EQ(answer.status, 206) << part.range;
    EXPECT_EQ(answer.body, part.body) << part.range;
    EXPECT_EQ(answer.headers.at("content-range"), part.told);
  }
}

TEST(Files, IgnoresRangesThatItDoesNotServe) {
  for (const std::string range : {"bytes=1-2,4-5", "lines=1-2", "bytes=x-2", "bytes=5-2", "bytes=--2", "bytes="}) {
    const Answer answer = digits(range);
    EXPECT_EQ(answer.status, 200) << range;
    EXPECT_EQ(answer.body, "0123456789") << range;
  }
  for (const std::string range : {"bytes=10-", "bytes=-0", "bytes=99999999999999999-"}) {
    const Answer answer = digits(range);
    EXPECT_EQ(answer.status, 416) << range;
    EXPECT_EQ(answer.headers.at("content-range"), "bytes */10");
  }
}

TEST(Files, HonoursIfRangeAndIfNoneMatch) {
  EXPECT_EQ(digits("bytes=2-4", {"If-Range: \"tag\""}).status, 206);
  EXPECT_EQ(digits("bytes=2-4", {"If-Range: \"old\""}).body, "0123456789");
  EXPECT_EQ(digits("bytes=2-4", {"If-None-Match: \"tag\""}).status, 304);
}

TEST(Files, ServesPartsOfALargeFileAndOfOneFromElsewhere) {
  const Answer large = ask({.path = "/api/v1/files/large.bin", .headers = {"Range: bytes=1000000-2999999"}});
  EXPECT_EQ(large.status, 206);
  ASSERT_EQ(large.body.size(), 2'000'000);
  EXPECT_EQ(large.body.front(), static_cast<char>('a' + 1'000'000 % 26));
  EXPECT_EQ(large.body.back(), static_cast<char>('a' + 2'999'999 % 26));
  EXPECT_EQ(ask({.path = "/api/v1/files/large.bin"}).body.size(), 3UL * 1024 * 1024);
  const Answer far = ask({.path = "/api/v1/far", .headers = {"Range: bytes=100-200099"}});
  EXPECT_EQ(far.status, 206);
  ASSERT_EQ(far.body.size(), 200'000);
  EXPECT_EQ(far.body.front(), static_cast<char>('a' + 100 % 26));
  const Answer head = ask({.method = "HEAD", .path = "/api/v1/files/large.bin"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), std::to_string(3UL * 1024 * 1024));
}

TEST(Files, AnswersAFileThatIsGone) { EXPECT_EQ(ask({.path = "/api/v1/files/none.bin"}).status, 404); }

TEST(Multipart, ReadsPartsInPlace) {
  const std::string large(300'000, 'z'); // over the bound for memory: it comes from a temporary file
  const std::string body =
      "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"spaceId\"\r\n\r\n\r\n--b\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"дача \\\"1\\\".jpg\"\r\n"
      "Content-Type: image/jpeg\r\n\r\n" +
      large + "\r\n--b--\r\nepilogue";
  const Answer answer = ask({.method = "POST",
                             .path = "/api/v1/parts",
                             .headers = {"Content-Type: multipart/form-data; boundary=b"},
                             .body = body});
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, "spaceId|||0\nfile|дача \"1\".jpg|image/jpeg|300000\n");
}

TEST(Multipart, RefusesWhatDoesNotAddUp) {
  const auto send = [](const std::string& type, const std::string& body) {
    return ask({.method = "POST", .path = "/api/v1/parts", .headers = {"Content-Type: " + type}, .body = body}).status;
  };
  EXPECT_EQ(send("text/plain", "x"), 415);
  EXPECT_EQ(send("multipart/form-data", "x"), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=b", ""), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=b", "--b"), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=b", "--b\r\n"), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=b", "--b\r\nnonsense\r\n\r\nx\r\n--b--"), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"), 400);
}

TEST(Client, ServesTheWebClientOnTheWebPortOnly) {
  const Answer page = web("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.headers.at("cache-control"), "no-cache");
  EXPECT_TRUE(page.headers.at("content-security-policy").contains("script-src 'self'; style-src 'self';"));
  EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.headers.at("cross-origin-opener-policy"), "same-origin");
  EXPECT_EQ(web("/memories/1", {"Accept: text/html"}).body, page.body);
  EXPECT_EQ(web("/missing.png").status, 404);
  const auto kept = web("/", {"If-None-Match: " + page.headers.at("etag")});
  EXPECT_EQ(kept.status, 304);
  EXPECT_EQ(kept.headers.at("content-security-policy"), page.headers.at("content-security-policy"));
  EXPECT_EQ(ask({.path = "/", .headers = {"Accept: text/html"}}).status, 404);
  EXPECT_EQ(json::parse(web("/api/v1/open").body).at("title"), "nobody");
}

TEST(Client, ServesHashedAndPackedFiles) {
  const Answer plain = web("/assets/app-B7c3f2a1.js");
  EXPECT_EQ(plain.body, "console.log('plain')");
  EXPECT_EQ(plain.headers.at("cache-control"), "public, max-age=31536000, immutable");
  const Answer packed = web("/assets/app-B7c3f2a1.js", {"Accept-Encoding: gzip, br"});
  EXPECT_EQ(packed.body, "packed by brotli");
  EXPECT_EQ(packed.headers.at("content-encoding"), "br");
  EXPECT_TRUE(packed.headers.at("vary").contains("Accept-Encoding"));
  EXPECT_EQ(packed.headers.at("content-type"), "text/javascript; charset=utf-8");
}

TEST(Client, NeverLeavesTheWebRoot) {
  for (const std::string path :
       {"/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt",
        "/assets/..%5c..%5csecret.txt", "/%2e%2e%2fsecret.txt", "//etc/passwd", "/%2fetc%2fpasswd", "/.secret",
        "/%2esecret", "/secret.txt%00.js", "/assets", "/assets/"}) {
    const Answer answer = web(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_FALSE(answer.body.contains("outside") || answer.body.contains("root:")) << path;
  }
}

TEST(Docs, ServesSwaggerUiWithoutInlineScript) {
  const Answer page = ask({.path = "/api/docs"});
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.headers.at("content-security-policy").contains("script-src 'self';"));
  EXPECT_FALSE(page.body.contains("<script>"));
  EXPECT_EQ(ask({.path = "/api/docs/swagger-ui-bundle.js"}).body, "// bundle");
  EXPECT_EQ(ask({.path = "/api/docs/start.js"}).status, 200);
  EXPECT_EQ(ask({.path = "/api/docs/../secret.txt"}).status, 404);
}

TEST(Docs, DescribesTheRoutesInOpenApi) {
  const Answer answer = ask({.path = "/api/openapi.json"});
  const json document = json::parse(answer.body);
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  const json& post = document.at("paths").at("/api/v1/notes").at("post");
  EXPECT_EQ(post.at("requestBody").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/NoteInput");
  EXPECT_EQ(post.at("responses").at("201").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/Note");
  EXPECT_EQ(document.at("components").at("schemas").at("NoteInput").at("required"), json::array({"title"}));
  EXPECT_EQ(document.at("components").at("schemas").at("Note").at("required"),
            json::array({"title", "tags", "colour"}));
  EXPECT_EQ(document.at("paths").at("/api/v1/notes").at("get").at("parameters").size(), 3);
  EXPECT_EQ(answer.body, ToyServer::get().router().openapi());
}

TEST(Browser, ChecksTheOriginOfACookieRequest) {
  const std::string cookie = "Cookie: mv_access=good";
  const std::string own = "Origin: http://127.0.0.1:" + std::to_string(*ToyServer::get().ports().api);
  const auto remove = [](std::vector<std::string> headers) {
    return ask({.method = "DELETE", .path = "/api/v1/notes/1", .headers = std::move(headers)}).status;
  };
  EXPECT_EQ(remove({cookie, own}), 204);
  EXPECT_EQ(remove({cookie, "Sec-Fetch-Site: same-origin"}), 204);
  EXPECT_EQ(remove({cookie, "Origin: https://friend.example"}), 204);
  EXPECT_EQ(remove({cookie, "Origin: https://evil.example"}), 403);
  EXPECT_EQ(remove({cookie, "Origin: null"}), 403);
  EXPECT_EQ(remove({cookie, "Sec-Fetch-Site: cross-site"}), 403);
  EXPECT_EQ(remove({cookie}), 403);
  EXPECT_EQ(remove({kToken, "Origin: https://evil.example"}), 204);
}

TEST(Browser, AllowsOtherOriginsOnlyByConfiguration) {
  const Answer friendly = ask({.path = "/api/v1/open", .headers = {"Origin: https://friend.example"}});
  EXPECT_EQ(friendly.headers.at("access-control-allow-origin"), "https://friend.example");
  EXPECT_EQ(friendly.headers.at("vary"), "Origin");
  EXPECT_FALSE(ask({.path = "/api/v1/open", .headers = {"Origin: https://evil.example"}})
                   .headers.contains("access-control-allow-origin"));
  const Answer preflight = ask({.method = "OPTIONS",
                                .path = "/api/v1/notes",
                                .headers = {"Origin: https://friend.example", "Access-Control-Request-Method: POST",
                                            "Access-Control-Request-Headers: authorization"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.headers.at("access-control-allow-headers"), "authorization");
  EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "https://friend.example");
}

TEST(Browser, GetsCookiesThatScriptsCannotRead) {
  const Answer plain = ask({.method = "POST", .path = "/api/v1/sign-in"});
  ASSERT_EQ(plain.cookies.size(), 2);
  const Answer https = ask({.method = "POST", .path = "/api/v1/sign-in", .headers = {"X-Forwarded-Proto: https"}});
  for (const std::string& cookie : https.cookies) {
    EXPECT_TRUE(cookie.contains("HttpOnly")) << cookie;
    EXPECT_TRUE(cookie.contains("Secure")) << cookie;
    EXPECT_TRUE(cookie.contains("Max-Age=")) << cookie;
    EXPECT_TRUE(cookie.contains(cookie.starts_with("mv_refresh") ? "SameSite=Strict" : "SameSite=Lax")) << cookie;
  }
  EXPECT_FALSE(plain.cookies[0].contains("Secure"));
}

TEST(Compression, PacksLongTextsOnly) {
  const auto list = [](const std::string& limit, const std::string& accepted) {
    return ask({.path = "/api/v1/notes?limit=" + limit, .headers = {kToken, "Accept-Encoding: " + accepted}});
  };
  const Answer plain = list("200", "identity");
  EXPECT_FALSE(plain.headers.contains("content-encoding"));
  const Answer brotli = list("200", "gzip, br");
  EXPECT_EQ(brotli.headers.at("content-encoding"), "br");
  EXPECT_LT(brotli.body.size(), plain.body.size() / 4);
  const Answer gzip = list("200", "gzip;q=0.5, br;q=0");
  EXPECT_EQ(gzip.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(gzip.body.substr(0, 2), "\x1f\x8b");
  EXPECT_TRUE(gzip.headers.at("vary").contains("Accept-Encoding"));
  EXPECT_FALSE(list("2", "gzip, br").headers.contains("content-encoding"));
}

TEST(Health, TellsLivenessReadinessAndMetrics) {
  EXPECT_EQ(ask({.path = "/health/live"}).status, 200);
  EXPECT_EQ(json::parse(ask({.path = "/health/ready"}).body).at("checks").at("toys"), "ok");
  EXPECT_EQ(ask({.path = "/api/v1/open"}).status, 200);
  const Answer metrics = ask({.path = "/metrics"});
  EXPECT_TRUE(metrics.body.contains(R"(http_requests_total{route="/api/v1/open",method="GET",status="2xx"})"))
      << metrics.body.substr(0, 2000);
  EXPECT_TRUE(metrics.body.contains("memoryverse_http_pool_waiting"));
  EXPECT_EQ(web("/metrics").status, 404);
}

} // namespace
} // namespace mv::http::testing
