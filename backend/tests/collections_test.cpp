// Collections over HTTP: the tree, the order, covers, and taking things back.

#include <gtest/gtest.h>

#include "backend/tests/person_test.hpp"

namespace mv::test {
namespace {

class CollectionsTest : public PersonTest {
protected:
  Json make(const std::string& title, const std::string& parent = {}) {
    Json draft{{"title", title}};
    if (!parent.empty()) draft["parentId"] = parent;
    const Reply reply = me_.post("/api/v1/collections", draft);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json();
  }
  std::string story(const std::string& title) { return me_.post("/api/v1/memories", {{"title", title}}).json()["id"]; }
  std::vector<std::string> titles_in(const std::string& id) {
    std::vector<std::string> titles;
    const Json memory_list = me_.get("/api/v1/collections/" + id + "/memories").json()["items"];
    for (const auto& memory : memory_list)
      titles.push_back(memory["title"]);
    return titles;
  }
};

TEST_F(CollectionsTest, GrowsATree) {
  const std::string family = make("Семья")["id"];
  const std::string summers = make("Лето", family)["id"];
  make("Зима", family);
  const Json tree = me_.get("/api/v1/collections").json()["items"];
  EXPECT_EQ(tree.size(), 3U);

  const Reply moved = me_.patch_if("/api/v1/collections/" + summers, 1, {{"parentId", ""}, {"position", 0}});
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_FALSE(moved.json().contains("parentId"));
  EXPECT_EQ(moved.json()["position"], 0);
}

TEST_F(CollectionsTest, RefusesToGoBelowItself) {
  const std::string outer = make("Outer")["id"];
  const std::string inner = make("Inner", outer)["id"];
  const Reply refused = me_.patch_if("/api/v1/collections/" + outer, 1, {{"parentId", inner}});
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.problem(), "collection.cycle");
}

TEST_F(CollectionsTest, KeepsTheOrderThatPeopleGive) {
  const std::string id = make("Album")["id"];
  std::vector<std::string> ids;
  for (const char* title : {"a", "b", "c", "d"})
    ids.push_back(story(title));
  EXPECT_EQ(me_.post("/api/v1/collections/" + id + "/memories", {{"memoryIds", ids}}).json()["done"].size(), 4U);
  EXPECT_EQ(titles_in(id), (std::vector<std::string>{"a", "b", "c", "d"}));

  EXPECT_EQ(
      me_.put("/api/v1/collections/" + id + "/order", {{"memoryIds", {ids[3], ids[2]}}, {"beforeId", ids[0]}}).status,
      200);
  EXPECT_EQ(titles_in(id), (std::vector<std::string>{"d", "c", "a", "b"}));
  EXPECT_EQ(me_.put("/api/v1/collections/" + id + "/order", {{"memoryIds", {ids[3]}}}).status, 200);
  EXPECT_EQ(titles_in(id), (std::vector<std::string>{"c", "a", "b", "d"}));
}

TEST_F(CollectionsTest, SurvivesEndlessMovesBetweenTwoNeighbours) {
  const std::string id = make("Album")["id"];
  std::vector<std::string> ids;
  for (const char* title : {"a", "b", "c"})
    ids.push_back(story(title));
  me_.post("/api/v1/collections/" + id + "/memories", {{"memoryIds", ids}});
  for (int i = 0; i < 80; ++i) {
    const bool b_first = i % 2 == 0;
    // Always into the gap right behind `a`: it halves each time.
    const Reply moved = me_.put("/api/v1/collections/" + id + "/order",
                                {{"memoryIds", {ids[b_first ? 2 : 1]}}, {"beforeId", ids[b_first ? 1 : 2]}});
    ASSERT_EQ(moved.status, 200) << i << moved.body;
    ASSERT_EQ(titles_in(id),
              (b_first ? std::vector<std::string>{"a", "c", "b"} : std::vector<std::string>{"a", "b", "c"}))
        << i;
  }
}

TEST_F(CollectionsTest, HasACoverThatSomebodyChose) {
  const std::string id = make("Album")["id"];
  const std::string first = story("first");
  const std::string second = story("second");
  me_.post("/api/v1/collections/" + id + "/memories", {{"memoryIds", {first, second}}});
  Json album = me_.get("/api/v1/collections/" + id).json();
  EXPECT_EQ(album["coverMemoryId"], first);
  EXPECT_EQ(album["memories"], 2);
  album = me_.patch_if("/api/v1/collections/" + id, album["version"], {{"coverMemoryId", second}}).json();
  EXPECT_EQ(album["coverMemoryId"], second);
  EXPECT_EQ(me_.patch_if("/api/v1/collections/" + id, album["version"], {{"coverMemoryId", story("elsewhere")}}).status,
            422);
}

TEST_F(CollectionsTest, ComesBackWithAllBelowIt) {
  const std::string outer = make("Outer")["id"];
  make("Inner", outer);
  const std::string memory = story("stays");
  me_.post("/api/v1/collections/" + outer + "/memories", {{"memoryIds", {memory}}});
  EXPECT_EQ(me_.del("/api/v1/collections/" + outer).status, 204);
  EXPECT_EQ(me_.get("/api/v1/collections").json()["items"].size(), 0U);
  EXPECT_EQ(me_.get("/api/v1/memories/" + memory).json()["collectionIds"].size(), 0U);
  EXPECT_EQ(me_.request("POST", "/api/v1/collections/" + outer + "/restore").status, 200);
  EXPECT_EQ(me_.get("/api/v1/collections").json()["items"].size(), 2U);
  EXPECT_EQ(titles_in(outer), (std::vector<std::string>{"stays"}));
}

TEST_F(CollectionsTest, HidesWhatIsInTheTrash) {
  const std::string id = make("Album")["id"];
  const std::string memory = story("gone");
  me_.post("/api/v1/collections/" + id + "/memories", {{"memoryIds", {memory}}});
  me_.del("/api/v1/memories/" + memory);
  EXPECT_TRUE(titles_in(id).empty());
  EXPECT_EQ(me_.get("/api/v1/collections/" + id).json()["memories"], 0);
  me_.request("POST", "/api/v1/memories/" + memory + "/restore");
  EXPECT_EQ(titles_in(id).size(), 1U) << "it comes back to where it was";
}

} // namespace
} // namespace mv::test
