// The server is killed at random moments. After each start every memory that was acknowledged is whole, nothing lies in
// storage that no memory refers to, and a creation whose answer was lost can be asked for again without a second one.

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "backend/tests/harness.hpp"

namespace mv::test {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 30;
constexpr int kRoundsOnS3 = 10; // each of them waits for the store

std::string sha256(const std::string& bytes) {
  unsigned char out[32];
  EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr);
  std::string text;
  for (const unsigned char byte : out) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

/// What a server said yes to: id of the memory, of its medium, and the hash of the bytes.
struct Acknowledged {
  std::string memory_id;
  std::string media_id;
  std::string hash;
};

/// Sends one picture by tus in two chunks, asking where to go on as a client does.
bool send_by_tus(Client& client, const std::string& png, Acknowledged& acknowledged) {
  const Headers version{"Tus-Resumable: 1.0.0"};
  Headers begin = version;
  begin.push_back("Upload-Length: " + std::to_string(png.size()));
  const std::string location = client.request("POST", "/api/v1/uploads", "", begin).header("location");
  if (location.empty()) return false;
  const std::size_t half = png.size() / 2;
  Reply reply;
  for (const std::size_t at : {std::size_t{0}, half}) {
    Headers headers = version;
    headers.push_back("Upload-Offset: " + std::to_string(at));
    headers.emplace_back("Content-Type: application/offset+octet-stream");
    reply = client.request("PATCH", location, at == 0 ? png.substr(0, half) : png.substr(half), headers);
    if (reply.status != 204) return false;
  }
  acknowledged = {reply.header("memory-id"), reply.header("media-id"), sha256(png)};
  return !acknowledged.memory_id.empty();
}

bool send_whole(Client& client, const std::string& png, Acknowledged& acknowledged) {
  const Reply reply = client.upload("crash.png", png);
  if (reply.status != 201) return false;
  const Json json = reply.json();
  acknowledged = {json["memory"]["id"], json["media"]["id"], sha256(png)};
  return true;
}

std::set<std::string> originals(const TestServer& server) {
  std::set<std::string> hashes;
  for (const std::string& key : server.blob_keys("originals/"))
    hashes.insert(fs::path(key).filename().string());
  return hashes;
}

TEST(CrashTest, LosesNothingAndLeavesNothingWhenKilledAtAnyMoment) {
  TestServer server;
  Client me = server.client();
  me.register_as("Vera");
  std::mt19937 random(20'261'124); // the moments differ by the machine anyway
  std::mutex mutex;
  std::vector<Acknowledged> acknowledged;
  std::atomic<unsigned> seed = 1000;

  const int rounds = server.on_s3() ? kRoundsOnS3 : kRounds;
  for (int round = 0; round < rounds; ++round) {
    std::atomic<bool> stop = false;
    {
      std::vector<std::jthread> senders;
      for (int sender = 0; sender < 3; ++sender) {
        senders.emplace_back([&, sender] {
          Client client = server.client();
          client.token = me.token;
          while (!stop) {
            Acknowledged one;
            const std::string png = tiny_png(seed++);
            if (sender == 0 ? send_whole(client, png, one) : send_by_tus(client, png, one)) {
              const std::scoped_lock lock(mutex);
              acknowledged.push_back(one);
            }
          }
        });
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(5, 400)(random)));
      server.kill();
      stop = true;
    }
    server.start();

    const auto stored = originals(server);
    std::set<std::string> known;
    for (const auto& one : acknowledged) {
      known.insert(one.hash);
      ASSERT_TRUE(stored.contains(one.hash)) << "round " << round;
    }
    // A memory may be there whose answer the kill cut off; every file must belong to one.
    std::set<std::string> referred;
    std::string cursor;
    do {
      const Json page = me.get("/api/v1/memories?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
      for (const auto& memory : page["items"])
        referred.insert(memory["media"][0]["sha256"]);
      cursor = page.value("nextCursor", "");
    } while (!cursor.empty());
    for (const auto& hash : known)
      ASSERT_TRUE(referred.contains(hash)) << "round " << round << " lost " << hash;
    for (const auto& hash : stored)
      ASSERT_TRUE(referred.contains(hash)) << "round " << round << " orphan " << hash;
    ASSERT_EQ(stored.size(), referred.size());
    // Of each upload that goes on, no more lies in the store than was sent; of all others nothing.
    if (server.on_s3()) {
      ASSERT_LE(server.blob_keys(".uploads/").size(), 2U * 3U * static_cast<unsigned>(round + 1));
    }
  }
  ASSERT_GT(acknowledged.size(), server.on_s3() ? 2U : 10U) << "the test must have sent something";

  // Byte for byte, once, at the end.
  for (const auto& one : acknowledged) {
    ASSERT_EQ(sha256(me.get("/api/v1/media/" + one.media_id + "/original").body), one.hash);
  }
  EXPECT_TRUE(eventually([&] {
    const Json page = me.get("/api/v1/memories?limit=200").json();
    return std::ranges::all_of(page["items"],
                               [](const Json& memory) { return memory["media"][0]["state"] == "ready"; });
  })) << "what was pending when the server died is made after all";
  std::cout << rounds << " kills, " << acknowledged.size() << " acknowledged memories, all whole\n";
}

TEST(CrashTest, MakesOneMemoryOfARequestThatIsSentAgainAfterAKill) {
  TestServer server;
  Client me = server.client();
  me.register_as("Vera");
  std::mt19937 random(20'261'125);
  std::atomic<unsigned> next = 0;
  std::set<std::string> titles;
  const auto post = [](Client& client, const std::string& title) {
    return client.post("/api/v1/memories", {{"title", title}}, {"Idempotency-Key: " + title});
  };
  int unanswered = 0;
  int done_before = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::mutex mutex;
    std::vector<std::string> lost;
    {
      std::vector<std::jthread> senders;
      for (int sender = 0; sender < 4; ++sender) {
        senders.emplace_back([&] {
          Client client = server.client();
          client.token = me.token;
          for (;;) {
            const std::string title = "once-" + std::to_string(next++);
            const Reply reply = post(client, title);
            const std::scoped_lock lock(mutex);
            if (reply.status == 0) {
              lost.push_back(title);
              return; // killed
            }
            EXPECT_EQ(reply.status, 201) << reply.body;
            titles.insert(title);
          }
        });
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(5, 100)(random)));
      server.kill();
    }
    server.start();
    for (const std::string& title : lost) {
      const Reply reply = post(me, title);
      ASSERT_EQ(reply.status, 201) << "round " << round << ": " << reply.body; // at once, whatever the kill cut off
      EXPECT_EQ(reply.json()["title"], title);
      EXPECT_EQ(me.get(reply.header("location")).status, 200);
      titles.insert(title);
      ++unanswered;
      if (reply.header("idempotency-replayed") == "true") ++done_before;
    }
  }
  std::multiset<std::string> found;
  std::string cursor;
  do {
    const Json page = me.get("/api/v1/memories?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    for (const auto& memory : page["items"])
      found.insert(memory["title"].get<std::string>());
    cursor = page.value("nextCursor", "");
  } while (!cursor.empty());
  for (const std::string& title : titles)
    EXPECT_EQ(found.count(title), 1U) << title;
  EXPECT_EQ(found.size(), titles.size());
  EXPECT_GT(unanswered, 0) << "the kills must have cut something off";
  std::cout << titles.size() << " creations, " << unanswered << " without an answer, of which " << done_before
            << " were done\n";
}

} // namespace
} // namespace mv::test
