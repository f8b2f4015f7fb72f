// Memories over HTTP: create, read, list, change, undo, favourites, trash, timeline.

#include <gtest/gtest.h>

#include <thread>

#include "backend/tests/person_test.hpp"

namespace mv::test {
namespace {

class MemoriesTest : public PersonTest {
protected:
  Json save(const Json& draft) {
    const Reply reply = me_.post("/api/v1/memories", draft);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json();
  }

  std::int64_t count_in(const std::string& bucket) {
    const Json entry_list = me_.get("/api/v1/timeline/buckets").json()["buckets"];
    for (const auto& entry : entry_list) {
      if (entry["bucket"] == bucket) return entry["count"];
    }
    return 0;
  }
};

TEST_F(MemoriesTest, SavesAStoryAndReadsItBack) {
  const Json saved = save({{"title", "  Лето на  даче "},
                           {"description", "Мы пили чай.\n\nПотом пошёл дождь."},
                           {"date", "1962-22"},
                           {"confidence", "likely"},
                           {"tags", {"дача", "Дача", "лето"}},
                           {"place", {{"name", "Комарово"}, {"latitude", 60.18}, {"longitude", 29.8}}}});
  EXPECT_EQ(saved["title"], "Лето на даче");
  EXPECT_EQ(saved["tags"], Json({"дача", "лето"})) << "tags that differ in case are one";
  EXPECT_EQ(saved["date"]["edtf"], "1962-22");
  EXPECT_EQ(saved["date"]["earliest"], "1962-06-01T00:00:00.000");
  EXPECT_EQ(saved["date"]["latest"], "1962-08-31T23:59:59.999");
  EXPECT_EQ(saved["date"]["source"], "person");
  EXPECT_EQ(saved["date"]["confidence"], "likely");
  EXPECT_EQ(saved["version"], 1);
  EXPECT_EQ(saved["type"], "story");
  EXPECT_EQ(saved["privacy"], "space");
  EXPECT_EQ(saved["canEdit"], true);

  const Reply read = me_.get("/api/v1/memories/" + saved["id"].get<std::string>());
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.header("etag"), "\"1\"");
  EXPECT_EQ(read.json(), saved);
}

TEST_F(MemoriesTest, ChangesOnlyWithThePresentVersion) {
  const Json saved = save({{"title", "One"}});
  const std::string path = "/api/v1/memories/" + saved["id"].get<std::string>();

  EXPECT_EQ(me_.patch(path, {{"title", "Two"}}).status, 428);
  const Reply changed = me_.patch_if(path, 1, {{"title", "Two"}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.header("etag"), "\"2\"");
  const Reply late = me_.patch_if(path, 1, {{"title", "Three"}});
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(late.problem(), "memory.changed");
  EXPECT_EQ(me_.get(path).json()["title"], "Two");
}

TEST_F(MemoriesTest, LetsOneOfManyWritersOfAVersionWin) {
  const Json saved = save({{"title", "Contested"}});
  const std::string path = "/api/v1/memories/" + saved["id"].get<std::string>();
  std::atomic<int> won = 0;
  std::atomic<int> lost = 0;
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back([&, i] {
        Client writer = server_->client();
        writer.token = me_.token;
        const long status = writer.patch_if(path, 1, {{"title", "Writer " + std::to_string(i)}}).status;
        if (status == 200) ++won;
        if (status == 412) ++lost;
      });
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
  EXPECT_EQ(me_.get(path).json()["version"], 2);
}

TEST_F(MemoriesTest, TakesAChangeBack) {
  const Json saved = save({{"title", "Before"}, {"date", "1935~"}});
  const std::string path = "/api/v1/memories/" + saved["id"].get<std::string>();
  me_.patch_if(path, 1, {{"title", "After"}, {"date", "1940"}});

  const Json revisions = me_.get(path + "/revisions").json();
  ASSERT_EQ(revisions["items"].size(), 2U);
  EXPECT_EQ(revisions["items"][0]["kind"], "edited");
  EXPECT_EQ(revisions["items"][0]["author"]["name"], "Anna");
  EXPECT_EQ(revisions["items"][0]["canUndo"], true);
  EXPECT_EQ(revisions["items"][1]["kind"], "created");

  const Reply undone = me_.request("POST", path + "/revisions/2/undo");
  EXPECT_EQ(undone.status, 200) << undone.body;
  EXPECT_EQ(undone.json()["title"], "Before");
  EXPECT_EQ(undone.json()["date"]["edtf"], "1935~");
  EXPECT_EQ(undone.json()["version"], 3);
  EXPECT_EQ(me_.request("POST", path + "/revisions/3/undo").json()["title"], "After") << "an undo can be undone";
}

TEST_F(MemoriesTest, RefusesToUndoWhatWasChangedSince) {
  const Json saved = save({{"title", "One"}});
  const std::string path = "/api/v1/memories/" + saved["id"].get<std::string>();
  me_.patch_if(path, 1, {{"title", "Two"}});
  me_.patch_if(path, 2, {{"title", "Three"}});
  const Reply refused = me_.request("POST", path + "/revisions/2/undo");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.problem(), "revision.changed-since");
  EXPECT_EQ(me_.get(path).json()["title"], "Three");
}

TEST_F(MemoriesTest, ListsInOrderPageByPage) {
  for (const char* date : {"1999-05-01", "2001-01-01", "", "1935~", "2001-01-01T10:00:00"}) {
    save({{"title", std::string("d ") + date}, {"date", date}});
  }
  std::vector<std::string> titles;
  std::string cursor;
  int pages = 0;
  do {
    const Json page = me_.get("/api/v1/memories?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    for (const auto& memory : page["items"])
      titles.push_back(memory["title"]);
    cursor = page.value("nextCursor", "");
    ASSERT_LT(++pages, 10);
  } while (!cursor.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(titles,
            (std::vector<std::string>{"d 2001-01-01T10:00:00", "d 2001-01-01", "d 1999-05-01", "d 1935~", "d"}));
}

TEST_F(MemoriesTest, FiltersByTagTypeAndFavourite) {
  save({{"title", "sea"}, {"tags", {"Море"}}});
  const Json forest = save({{"title", "forest"}, {"tags", {"лес"}}});
  EXPECT_EQ(me_.get("/api/v1/memories?tag=%D0%BC%D0%BE%D1%80%D0%B5").json()["items"].size(), 1U);
  EXPECT_EQ(me_.get("/api/v1/memories?type=story").json()["items"].size(), 2U);
  EXPECT_EQ(me_.get("/api/v1/memories?type=video").json()["items"].size(), 0U);

  const std::string path = "/api/v1/memories/" + forest["id"].get<std::string>();
  EXPECT_EQ(me_.request("PUT", path + "/favourite").json()["favourite"], true);
  EXPECT_EQ(me_.request("PUT", path + "/favourite").status, 200) << "twice is as good as once";
  const Json favourites = me_.get("/api/v1/memories?favourite=true").json()["items"];
  ASSERT_EQ(favourites.size(), 1U);
  EXPECT_EQ(favourites[0]["title"], "forest");
  EXPECT_EQ(favourites[0]["version"], 1) << "a favourite is no change of the memory";
  EXPECT_EQ(me_.del(path + "/favourite").json()["favourite"], false);
  EXPECT_EQ(me_.get("/api/v1/memories?favourite=true").json()["items"].size(), 0U);
  EXPECT_EQ(me_.get("/api/v1/tags").json()["items"].size(), 2U);
}

TEST_F(MemoriesTest, KeepsTheTimelineCountsRight) {
  const Json saved = save({{"title", "x"}, {"date", "2019-07-14"}});
  save({{"title", "y"}, {"date", "2019-07"}});
  save({{"title", "z"}});
  const std::string path = "/api/v1/memories/" + saved["id"].get<std::string>();
  EXPECT_EQ(count_in("2019-07"), 2);
  EXPECT_EQ(count_in("undated"), 1);

  me_.patch_if(path, 1, {{"date", "2020-02-29"}});
  EXPECT_EQ(count_in("2019-07"), 1);
  EXPECT_EQ(count_in("2020-02"), 1);
  me_.del(path);
  EXPECT_EQ(count_in("2020-02"), 0);
  me_.request("POST", path + "/restore");
  EXPECT_EQ(count_in("2020-02"), 1);

  const Json columns = me_.get("/api/v1/timeline/buckets/2019-07").json();
  for (const auto& [name, column] : columns.items())
    EXPECT_EQ(column.size(), 1U) << name;
  EXPECT_EQ(columns["edtf"][0], "2019-07");
  EXPECT_EQ(me_.get("/api/v1/timeline/buckets/undated").json()["title"][0], "z");
  EXPECT_EQ(me_.get("/api/v1/timeline/buckets/1066-10").json()["id"].size(), 0U);
  EXPECT_EQ(me_.get("/api/v1/timeline/buckets/2019-13").status, 400);
}

TEST_F(MemoriesTest, KeepsTrashUntilItIsEmptied) {
  const Json saved = save({{"title", "Unwanted"}, {"tags", {"t"}}});
  const std::string id = saved["id"];
  EXPECT_EQ(me_.del("/api/v1/memories/" + id).status, 204);
  EXPECT_EQ(me_.del("/api/v1/memories/" + id).status, 204) << "it is in the trash already";
  EXPECT_EQ(me_.get("/api/v1/memories").json()["items"].size(), 0U);
  const Json trash = me_.get("/api/v1/trash").json();
  ASSERT_EQ(trash["items"].size(), 1U);
  EXPECT_TRUE(trash["items"][0].contains("purgeAt"));
  EXPECT_EQ(me_.patch_if("/api/v1/memories/" + id, 2, {{"title", "No"}}).status, 409);

  EXPECT_EQ(me_.request("POST", "/api/v1/memories/" + id + "/restore").status, 200);
  EXPECT_EQ(me_.get("/api/v1/memories").json()["items"].size(), 1U);
  EXPECT_EQ(me_.del("/api/v1/trash/" + id).status, 409) << "only out of the trash";
  me_.del("/api/v1/memories/" + id);
  EXPECT_EQ(me_.del("/api/v1/trash/" + id).status, 204);
  EXPECT_EQ(me_.get("/api/v1/memories/" + id).status, 404);
  EXPECT_EQ(me_.get("/api/v1/tags").json()["items"].size(), 0U);
}

TEST_F(MemoriesTest, HandlesSeveralAtOnce) {
  Json ids = Json::array();
  for (int i = 0; i < 3; ++i)
    ids.push_back(save({{"title", "m" + std::to_string(i)}})["id"]);
  Client other = server_->client();
  other.register_as("Boris");
  const std::string foreign = other.post("/api/v1/memories", {{"title", "not yours"}}).json()["id"];
  ids.push_back(foreign);
  const Json outcome = me_.post("/api/v1/memories/trash", {{"memoryIds", ids}}).json();
  EXPECT_EQ(outcome["done"].size(), 3U);
  EXPECT_EQ(outcome["refused"], Json({foreign}));
  EXPECT_EQ(me_.del("/api/v1/trash").status, 204);
  EXPECT_EQ(me_.get("/api/v1/trash").json()["items"].size(), 0U);
  EXPECT_EQ(other.get("/api/v1/memories/" + foreign).status, 200);
}

TEST_F(MemoriesTest, CreatesOnceForOneIdempotencyKey) {
  const Json draft{{"title", "Once"}};
  const Reply first = me_.post("/api/v1/memories", draft, {"Idempotency-Key: k-1"});
  const Reply again = me_.post("/api/v1/memories", draft, {"Idempotency-Key: k-1"});
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(first.json()["id"], again.json()["id"]);
  EXPECT_EQ(me_.get("/api/v1/memories").json()["items"].size(), 1U);
  EXPECT_EQ(me_.post("/api/v1/memories", {{"title", "Other"}}, {"Idempotency-Key: k-1"}).status, 422);
}

TEST_F(MemoriesTest, TellsProblemsInTheReadersLanguage) {
  const Reply russian = me_.get("/api/v1/memories/0190b6a0-0000-7000-8000-000000000000", {"Accept-Language: ru"});
  EXPECT_EQ(russian.status, 404);
  EXPECT_EQ(russian.header("content-type"), "application/problem+json");
  const Json problem = russian.json();
  for (const char* member : {"type", "title", "status", "detail", "requestId"})
    EXPECT_TRUE(problem.contains(member)) << member;
}

} // namespace
} // namespace mv::test
