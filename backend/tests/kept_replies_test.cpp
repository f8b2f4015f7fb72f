// Replies that are kept are those that would be made now: two processes that keep theirs, in themselves and in Redis,
// beside one that keeps none, on one PostgreSQL.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "backend/tests/harness.hpp"
#include "core/testing/postgres_server.hpp"
#include "core/testing/redis_server.hpp"

namespace mv::test {
namespace {

/// One person at each of the three.
struct Person {
  std::string id;
  Client here;
  Client there;
  Client plain;
};

class KeptRepliesTest : public testing::Test {
protected:
  KeptRepliesTest() {
    Client owner = here_.client();
    const Json anna = owner.register_as("Anna");
    family_ = owner.post("/api/v1/spaces", {{"title", "Family"}}).json()["id"];
    const Json invited = owner.post("/api/v1/invitations", {{"spaceId", family_}, {"role", "contributor"}}).json();
    Client other = here_.client();
    const Json boris = other.register_as("Boris", invited["token"]);
    people_.push_back(everywhere(anna["user"]["id"], owner.token));
    people_.push_back(everywhere(boris["user"]["id"], other.token));
  }

  Person everywhere(const std::string& id, const std::string& token) {
    Person person{.id = id, .here = here_.client(), .there = there_.client(), .plain = plain_.client()};
    person.here.token = person.there.token = person.plain.token = token;
    return person;
  }

  ServerOptions keeping(const std::string& roles) {
    return {.arguments = {"--roles", roles},
            .variables = {{"MEMORYVERSE_DATABASE_URL", database_},
                          {"MEMORYVERSE_REDIS_URL", redis_.url()},
                          {"MEMORYVERSE_SECRET_KEY", "one key for all of these replicas"}}};
  }

  static double metric(const TestServer& server, const std::string& name) {
    const std::string text = server.client().get("/metrics").body;
    const auto at = text.find(name + ' ');
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size()));
  }

  /// Asks all three for everything that is kept; gives the first path that they do not agree on, or "".
  std::string disagreement() {
    for (Person& person : people_) {
      std::vector<std::string> paths{"/api/v1/memories?limit=50",
                                     "/api/v1/memories?favourite=true",
                                     "/api/v1/memories?tag=sea",
                                     "/api/v1/memories?spaceId=" + family_,
                                     "/api/v1/timeline/buckets",
                                     "/api/v1/timeline/buckets?spaceId=" + family_,
                                     "/api/v1/timeline/buckets/2019-07",
                                     "/api/v1/timeline/buckets/undated",
                                     "/api/v1/tags",
                                     "/api/v1/collections"};
      for (const auto& album : albums_)
        paths.push_back("/api/v1/collections/" + album + "/memories");
      for (const auto& path : paths) {
        const Reply truth = person.plain.get(path);
        for (Client* const client : {&person.here, &person.here, &person.there}) {
          const Reply kept = client->get(path);
          if (kept.status != truth.status || (kept.status == 200 && kept.body != truth.body))
            return path + " to " + person.id + ": " + kept.body + " instead of " + truth.body;
        }
      }
    }
    return {};
  }

  std::string database_ = PostgresServer::shared().make_database();
  RedisServer redis_;
  TestServer here_{keeping("api,worker")};
  TestServer there_{keeping("api")};
  TestServer plain_{{.arguments = {"--roles", "api", "--cache-megabytes", "0"},
                     .variables = {{"MEMORYVERSE_DATABASE_URL", database_}}}};
  std::string family_;
  std::vector<Person> people_;
  std::vector<std::string> memories_;
  std::vector<std::string> albums_;
};

// Everything that people do, in any order. What a change forgot to announce would be found here as an old reply.
TEST_F(KeptRepliesTest, AreNeverOldWhateverPeopleDo) {
  std::mt19937 chance(20'261'128); // NOLINT(bugprone-random-generator-seed): the same each time
  const auto pick = [&](std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(chance); };
  const auto any = [&](std::vector<std::string>& ids) {
    return ids.empty() ? std::string("none") : ids[pick(ids.size())];
  };
  const auto memory = [&] { return "/api/v1/memories/" + any(memories_); };
  const auto album = [&] { return "/api/v1/collections/" + any(albums_); };
  unsigned picture = 0;

  using Deed = std::function<void(Client&)>;
  const auto change = [](Client& client, const std::string& path, const Json& changes) {
    const Json now = client.get(path).json();
    if (now.contains("version")) client.patch_if(path, now["version"], changes);
  };
  const std::vector<Deed> deeds{
      [&](Client& client) {
        Json draft{{"title", "story " + std::to_string(pick(1000))}, {"date", "2019-07-1" + std::to_string(pick(9))}};
        if (pick(2) == 0) draft["spaceId"] = family_;
        if (pick(4) == 0) draft["privacy"] = "private";
        if (pick(3) == 0) draft["tags"] = {"sea"};
        const Json saved = client.post("/api/v1/memories", draft).json();
        if (saved.contains("id")) memories_.push_back(saved["id"]);
      },
      [&](Client& client) {
        const Json saved = client.upload("a.png", tiny_png(++picture), {{"spaceId", family_}}).json();
        if (!saved.contains("memory")) return;
        memories_.push_back(saved["memory"]["id"]);
        // Else the three are asked before and after it is ready.
        EXPECT_TRUE(eventually([&] {
          return people_[0].plain.get("/api/v1/memories/" + memories_.back()).json()["media"][0]["state"] != "pending";
        }));
      },
      [&](Client& client) { change(client, memory(), {{"title", "renamed " + std::to_string(pick(1000))}}); },
      [&](Client& client) { change(client, memory(), {{"date", pick(2) == 0 ? "2019-07" : ""}}); },
      [&](Client& client) { change(client, memory(), {{"tags", {"sea", "sun"}}}); },
      [&](Client& client) { change(client, memory(), {{"privacy", pick(2) == 0 ? "private" : "space"}}); },
      [&](Client& client) { client.put(memory() + "/favourite", Json::object()); },
      [&](Client& client) { client.del(memory() + "/favourite"); },
      [&](Client& client) { client.del(memory()); },
      [&](Client& client) { client.post(memory() + "/restore", Json::object()); },
      [&](Client& client) { client.post(memory() + "/revisions/2/undo", Json::object()); },
      [&](Client& client) { client.post("/api/v1/memories/trash", {{"memoryIds", {any(memories_), any(memories_)}}}); },
      [&](Client& client) { client.del("/api/v1/trash"); },
      [&](Client& client) {
        Json draft{{"title", "album"}, {"spaceId", family_}};
        if (!albums_.empty() && pick(2) == 0) draft["parentId"] = any(albums_);
        const Json made = client.post("/api/v1/collections", draft).json();
        if (made.contains("id") && albums_.size() < 4) albums_.push_back(made["id"]);
      },
      [&](Client& client) { change(client, album(), {{"title", "album " + std::to_string(pick(1000))}}); },
      [&](Client& client) { client.post(album() + "/memories", {{"memoryIds", {any(memories_), any(memories_)}}}); },
      [&](Client& client) { client.post(album() + "/memories/remove", {{"memoryIds", {any(memories_)}}}); },
      [&](Client& client) { client.put(album() + "/order", {{"memoryIds", {any(memories_)}}}); },
      [&](Client& client) { client.del(album()); },
      [&](Client& client) { client.post(album() + "/restore", Json::object()); },
      [&](Client& client) { client.patch("/api/v1/auth/me", {{"name", "name " + std::to_string(pick(1000))}}); },
      [&](Client&) {
        people_[0].here.patch("/api/v1/spaces/" + family_ + "/members/" + people_[1].id,
                              {{"role", pick(2) == 0 ? "viewer" : "editor"}});
      },
  };
  ASSERT_EQ(disagreement(), "");
  // Something to work on, then each deed three times, by whom and on what chance says.
  const std::size_t first = 15;
  for (std::size_t step = 0; step < first + 3 * deeds.size(); ++step) {
    Person& person = people_[pick(people_.size())];
    const std::size_t deed = step < first ? pick(2) : (step - first) % deeds.size();
    deeds[deed](pick(2) == 0 ? person.here : person.there);
    ASSERT_EQ(disagreement(), "") << "after deed " << deed << " in step " << step;
  }
  // Leaving, at last, takes the family's memories out of sight at once.
  people_[0].there.del("/api/v1/spaces/" + family_ + "/members/" + people_[1].id);
  EXPECT_EQ(people_[1].here.get("/api/v1/memories?spaceId=" + family_).status, 404);
  EXPECT_EQ(disagreement(), "");

  for (const TestServer* const server : {&here_, &there_})
    EXPECT_GT(metric(*server, R"(memoryverse_kept_replies_total{outcome="found"})"), 500);
  EXPECT_EQ(metric(plain_, R"(memoryverse_kept_replies_total{outcome="found"})"), 0);
}

TEST_F(KeptRepliesTest, HoldWhatAnybodyWasToldToBeSaved) {
  std::atomic<bool> over = false;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&, i] {
      Person me = people_[0];
      std::int64_t seen = 0;
      while (!over) {
        const Json counts = (i % 2 == 0 ? me.here : me.there).get("/api/v1/timeline/buckets").json();
        const std::int64_t count = counts["buckets"].empty() ? 0 : counts["buckets"][0]["count"].get<std::int64_t>();
        EXPECT_GE(count, seen) << "time does not go back";
        seen = count;
      }
    });
  }
  Person me = people_[0];
  for (int i = 1; i <= 60; ++i) {
    ASSERT_EQ((i % 2 == 0 ? me.here : me.there).post("/api/v1/memories", {{"title", "x"}, {"date", "2020"}}).status,
              201);
    for (Client* const client : {&me.here, &me.there})
      EXPECT_EQ(client->get("/api/v1/timeline/buckets").json()["buckets"][0]["count"], i);
  }
  over = true;
}

TEST_F(KeptRepliesTest, AreServedByOneProcessToTheOther) {
  Person& me = people_[0];
  me.here.post("/api/v1/memories", {{"title", "x"}});
  const auto made = [&](const TestServer& server) {
    return metric(server, R"(memoryverse_kept_replies_total{outcome="made"})");
  };
  const std::string body = me.here.get("/api/v1/memories").body;
  const double before = made(there_);
  EXPECT_EQ(me.there.get("/api/v1/memories").body, body);
  EXPECT_EQ(made(there_), before);

  // And without Redis each goes on with its own.
  redis_.kill();
  me.here.post("/api/v1/memories", {{"title", "y"}});
  for (Client* const client : {&me.here, &me.there, &me.there})
    EXPECT_EQ(client->get("/api/v1/memories").json()["items"].size(), 2U);
  redis_.start();
  EXPECT_EQ(disagreement(), "");
}

TEST_F(KeptRepliesTest, EndWithTheSessionInEveryProcessAtOnce) {
  const auto kept = [&] { return metric(there_, R"(memoryverse_session_looks_total{outcome="kept"})"); };
  const std::string email = people_[0].here.get("/api/v1/auth/me").json()["email"];
  const auto sign_in = [&] {
    Client client = here_.client();
    client.token = client.post("/api/v1/auth/login", {{"email", email}, {"password", "correct horse battery"}})
                       .json()["accessToken"];
    return everywhere(people_[0].id, client.token);
  };
  const auto me = [](Client& client) { return client.get("/api/v1/auth/me").status; };
  for (int i = 0; i < 5; ++i) {
    Person device = sign_in();
    const double before = kept();
    for (Client* const client : {&device.here, &device.there, &device.there})
      EXPECT_EQ(me(*client), 200);
    EXPECT_GT(kept(), before);
    EXPECT_EQ(device.here.post("/api/v1/auth/logout", Json::object()).status, 204);
    EXPECT_EQ(me(device.there), 401);
    EXPECT_EQ(me(device.here), 401);
  }
  // Changing the password ends all other sessions.
  Person device = sign_in();
  EXPECT_EQ(me(device.there), 200);
  EXPECT_EQ(people_[0]
                .here
                .post("/api/v1/auth/password",
                      {{"currentPassword", "correct horse battery"}, {"newPassword", "another horse battery"}})
                .status,
            204);
  EXPECT_EQ(me(device.there), 401);
  EXPECT_EQ(me(people_[0].there), 200);
  // What a session says of its person is never old either.
  for (const std::string locale : {"ru", "en", "ru"}) {
    people_[0].here.patch("/api/v1/auth/me", {{"locale", locale}});
    EXPECT_EQ(people_[0].there.get("/api/v1/memories/none").header("content-language"), locale);
  }
}

TEST_F(KeptRepliesTest, ComeAsTheClientTakesThem) {
  Person& me = people_[0];
  for (int i = 0; i < 30; ++i)
    me.here.post("/api/v1/memories", {{"title", "a story of some length, told more than once"}});
  const std::string path = "/api/v1/memories?limit=20";
  const Reply plain = me.here.get(path, {"Accept-Encoding: identity"});
  const Reply packed = me.here.get(path, {"Accept-Encoding: gzip"});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(me.here.get(path, {"Accept-Encoding: identity"}).body, plain.body);
    EXPECT_EQ(me.here.get(path, {"Accept-Encoding: gzip"}).body, packed.body);
  }
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(plain.header("content-encoding"), "");
  for (const Reply& reply : {plain, packed}) {
    EXPECT_EQ(reply.header("vary"), "Accept-Encoding");
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    EXPECT_EQ(reply.header("content-type"), "application/json");
  }
  EXPECT_NE(plain.header("x-request-id"), me.here.get(path, {"Accept-Encoding: identity"}).header("x-request-id"));
  EXPECT_EQ(me.here.head(path).header("content-type"), "application/json");
  // A cursor of a month comes beside the body.
  const std::string month = "/api/v1/timeline/buckets/undated?limit=10";
  const std::string cursor = me.here.get(month).header("next-cursor");
  EXPECT_NE(cursor, "");
  EXPECT_EQ(me.here.get(month).header("next-cursor"), cursor);
  EXPECT_EQ(me.there.get(month).header("next-cursor"), cursor);
}

} // namespace
} // namespace mv::test
