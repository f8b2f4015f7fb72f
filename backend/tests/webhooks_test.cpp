// Webhooks from outside: who may, what a receiver gets and can check, and that nothing is lost when the server is
// killed.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <set>

#include "backend/tests/harness.hpp"
#include "core/adapters/curl/testing/hook_receiver.hpp"

namespace mv::test {
namespace {

std::string signature_of(const std::string& secret, const ReceivedHook& hook) {
  const std::string text = hook.headers.at("memoryverse-timestamp") + "." + hook.body;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  std::string hex = "sha256=";
  for (unsigned int i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[mac[i] >> 4U];
    hex += kDigits[mac[i] & 15U];
  }
  return hex;
}

ServerOptions local_receivers() { return {.arguments = {"--webhooks-private-hosts", "127.0.0.1"}, .variables = {}}; }

class WebhooksTest : public testing::Test {
protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<TestServer>(local_receivers());
    operator_ = std::make_unique<Client>(server_->client());
    operator_->register_as("Olga");
    operator_->patch("/api/v1/settings", {{"openRegistration", true}});
  }
  static void TearDownTestSuite() {
    operator_.reset();
    server_.reset();
  }
  void SetUp() override {
    anna_.register_as("Anna");
    space_ = anna_.post("/api/v1/spaces", {{"title", "Family"}}).json()["id"];
  }

  Json draft(const std::vector<std::string>& events = {"memory.created"}) {
    return {{"spaceId", space_}, {"url", receiver_.url()}, {"events", events}};
  }
  Json add(const std::vector<std::string>& events = {"memory.created"}) {
    const Reply reply = anna_.post("/api/v1/webhooks", draft(events));
    EXPECT_EQ(reply.status, 201) << reply.body;
    address_ = "/api/v1/webhooks/" + reply.json().value("id", "");
    return reply.json();
  }
  std::string remember(const std::string& title, const std::string& privacy = "space") {
    return anna_.post("/api/v1/memories", {{"title", title}, {"spaceId", space_}, {"privacy", privacy}}).json()["id"];
  }
  Client member(const std::string& role) {
    const std::string token = anna_.post("/api/v1/invitations", {{"spaceId", space_}, {"role", role}}).json()["token"];
    Client client = server_->client();
    client.register_as(role, token);
    return client;
  }

  static std::unique_ptr<TestServer> server_;
  static std::unique_ptr<Client> operator_;
  Client anna_ = server_->client();
  std::string space_;
  std::string address_; ///< Of the last hook that `add` made.
  HookReceiver receiver_;
};

std::unique_ptr<TestServer> WebhooksTest::server_;
std::unique_ptr<Client> WebhooksTest::operator_;

TEST_F(WebhooksTest, TellsAReceiverWhatHappensInAWayItCanCheck) {
  add({"memory.created", "memory.deleted"});
  const Reply told = anna_.request("POST", address_ + "/secret");
  ASSERT_EQ(told.status, 200) << told.body;
  const std::string secret = told.json()["secret"];
  EXPECT_TRUE(told.header("cache-control").contains("no-store"));
  remember("hidden", "private");
  const std::string first = remember("one");
  anna_.del("/api/v1/memories/" + first);

  const auto hooks = receiver_.wait_for(2);
  ASSERT_EQ(hooks.size(), 2U);
  for (const ReceivedHook& hook : hooks) {
    EXPECT_EQ(hook.headers.at("memoryverse-signature"), signature_of(secret, hook));
    const Json body = Json::parse(hook.body);
    EXPECT_EQ(body["data"]["id"], first) << "nothing of the private one";
    EXPECT_EQ(body["spaceId"], space_);
    EXPECT_EQ(body["id"], hook.headers.at("memoryverse-delivery"));
    EXPECT_EQ(body["type"], hook.headers.at("memoryverse-event"));
  }
  EXPECT_LT(Json::parse(hooks[0].body)["seq"], Json::parse(hooks[1].body)["seq"]);
  EXPECT_EQ(Json::parse(hooks[1].body)["type"], "memory.deleted");
  EXPECT_TRUE(eventually([&] {
    const Json log = anna_.get(address_ + "/deliveries").json()["items"];
    return log.size() == 2 && log[0]["state"] == "delivered" && log[0]["status"] == 204 && log[1]["attempts"] == 1;
  }));
  EXPECT_FALSE(anna_.get(address_).body.contains(secret));
  EXPECT_FALSE(server_->log().contains(secret));
}

TEST_F(WebhooksTest, AreChangedByWhoReadThem) {
  const Json made = add();
  EXPECT_EQ(made["enabled"], true);
  const Reply read = anna_.get(address_);
  EXPECT_EQ(read.header("etag"), "\"1\"");
  EXPECT_EQ(anna_.patch(address_, {{"enabled", false}}).status, 428);
  const Reply off = anna_.patch_if(address_, 1, {{"enabled", false}, {"description", "Lamp"}});
  EXPECT_EQ(off.status, 200) << off.body;
  EXPECT_EQ(off.header("etag"), "\"2\"");
  EXPECT_EQ(off.json()["description"], "Lamp");
  EXPECT_EQ(anna_.patch_if(address_, 1, {{"enabled", true}}).status, 412);
  EXPECT_EQ(anna_.get("/api/v1/webhooks?spaceId=" + space_).json()["items"].size(), 1U);
  EXPECT_EQ(anna_.del(address_).status, 204);
  EXPECT_EQ(anna_.get(address_).problem(), "webhook.not-found");
}

TEST_F(WebhooksTest, AreMadeOnceForAnIdempotencyKey) {
  const Headers key{"Idempotency-Key: " + space_};
  const Reply first = anna_.post("/api/v1/webhooks", draft(), key);
  const Reply again = anna_.post("/api/v1/webhooks", draft(), key);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.header("location"), "/api/v1/webhooks/" + first.json()["id"].get<std::string>());
  EXPECT_EQ(again.json()["id"], first.json()["id"]);
  EXPECT_EQ(anna_.get("/api/v1/webhooks").json()["items"].size(), 1U);
}

TEST_F(WebhooksTest, BelongToOwners) {
  add();
  const std::string delivery = anna_.request("POST", address_ + "/test").json()["id"];
  Client editor = member("editor");
  Client stranger = server_->client();
  stranger.register_as("Semyon");
  for (auto& [client, status] : std::vector<std::pair<Client*, long>>{{&editor, 403}, {&stranger, 404}}) {
    EXPECT_EQ(client->get(address_).status, status);
    EXPECT_EQ(client->patch_if(address_, 1, {{"enabled", false}}).status, status);
    EXPECT_EQ(client->del(address_).status, status);
    EXPECT_EQ(client->request("POST", address_ + "/secret").status, status);
    EXPECT_EQ(client->request("POST", address_ + "/test").status, status);
    EXPECT_EQ(client->get(address_ + "/deliveries").status, status);
    EXPECT_EQ(client->get(address_ + "/deliveries/" + delivery).status, status);
    EXPECT_EQ(client->request("POST", address_ + "/deliveries/" + delivery + "/redeliver").status, status);
    EXPECT_EQ(client->post("/api/v1/webhooks", draft()).status, status);
    EXPECT_EQ(client->get("/api/v1/webhooks?spaceId=" + space_).status, status);
    EXPECT_TRUE(client->get("/api/v1/webhooks").json()["items"].empty());
    Json common = draft();
    common.erase("spaceId");
    EXPECT_EQ(client->post("/api/v1/webhooks", common).problem(), "webhook.not-allowed");
  }
  EXPECT_EQ(operator_->get(address_).status, 200) << "who runs the installation answers for what it calls";
  EXPECT_EQ(operator_->post("/api/v1/webhooks", draft()).status, 404) << "and still is in no family of others";
}

TEST_F(WebhooksTest, OfTheInstallationHearOfEverySpace) {
  const std::string id =
      operator_->post("/api/v1/webhooks", {{"url", receiver_.url()}, {"events", {"memory.created"}}}).json()["id"];
  const std::string memory = remember("one");
  const auto hooks = receiver_.wait_for(1);
  ASSERT_FALSE(hooks.empty());
  EXPECT_EQ(Json::parse(hooks[0].body)["data"]["id"], memory);
  EXPECT_EQ(operator_->del("/api/v1/webhooks/" + id).status, 204);
}

TEST_F(WebhooksTest, CanBeTriedAndDeliverAgain) {
  add();
  const Reply test = anna_.request("POST", address_ + "/test");
  EXPECT_EQ(test.status, 202) << test.body;
  EXPECT_EQ(test.json()["type"], "ping");
  ASSERT_EQ(receiver_.wait_for(1).size(), 1U);
  const std::string entry = address_ + "/deliveries/" + test.json()["id"].get<std::string>();
  EXPECT_TRUE(eventually([&] { return anna_.get(entry).json()["state"] == "delivered"; }));
  receiver_.answer_with([](const ReceivedHook&) { return HookReply{.status = 500, .body = "no"}; });
  EXPECT_EQ(anna_.request("POST", entry + "/redeliver").status, 202);
  Json failed;
  EXPECT_TRUE(eventually([&] {
    failed = anna_.get(entry, {"Accept-Language: ru"}).json();
    return failed["state"] == "failed";
  }));
  EXPECT_EQ(failed["attempts"], 2);
  EXPECT_EQ(failed["answer"], "no");
  EXPECT_EQ(failed["reason"], "webhook.refused");
  EXPECT_FALSE(failed["reasonText"].get<std::string>().empty());
  const auto hooks = receiver_.received();
  EXPECT_EQ(hooks[0].body, hooks[1].body);
  EXPECT_EQ(anna_.request("POST", address_ + "/deliveries/" + space_ + "/redeliver").problem(),
            "webhook.delivery-not-found");
}

TEST_F(WebhooksTest, RefuseWhatCannotBe) {
  const auto refused = [&](const std::string& field, const Json& value) {
    Json bad = draft();
    bad[field] = value;
    const Reply reply = anna_.post("/api/v1/webhooks", bad);
    EXPECT_EQ(reply.status, 422) << reply.body;
    return reply.json()["errors"][0].value("code", "");
  };
  EXPECT_EQ(refused("url", "https://192.168.1.1/"), "private-address");
  EXPECT_EQ(refused("url", "https://[::1]/"), "private-address");
  EXPECT_EQ(refused("url", "http://example.org/"), "needs-https");
  EXPECT_EQ(refused("url", "ftp://example.org/"), "not-a-web-address");
  EXPECT_EQ(refused("url", "https://a:b@example.org/"), "has-password");
  EXPECT_EQ(refused("url", 7), "wrong-type");
  EXPECT_EQ(refused("events", Json::array()), "empty");
  EXPECT_EQ(refused("events", {"session.ended"}), "unknown-value");
  EXPECT_EQ(refused("spaceID", "x"), "unknown");
  EXPECT_TRUE(anna_.get("/api/v1/webhooks").json()["items"].empty());
  EXPECT_EQ(anna_.get("/api/v1/webhooks/x/deliveries").status, 404);
  add();
  EXPECT_EQ(anna_.get(address_ + "/deliveries?cursor=x").status, 400);
}

TEST(WebhooksWithoutLeave, ReachNothingPrivate) {
  HookReceiver receiver;
  TestServer server;
  Client me = server.client();
  me.register_as("Vera");
  const Reply reply = me.post("/api/v1/webhooks", {{"url", receiver.url()}, {"events", {"memory.created"}}});
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.json()["errors"][0]["code"], "private-address");
  // A name that leads home is found out when it is called, whatever it was when it was saved.
  const std::string by_name = "https://ip6-localhost:" + std::to_string(receiver.port()) + "/";
  const Json made = me.post("/api/v1/webhooks", {{"url", by_name}, {"events", {"memory.created"}}}).json();
  const std::string address = "/api/v1/webhooks/" + made.value("id", "");
  const std::string entry = address + "/deliveries/" + me.request("POST", address + "/test").json().value("id", "");
  EXPECT_TRUE(eventually([&] { return me.get(entry).json()["state"] == "failed"; }));
  EXPECT_TRUE(receiver.received().empty());
}

TEST(WebhooksCrash, TellEveryEventInOrderThroughKills) {
  TestServer server(local_receivers());
  Client me = server.client();
  me.register_as("Vera");
  HookReceiver receiver;
  const std::string space = me.post("/api/v1/spaces", {{"title", "Family"}}).json()["id"];
  me.post("/api/v1/webhooks", {{"spaceId", space}, {"url", receiver.url()}, {"events", {"memory.created"}}});
  std::vector<std::string> made;
  const auto happen = [&] {
    for (int i = 0; i < 10; ++i)
      made.push_back(me.post("/api/v1/memories", {{"title", "x"}, {"spaceId", space}}).json()["id"]);
  };
  happen();
  EXPECT_GE(receiver.wait_for(3).size(), 3U); // killed with some told, one perhaps under way, and the others waiting
  server.kill();
  server.start();
  happen();
  server.kill(); // with events that may not have been fed yet
  server.start();
  happen();
  std::vector<std::string> told;
  std::set<std::string> seen;
  const auto all_told = [&] {
    told.clear();
    seen.clear();
    for (const ReceivedHook& hook : receiver.received()) {
      const std::string id = Json::parse(hook.body)["data"]["id"];
      if (seen.insert(id).second) told.push_back(id);
    }
    return told.size() == made.size();
  };
  // The job of a worker that died comes again after a minute.
  EXPECT_TRUE(eventually(all_told) || eventually(all_told)) << told.size() << " of " << made.size();
  EXPECT_EQ(told, made) << "each at least once, the first time in the order of the events";
}

} // namespace
} // namespace mv::test
