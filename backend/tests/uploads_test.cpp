// Uploads over HTTP: multipart, tus 1.0.0, duplicates, previews, ranges.

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <thread>

#include "backend/tests/person_test.hpp"

namespace mv::test {
namespace {

std::string digest(const EVP_MD* algorithm, const std::string& bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out, &size, algorithm, nullptr);
  return {reinterpret_cast<const char*>(out), size};
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

class UploadsTest : public PersonTest {
protected:
  Reply begin(const std::string& length, const std::string& metadata = {}, Headers more = {},
              const std::string& body = {}) {
    more.emplace_back("Tus-Resumable: 1.0.0");
    if (!length.empty()) more.push_back("Upload-Length: " + length);
    if (!metadata.empty()) more.push_back("Upload-Metadata: " + metadata);
    more.emplace_back("Content-Type: application/offset+octet-stream");
    return me_.request("POST", "/api/v1/uploads", body, more);
  }
  Reply chunk(const std::string& location, std::size_t offset, const std::string& bytes, Headers more = {}) {
    more.emplace_back("Tus-Resumable: 1.0.0");
    more.push_back("Upload-Offset: " + std::to_string(offset));
    more.emplace_back("Content-Type: application/offset+octet-stream");
    return me_.request("PATCH", location, bytes, more);
  }
  Reply ask(const std::string& location) { return me_.head(location, {"Tus-Resumable: 1.0.0"}); }

  Json until_ready(const std::string& id) {
    Json memory;
    EXPECT_TRUE(eventually([&] {
      memory = me_.get("/api/v1/memories/" + id).json();
      return memory["media"][0]["state"] != "pending";
    }));
    return memory;
  }
};

TEST_F(UploadsTest, TakesAPictureAndMakesItsPreviews) {
  const std::string png = tiny_png(1);
  const Reply reply = me_.upload("IMG_20190714_153000.png", png);
  ASSERT_EQ(reply.status, 201) << reply.body;
  const Json uploaded = reply.json();
  EXPECT_EQ(uploaded["duplicate"], false);
  EXPECT_EQ(uploaded["media"]["sha256"], hex(digest(EVP_sha256(), png)));
  EXPECT_EQ(uploaded["media"]["mimeType"], "image/png");
  EXPECT_EQ(uploaded["memory"]["date"]["edtf"], "2019-07-14T15:30:00") << "the camera wrote the date into the name";
  EXPECT_EQ(uploaded["memory"]["date"]["source"], "file-name");

  const Json memory = until_ready(uploaded["memory"]["id"]);
  const Json medium = memory["media"][0];
  EXPECT_EQ(medium["state"], "ready") << memory;
  EXPECT_EQ(medium["width"], 64);
  EXPECT_EQ(medium["height"], 64);
  EXPECT_FALSE(medium["thumbhash"].get<std::string>().empty());
  EXPECT_EQ(memory["version"], 1) << "what the file says of itself is no change by a person";
  const std::string base = "/api/v1/media/" + medium["id"].get<std::string>();
  for (const char* size : {"256", "1080", "2048"}) {
    const Reply preview = me_.get(base + "/preview?size=" + size);
    EXPECT_EQ(preview.status, 200) << size;
    EXPECT_EQ(preview.header("content-type"), "image/webp");
    EXPECT_NE(preview.header("cache-control").find("immutable"), std::string::npos);
    EXPECT_EQ(me_.get(base + "/preview?size=" + size, {"If-None-Match: " + preview.header("etag")}).status, 304);
  }
  EXPECT_EQ(me_.get(base + "/preview?size=300").status, 400);
}

TEST_F(UploadsTest, ServesTheOriginalUntouchedWithRanges) {
  const std::string png = tiny_png(2);
  const Json uploaded = me_.upload("снимок.png", png).json();
  const std::string path = "/api/v1/media/" + uploaded["media"]["id"].get<std::string>() + "/original";
  const Reply whole = me_.get(path);
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, png);
  EXPECT_EQ(whole.header("accept-ranges"), "bytes");
  const Reply part = me_.get(path, {"Range: bytes=8-15"});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, png.substr(8, 8));
  EXPECT_EQ(part.header("content-range"), "bytes 8-15/" + std::to_string(png.size()));
  EXPECT_EQ(me_.get(path, {"Range: bytes=-4"}).body, png.substr(png.size() - 4));
  EXPECT_EQ(me_.get(path, {"Range: bytes=999999-"}).status, 416);
  const Reply download = me_.get(path + "?download=1");
  EXPECT_NE(download.header("content-disposition").find("attachment"), std::string::npos);
  EXPECT_NE(download.header("content-disposition").find("filename*=UTF-8''%D1%81"), std::string::npos)
      << download.header("content-disposition");
}

TEST_F(UploadsTest, AnswersTheSameBytesWithTheMemoryThatIsThere) {
  const std::string png = tiny_png(3);
  const Json first = me_.upload("a.png", png).json();
  const Reply second = me_.upload("b.png", png);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.json()["duplicate"], true);
  EXPECT_EQ(second.json()["memory"]["id"], first["memory"]["id"]);
  const Json known =
      me_.post("/api/v1/uploads/check", {{"sha256s", {hex(digest(EVP_sha256(), png)), std::string(64, '0')}}}).json();
  ASSERT_EQ(known["items"].size(), 1U);
  EXPECT_EQ(known["items"][0]["memoryId"], first["memory"]["id"]);
}

TEST_F(UploadsTest, MakesOneMemoryOfTheSameBytesSentAtOnce) {
  const std::string png = tiny_png(4);
  std::atomic<int> created = 0;
  std::atomic<int> duplicates = 0;
  {
    std::vector<std::jthread> senders;
    for (int i = 0; i < 8; ++i) {
      senders.emplace_back([&] {
        Client sender = server_->client();
        sender.token = me_.token;
        const long status = sender.upload("same.png", png).status;
        if (status == 201) ++created;
        if (status == 200) ++duplicates;
      });
    }
  }
  EXPECT_EQ(created, 1);
  EXPECT_EQ(duplicates, 7);
  EXPECT_EQ(me_.get("/api/v1/memories").json()["items"].size(), 1U);
}

TEST_F(UploadsTest, KeepsWhatCannotBeDecoded) {
  std::string broken = tiny_png(5);
  broken.resize(60);
  const Json uploaded = me_.upload("broken.png", broken).json();
  const Json memory = until_ready(uploaded["memory"]["id"]);
  EXPECT_EQ(memory["media"][0]["state"], "failed");
  EXPECT_FALSE(memory["media"][0]["reasonText"].get<std::string>().empty());
  EXPECT_EQ(me_.get("/api/v1/media/" + uploaded["media"]["id"].get<std::string>() + "/original").body, broken);
}

TEST_F(UploadsTest, KeepsFilesThatAreNoPictures) {
  const Json uploaded = me_.upload("letter.txt", "Dear Anna,").json();
  EXPECT_EQ(uploaded["memory"]["type"], "document");
  EXPECT_EQ(uploaded["media"]["state"], "ready");
  const Reply original = me_.get("/api/v1/media/" + uploaded["media"]["id"].get<std::string>() + "/original");
  EXPECT_NE(original.header("content-disposition").find("attachment"), std::string::npos)
      << "never shown as a page of ours";
  EXPECT_EQ(original.header("x-content-type-options"), "nosniff");
}

TEST_F(UploadsTest, PutsAnUploadIntoItsCollection) {
  const std::string collection = me_.post("/api/v1/collections", {{"title", "Album"}}).json()["id"];
  const Json uploaded = me_.upload("x.png", tiny_png(6), {{"collectionId", collection}}).json();
  EXPECT_EQ(uploaded["memory"]["collectionIds"], Json({collection}));
}

TEST_F(UploadsTest, CleansFileNamesOfTricks) {
  const Json uploaded = me_.upload("../../etc/passwd", "root:x").json();
  EXPECT_EQ(uploaded["media"]["fileName"], "passwd");
  EXPECT_EQ(me_.upload("C:\\\\photos\\\\a.txt", "text").json()["media"]["fileName"], "a.txt");
}

TEST_F(UploadsTest, RefusesForms) {
  EXPECT_EQ(me_.upload("empty.png", "").status, 422);
  EXPECT_EQ(me_.form("/api/v1/media", {{"spaceId", "x"}}).status, 422);
  EXPECT_EQ(me_.upload("a.png", tiny_png(7), {{"spaceId", "not-an-id"}}).status, 422);
  EXPECT_EQ(me_.upload("a.png", tiny_png(7), {{"spaceId", "0190b6a0-0000-7000-8000-000000000000"}}).status, 404);
  EXPECT_EQ(me_.post("/api/v1/media", {{"file", "x"}}).status, 415);
  EXPECT_EQ(me_.get("/api/v1/memories").json()["items"].size(), 0U);
}

TEST_F(UploadsTest, ResumesByTus) {
  const std::string png = tiny_png(8);
  const Reply begun =
      begin(std::to_string(png.size()), "filename " + base64("праздник.png") + ",filetype " + base64("image/png"));
  ASSERT_EQ(begun.status, 201) << begun.body;
  const std::string location = begun.header("location");
  EXPECT_EQ(begun.header("tus-resumable"), "1.0.0");
  EXPECT_FALSE(begun.header("upload-expires").empty());
  EXPECT_EQ(ask(location).header("upload-offset"), "0");

  const Reply half =
      chunk(location, 0, png.substr(0, 50), {"Upload-Checksum: sha1 " + base64(digest(EVP_sha1(), png.substr(0, 50)))});
  EXPECT_EQ(half.status, 204) << half.body;
  EXPECT_EQ(half.header("upload-offset"), "50");
  EXPECT_EQ(ask(location).header("upload-offset"), "50");
  const Reply done =
      chunk(location, 50, png.substr(50), {"Upload-Checksum: sha256 " + base64(digest(EVP_sha256(), png.substr(50)))});
  EXPECT_EQ(done.status, 204) << done.body;
  ASSERT_FALSE(done.header("memory-id").empty());
  EXPECT_EQ(ask(location).header("memory-id"), done.header("memory-id"));
  const Json memory = until_ready(done.header("memory-id"));
  EXPECT_EQ(memory["media"][0]["fileName"], "праздник.png");
  EXPECT_EQ(memory["media"][0]["sha256"], hex(digest(EVP_sha256(), png)));
}

TEST_F(UploadsTest, GoesOnAfterTheServerStartsAnew) {
  const std::string png = tiny_png(9);
  const std::string location = begin(std::to_string(png.size())).header("location");
  chunk(location, 0, png.substr(0, 70));
  server_->kill();
  server_->start();
  EXPECT_EQ(ask(location).header("upload-offset"), "70");
  const Reply done = chunk(location, 70, png.substr(70));
  EXPECT_EQ(done.status, 204) << done.body;
  EXPECT_EQ(me_.get("/api/v1/memories/" + done.header("memory-id")).json()["media"][0]["sha256"],
            hex(digest(EVP_sha256(), png)));
}

TEST_F(UploadsTest, CreatesWithTheFirstBytes) {
  const std::string png = tiny_png(10);
  const Reply done = begin(std::to_string(png.size()), "filename " + base64("x.png"), {}, png);
  EXPECT_EQ(done.status, 201) << done.body;
  EXPECT_EQ(done.header("upload-offset"), std::to_string(png.size()));
  EXPECT_FALSE(done.header("memory-id").empty());
}

TEST_F(UploadsTest, KnowsADuplicateBeforeAByteIsSent) {
  const std::string png = tiny_png(11);
  const Json first = me_.upload("a.png", png).json();
  const Reply begun = begin(std::to_string(png.size()),
                            "filename " + base64("b.png") + ",sha256 " + base64(hex(digest(EVP_sha256(), png))));
  EXPECT_EQ(begun.status, 201) << begun.body;
  EXPECT_EQ(Json(begun.header("memory-id")), first["memory"]["id"]);
  EXPECT_EQ(begun.header("upload-duplicate"), "true");
  EXPECT_EQ(begun.header("upload-offset"), std::to_string(png.size()));
}

TEST_F(UploadsTest, RefusesWhatTheProtocolRefuses) {
  const std::string png = tiny_png(12);
  const std::string location = begin(std::to_string(png.size())).header("location");
  EXPECT_EQ(me_.request("POST", "/api/v1/uploads", "", {"Upload-Length: 5"}).status, 412);
  EXPECT_EQ(begin("").status, 400);
  EXPECT_EQ(begin("-5").status, 400);
  EXPECT_EQ(begin("0").status, 422);
  EXPECT_EQ(begin("99999999999999999").status, 413);
  EXPECT_EQ(begin("10", "filename !!!").status, 400);
  EXPECT_EQ(chunk(location, 7, "x").status, 409);
  EXPECT_EQ(chunk(location, 0, png + "more").status, 413);
  const Reply wrong = chunk(location, 0, "abc", {"Upload-Checksum: sha1 " + base64(digest(EVP_sha1(), "abd"))});
  EXPECT_EQ(wrong.status, 460);
  EXPECT_EQ(chunk(location, 0, "abc", {"Upload-Checksum: md5 AAAA"}).status, 400);
  EXPECT_EQ(ask(location).header("upload-offset"), "0") << "nothing of all this was kept";
  EXPECT_EQ(
      me_.request("PATCH", location, "abc", {"Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: text/plain"})
          .status,
      415);

  Client other = server_->client();
  other.register_as("Boris");
  EXPECT_EQ(other.head(location, {"Tus-Resumable: 1.0.0"}).status, 404);
  EXPECT_EQ(me_.del(location, {"Tus-Resumable: 1.0.0"}).status, 204);
  EXPECT_EQ(ask(location).status, 404);
}

TEST_F(UploadsTest, RefusesAFileThatIsNotWhatItWasToldToBe) {
  const std::string png = tiny_png(13);
  const std::string location =
      begin(std::to_string(png.size()), "sha256 " + base64(std::string(64, 'a'))).header("location");
  EXPECT_EQ(chunk(location, 0, png).status, 460);
  EXPECT_EQ(ask(location).status, 404);
  EXPECT_EQ(me_.get("/api/v1/memories").json()["items"].size(), 0U);
}

TEST_F(UploadsTest, TellsWhatItOffers) {
  const Reply options = me_.request("OPTIONS", "/api/v1/uploads");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("tus-version"), "1.0.0");
  EXPECT_NE(options.header("tus-extension").find("creation-with-upload"), std::string::npos);
  EXPECT_EQ(options.header("tus-checksum-algorithm"), "sha1,sha256");
}

TEST_F(UploadsTest, ForgetsTheFilesOfWhatIsPurged) {
  const Json uploaded = me_.upload("x.png", tiny_png(14)).json();
  const std::string id = uploaded["memory"]["id"];
  until_ready(id);
  const std::string sha256 = uploaded["media"]["sha256"];
  const std::string key = "originals/" + sha256.substr(0, 2) + "/" + sha256.substr(2, 2) + "/" + sha256;
  ASSERT_TRUE(server_->blob_keys("originals/").contains(key));
  me_.del("/api/v1/memories/" + id);
  me_.del("/api/v1/trash/" + id);
  EXPECT_TRUE(eventually([&] { return !server_->blob_keys("originals/").contains(key); }));
}

} // namespace
} // namespace mv::test
