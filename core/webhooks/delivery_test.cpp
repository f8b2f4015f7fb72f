// From an event to a receiver: order, privacy, failures, and what a crash leaves behind.

#include <gtest/gtest.h>

#include <algorithm>

#include "core/accounts/home_fixture.hpp"
#include "core/adapters/curl/hook_sender.hpp"
#include "core/adapters/curl/testing/hook_receiver.hpp"
#include "core/adapters/jobs/queue.hpp"
#include "core/webhooks/deliverer.hpp"
#include "core/webhooks/feeder.hpp"
#include "core/webhooks/repository.hpp"
#include "core/webhooks/service.hpp"

namespace mv::webhooks {
namespace {

using test::HookReceiver;
using test::HookReply;
using test::must;
using test::ReceivedHook;
using test::refusal;

class WebhookDeliveryTest : public test::HomeTest {
protected:
  Asker anna() { return {.user_id = anna_.user.id, .is_owner = false}; }

  Webhook hook(const std::vector<std::string>& events = {"memory.created"}) {
    const Webhook made = must(service_.create(
        anna(), {.space_id = space_.id, .url = receiver_.url(), .events = events, .description = std::nullopt}));
    secret_ = must(service_.new_secret(anna(), made.id)).secret;
    return made;
  }
  std::int64_t happen(const std::string& type, const std::string& space_id, const std::string& user_id = {}) {
    must(db_->transaction([&](Transaction& tx) {
      return events::Outbox(tx).add(
          {.type = type, .space_id = space_id, .user_id = user_id, .at = clock_.now(), .data = R"({"id":"m"})"});
    }));
    return must(db_->read([](Transaction& tx) { return events::Outbox(tx).latest(); }));
  }
  void feed() {
    while (must(feeder_.step())) {
    }
  }
  /// Runs the next job of a hook, as a worker would; its refusal or "", or "no job".
  std::string work() {
    const auto job = must(queue_.claim({std::string(kDeliverJob)}, kMinute));
    if (!job) return "no job";
    const auto done = deliverer_.run(*job);
    if (done)
      must(queue_.complete(*job));
    else
      must(queue_.fail(*job, done.error().key, 1000));
    return refusal(done);
  }
  std::vector<WebhookDelivery> log(const Webhook& of) { return must(service_.deliveries(anna(), of.id, {})).items; }

  SignedIn operator_ = person("Olga");
  SignedIn anna_ = person("Anna");
  Space space_ = must(spaces_->create(anna_.user.id, {.title = "The family"}));
  jobs::DatabaseJobQueue queue_{*db_, clock_};
  Metrics metrics_;
  Dependency receivers_{"webhook", metrics_, Dependency::NeverRests{}};
  curl::CurlHookSender sender_{{.private_hosts = {"127.0.0.1"}}};
  Sealer sealer_ = Sealer::from_passphrase(Secret("0123456789abcdef0123456789abcdef"));
  WebhookService service_{*db_, queue_, sender_, sealer_, clock_};
  int woken_ = 0;
  Feeder feeder_{*db_, queue_, clock_, [this] { ++woken_; }};
  bool stopping_ = false;
  Deliverer deliverer_{*db_, queue_, sender_, sealer_, receivers_, clock_, [this] { return stopping_; }};
  HookReceiver receiver_;
  std::string secret_;
};

TEST_F(WebhookDeliveryTest, DeliversSignedEventsInTheirOrder) {
  const Webhook made = hook({"memory.created", "memory.deleted"});
  constexpr std::string_view kCaller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  std::int64_t first = 0;
  {
    const TraceScope request("test", SpanKind::server, kCaller, TraceScope::Sampling::as_the_caller_says);
    first = happen("memory.created", space_.id);
  }
  happen("memory.updated", space_.id);
  const std::int64_t second = happen("memory.deleted", space_.id);
  feed();
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(work(), "");
  EXPECT_EQ(work(), "no job");

  const auto hooks = receiver_.received();
  ASSERT_EQ(hooks.size(), 2U);
  const auto entries = log(made);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(hooks[0].headers.at("traceparent").substr(0, 36), kCaller.substr(0, 36)) << "of the request that caused it";
  EXPECT_FALSE(hooks[1].headers.contains("traceparent")) << "nothing was known to cause it";
  for (std::size_t at = 0; at < 2; ++at) {
    const ReceivedHook& got = hooks[at];
    EXPECT_EQ(got.body, entries[1 - at].body);
    EXPECT_EQ(got.headers.at("memoryverse-event"), at == 0 ? "memory.created" : "memory.deleted");
    EXPECT_EQ(got.headers.at("memoryverse-delivery"), entries[1 - at].id);
    const std::string& timestamp = got.headers.at("memoryverse-timestamp");
    EXPECT_EQ(timestamp, std::to_string(clock_.now() / kSecond));
    EXPECT_EQ(got.headers.at("memoryverse-signature"),
              "sha256=" + hmac_sha256_hex(secret_, timestamp + "." + got.body));
    EXPECT_EQ(entries[at].state, "delivered");
    EXPECT_EQ(entries[at].status, 204);
    EXPECT_EQ(entries[at].attempts, 1);
  }
  EXPECT_EQ(entries[1].seq, first);
  EXPECT_EQ(entries[0].seq, second);
  EXPECT_TRUE(entries[0].body.contains(R"("spaceId":")" + space_.id + R"(","data":{"id":"m"}})"));
}

TEST_F(WebhookDeliveryTest, TellsNothingPrivateAndNothingOfOtherSpaces) {
  const Webhook made = hook();
  const Webhook common =
      must(service_.create({.user_id = operator_.user.id, .is_owner = true}, {.space_id = std::nullopt,
                                                                              .url = receiver_.url("/common"),
                                                                              .events = {"memory.created"},
                                                                              .description = std::nullopt}));
  happen("memory.created", space_.id, anna_.user.id);
  happen("memory.created", "", anna_.user.id);
  happen("memory.created", anna_.user.personal_space_id);
  feed();
  while (work() != "no job") {
  }
  EXPECT_TRUE(log(made).empty());
  const auto hooks = receiver_.received();
  ASSERT_EQ(hooks.size(), 1U) << "the common hook hears of every space, but of nothing that is one person's alone";
  EXPECT_EQ(hooks[0].path, "/common");
  EXPECT_TRUE(hooks[0].body.contains(anna_.user.personal_space_id));
}

TEST_F(WebhookDeliveryTest, HearsOnlyOfWhatCameAfterItWasMade) {
  happen("memory.created", space_.id);
  const Webhook made = hook();
  feed();
  EXPECT_EQ(work(), "no job");
  happen("memory.created", space_.id);
  must(service_.patch(anna(), made.id, 1, {.enabled = false}));
  feed();
  must(service_.patch(anna(), made.id, 2, {.enabled = true}));
  feed();
  EXPECT_EQ(work(), "no job") << "what happened while it was off is not told later";
  happen("memory.created", space_.id);
  feed();
  EXPECT_EQ(work(), "");
  EXPECT_EQ(receiver_.received().size(), 1U);
}

TEST_F(WebhookDeliveryTest, WritesNothingWhileNobodyListens) {
  happen("memory.created", space_.id);
  feed();
  const Rows rows =
      must(db_->read([](Transaction& tx) { return tx.run(Query{"look", "SELECT COUNT(*) FROM outbox_cursors"}); }));
  EXPECT_EQ(rows.front().integer(0), 0);
}

TEST_F(WebhookDeliveryTest, HoldsLaterEventsBackUntilTheFirstIsThrough) {
  const Webhook made = hook();
  receiver_.answer_with([](const ReceivedHook&) { return HookReply{.status = 503, .body = "later"}; });
  happen("memory.created", space_.id);
  happen("memory.created", space_.id);
  feed();
  EXPECT_EQ(work(), "webhook.refused");
  EXPECT_EQ(receiver_.received().size(), 1U) << "the second waits for the first";
  EXPECT_EQ(work(), "no job") << "the back-off";
  const auto entries = log(made);
  EXPECT_EQ(entries[1].state, "pending");
  EXPECT_EQ(entries[1].status, 503);
  EXPECT_EQ(entries[1].answer, "later");
  EXPECT_EQ(entries[1].reason, "webhook.refused");
  EXPECT_EQ(entries[0].attempts, 0);
  EXPECT_EQ(must(service_.get(anna(), made.id)).failures, 1);

  // News does not end the back-off.
  happen("memory.created", space_.id);
  feed();
  EXPECT_EQ(work(), "no job");
  receiver_.answer_with({});
  clock_.advance(3 * kSecond);
  EXPECT_EQ(work(), "");
  const auto hooks = receiver_.received();
  ASSERT_EQ(hooks.size(), 4U);
  EXPECT_EQ(hooks[0].body, hooks[1].body) << "the same bytes and the same id";
  const Webhook well = must(service_.get(anna(), made.id));
  EXPECT_EQ(well.failures, 0);
  EXPECT_FALSE(well.failing_since);
}

TEST_F(WebhookDeliveryTest, LeavesAHookThatFailsAloneAndServesTheOthers) {
  const Webhook broken = hook();
  const Webhook well = must(service_.create(anna(), {.space_id = space_.id,
                                                     .url = receiver_.url("/well"),
                                                     .events = {"memory.created"},
                                                     .description = std::nullopt}));
  receiver_.answer_with([](const ReceivedHook& got) { return HookReply{.status = got.path == "/well" ? 204 : 500}; });
  constexpr int kMinutes = 60;
  for (int i = 0; i < kMinutes; ++i) {
    happen("memory.created", space_.id);
    feed();
    while (work() != "no job") {
    }
    clock_.advance(kMinute);
  }
  const auto hooks = receiver_.received();
  const auto served = std::ranges::count(hooks, "/well", &ReceivedHook::path);
  EXPECT_EQ(served, kMinutes) << "one that is down holds no other up";
  // After 2, 4, 8 seconds and so on: eleven times in an hour, give or take the spread and the minute's pace.
  EXPECT_LT(std::ssize(hooks) - served, 16);
  EXPECT_GT(must(service_.get(anna(), broken.id)).failures, 5);
  EXPECT_EQ(must(service_.get(anna(), well.id)).failures, 0);
  const std::string metrics = metrics_.render();
  EXPECT_TRUE(metrics.contains(
      R"(memoryverse_dependency_calls_total{dependency="webhook",operation="post",outcome="success"} 60)"));
  EXPECT_FALSE(metrics.contains("breaker_state"));
}

TEST_F(WebhookDeliveryTest, IsDisabledAfterADayOfFailures) {
  const Webhook made = hook();
  receiver_.answer_with([](const ReceivedHook&) { return HookReply{.status = 500}; });
  happen("memory.created", space_.id);
  happen("memory.created", space_.id);
  feed();
  int tries = 0;
  while (must(service_.get(anna(), made.id)).enabled && tries < 100) {
    if (work() != "no job") ++tries;
    clock_.advance(10 * kMinute);
  }
  EXPECT_GE(tries, 15);
  EXPECT_LT(tries, 60);
  const Webhook off = must(service_.get(anna(), made.id));
  EXPECT_EQ(off.disabled_reason, "webhook.failed-too-long");
  for (const WebhookDelivery& entry : log(made))
    EXPECT_EQ(entry.state, "failed");
  const std::size_t told = receiver_.received().size();
  happen("memory.created", space_.id);
  feed();
  clock_.advance(kDay);
  while (work() != "no job") {
  }
  EXPECT_EQ(receiver_.received().size(), told);
}

TEST_F(WebhookDeliveryTest, IsDisabledAtOnceByAReceiverThatIsGone) {
  const Webhook made = hook();
  receiver_.answer_with([](const ReceivedHook&) { return HookReply{.status = 410}; });
  happen("memory.created", space_.id);
  feed();
  EXPECT_EQ(work(), "");
  EXPECT_EQ(must(service_.get(anna(), made.id)).disabled_reason, "webhook.gone");
  EXPECT_EQ(log(made).front().state, "failed");
}

TEST_F(WebhookDeliveryTest, SendsAPingOnceAlsoWhereItIsOff) {
  const Webhook made = hook();
  must(service_.patch(anna(), made.id, 1, {.enabled = false}));
  receiver_.answer_with([](const ReceivedHook&) { return HookReply{.status = 500}; });
  const WebhookDelivery ping = must(service_.test(anna(), made.id));
  EXPECT_EQ(ping.state, "pending");
  EXPECT_FALSE(ping.seq);
  EXPECT_EQ(work(), "");
  const WebhookDelivery after = must(service_.delivery(anna(), made.id, ping.id));
  EXPECT_EQ(after.state, "failed");
  EXPECT_EQ(after.status, 500);
  EXPECT_EQ(must(service_.get(anna(), made.id)).failures, 0) << "a test is no reason to rest";
  EXPECT_EQ(receiver_.received().front().headers.at("memoryverse-event"), "ping");
}

TEST_F(WebhookDeliveryTest, DeliversALogEntryAgain) {
  const Webhook made = hook();
  happen("memory.created", space_.id);
  feed();
  EXPECT_EQ(work(), "");
  const std::string id = log(made).front().id;
  EXPECT_EQ(must(service_.redeliver(anna(), made.id, id)).state, "pending");
  EXPECT_EQ(work(), "");
  const auto hooks = receiver_.received();
  ASSERT_EQ(hooks.size(), 2U);
  EXPECT_EQ(hooks[0].body, hooks[1].body);
  EXPECT_EQ(log(made).front().attempts, 2);
  EXPECT_EQ(refusal(service_.redeliver(anna(), made.id, made.id)), "webhook.delivery-not-found");
}

TEST_F(WebhookDeliveryTest, LetsOneJobAtATimeDeliverForAHook) {
  hook();
  happen("memory.created", space_.id);
  feed();
  const auto dead = must(queue_.claim({std::string(kDeliverJob)}, kMinute)); // its worker dies with the hook in hand
  must(db_->transaction([&](Transaction& tx) {
    return WebhookRepository(tx).lease(dead->payload, dead->id, clock_.now() + 2 * kMinute, clock_.now());
  }));
  happen("memory.created", space_.id);
  feed();
  EXPECT_EQ(work(), "") << "another job leaves the hook to who holds it";
  EXPECT_TRUE(receiver_.received().empty());
  clock_.advance(kMinute);
  EXPECT_EQ(work(), "") << "the job of the dead worker comes again, and still holds the hook";
  EXPECT_EQ(receiver_.received().size(), 2U);
  EXPECT_EQ(work(), "no job");
}

TEST_F(WebhookDeliveryTest, HandsItsJobBackWhenTheServerStops) {
  hook();
  happen("memory.created", space_.id);
  feed();
  stopping_ = true;
  EXPECT_EQ(work(), "request.stopping");
  stopping_ = false;
  clock_.advance(3 * kSecond);
  EXPECT_EQ(work(), "");
  EXPECT_EQ(receiver_.received().size(), 1U);
}

TEST_F(WebhookDeliveryTest, SaysWhenItsSecretCannotBeRead) {
  const Webhook made = hook();
  const Sealer other = Sealer::from_passphrase(Secret("another passphrase of enough length"));
  Deliverer deliverer(*db_, queue_, sender_, other, receivers_, clock_, [] { return false; });
  happen("memory.created", space_.id);
  feed();
  const auto job = must(queue_.claim({std::string(kDeliverJob)}, kMinute));
  EXPECT_EQ(refusal(deliverer.run(*job)), "webhook.secret-unreadable");
  EXPECT_TRUE(receiver_.received().empty());
}

TEST_F(WebhookDeliveryTest, TwoFeedersMakeOneDeliveryOfAnEvent) {
  const Webhook made = hook();
  for (int i = 0; i < 450; ++i)
    happen("memory.created", space_.id);
  {
    std::vector<std::jthread> feeders;
    for (int i = 0; i < 3; ++i) {
      feeders.emplace_back([&] {
        Feeder feeder(*db_, queue_, clock_, [] {});
        while (must(feeder.step())) {
        }
      });
    }
  }
  const Rows rows = must(db_->read([](Transaction& tx) {
    return tx.run(Query{"look", "SELECT COUNT(*), COUNT(DISTINCT seq) FROM webhook_deliveries"});
  }));
  EXPECT_EQ(rows.front().integer(0), 450);
  EXPECT_EQ(rows.front().integer(1), 450);
}

} // namespace
} // namespace mv::webhooks
