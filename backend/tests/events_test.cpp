// Events over WebSocket: order, resume, and who hears what.

#include <gtest/gtest.h>

#include "backend/tests/person_test.hpp"
#include "backend/tests/websocket_client.hpp"

namespace mv::test {
namespace {

class EventsTest : public PersonTest {
protected:
  [[nodiscard]] std::string address(const std::string& query = {}) const {
    return server_->realtime() + "/api/v1/events" + query;
  }
  [[nodiscard]] static Headers bearer(const Client& client) { return {"Authorization: Bearer " + client.token}; }
};

TEST_F(EventsTest, TellsOfANewMemoryAtOnce) {
  WebSocketClient socket(address(), bearer(me_));
  ASSERT_TRUE(socket.next_of("hello")) << "from there on it hears all";
  const Json saved = me_.post("/api/v1/memories", {{"title", "x"}, {"date", "2019-07-14"}}).json();
  const auto event = socket.next_of("memory.created");
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)["data"]["id"], saved["id"]);
  EXPECT_EQ((*event)["data"]["bucket"], "2019-07");
  EXPECT_GT((*event)["seq"].get<std::int64_t>(), 0);
  EXPECT_TRUE(event->contains("at"));
}

TEST_F(EventsTest, ResumesAfterTheLastNumberThatAClientSaw) {
  std::int64_t seen = 0;
  {
    WebSocketClient socket(address(), bearer(me_));
    ASSERT_TRUE(socket.next_of("hello"));
    me_.post("/api/v1/memories", {{"title", "one"}});
    const auto event = socket.next_of("memory.created");
    ASSERT_TRUE(event);
    seen = (*event)["seq"];
  }
  const Json missed = me_.post("/api/v1/memories", {{"title", "two"}}).json();
  WebSocketClient socket(address("?since=" + std::to_string(seen)), bearer(me_));
  const auto event = socket.next_of("memory.created");
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)["data"]["id"], missed["id"]);
  EXPECT_GT((*event)["seq"].get<std::int64_t>(), seen);
}

TEST_F(EventsTest, TakesTheTokenFromAFirstMessage) {
  WebSocketClient socket(address());
  ASSERT_TRUE(socket.opened());
  socket.send(Json{{"type", "auth"}, {"accessToken", me_.token}}.dump());
  // The answer to the first message shows that the token was taken before anything else happens.
  ASSERT_TRUE(socket.next());
  me_.post("/api/v1/memories", {{"title", "x"}});
  EXPECT_TRUE(socket.next_of("memory.created"));
}

TEST_F(EventsTest, ClosesOnWhoCannotSayWhoTheyAre) {
  WebSocketClient socket(address());
  socket.send(R"({"type":"auth","accessToken":"mva_forged"})");
  while (socket.next(10)) {
  }
  EXPECT_TRUE(socket.closed());
}

TEST_F(EventsTest, TellsStrangersNothing) {
  Client other = server_->client();
  other.register_as("Boris");
  WebSocketClient socket(address(), bearer(other));
  ASSERT_TRUE(socket.next_of("hello"));
  me_.post("/api/v1/memories", {{"title", "secret"}});
  const Json own = other.post("/api/v1/memories", {{"title", "mine"}}).json();
  // Events are in order, so that hearing one's own first proves that the other's was kept away.
  const auto event = socket.next_of("memory.created");
  ASSERT_TRUE(event);
  EXPECT_EQ((*event)["data"]["id"], own["id"]);
}

TEST_F(EventsTest, TellsWhenAPictureIsReady) {
  WebSocketClient socket(address(), bearer(me_));
  ASSERT_TRUE(socket.next_of("hello"));
  me_.upload("x.png", tiny_png(100));
  bool ready = false;
  while (!ready) {
    const auto event = socket.next_of("memory.updated", 60);
    ASSERT_TRUE(event);
    ready = (*event)["data"].value("state", "") == "ready";
  }
}

TEST_F(EventsTest, TellsAFamilyWhoIsOnlineAndNobodyElse) {
  const std::string space = me_.post("/api/v1/spaces", {{"title", "The family"}}).json()["id"];
  const std::string presence = "/api/v1/spaces/" + space + "/presence";
  Client boris = server_->client();
  const std::string boris_id = boris.register_as("Boris")["user"]["id"];
  const Json link = me_.post("/api/v1/invitations", {{"spaceId", space}, {"role", "viewer"}}).json();
  ASSERT_EQ(boris.post("/api/v1/invitations/accept", {{"token", link["token"]}}).status, 200);
  EXPECT_EQ(me_.get(presence).json()["items"], Json::array());

  WebSocketClient mine(address(), bearer(me_));
  ASSERT_TRUE(mine.opened());
  {
    WebSocketClient his(address(), bearer(boris));
    ASSERT_TRUE(his.opened());
    for (;;) {
      const auto event = mine.next_of("user.activity");
      ASSERT_TRUE(event);
      if ((*event)["data"]["userId"] == boris_id) {
        EXPECT_EQ((*event)["data"], (Json{{"spaceId", space}, {"userId", boris_id}, {"here", true}}));
        break;
      }
    }
    EXPECT_EQ(me_.get(presence).json()["items"].size(), 2U);
  }
  // Some seconds after the line is gone.
  const auto gone = mine.next_of("user.activity");
  ASSERT_TRUE(gone);
  EXPECT_EQ((*gone)["data"], (Json{{"spaceId", space}, {"userId", boris_id}, {"here", false}}));
  EXPECT_EQ(boris.get(presence).json()["items"].size(), 1U);

  Client stranger = server_->client();
  stranger.register_as("Galina");
  EXPECT_EQ(stranger.get(presence).status, 404);
}

} // namespace
} // namespace mv::test
