// Every query of webhooks on PostgreSQL, and feeders of several machines.

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "core/adapters/jobs/queue.hpp"
#include "core/base/ids.hpp"
#include "core/events/cursor.hpp"
#include "core/events/outbox.hpp"
#include "core/testing/migrated_postgres.hpp"
#include "core/webhooks/feeder.hpp"
#include "core/webhooks/repository.hpp"

namespace mv::webhooks {
namespace {

class PostgresWebhooksTest : public testing::Test {
protected:
  template <typename Work>
  auto with(Work work) {
    auto done = home_.database().transaction([&](Transaction& tx) {
      WebhookRepository rows(tx);
      return work(rows);
    });
    EXPECT_TRUE(done.has_value()) << done.error().cause;
    return done;
  }
  HookRecord add_hook() {
    HookRecord hook{.id = new_id(),
                    .space_id = std::nullopt,
                    .url = "https://example.org/",
                    .description = "Lamp",
                    .events = {"memory.created", "memory.deleted"},
                    .secret = "sealed",
                    .created_at = clock_.now(),
                    .updated_at = clock_.now()};
    EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.insert(hook); }).has_value());
    return hook;
  }

  test::MigratedPostgres home_;
  FixedClock clock_{1'790'000'000'000};
};

TEST_F(PostgresWebhooksTest, RunsEveryQuery) {
  HookRecord hook = add_hook();
  const TimeMs now = clock_.now();
  EXPECT_EQ(*with([&](WebhookRepository& rows) { return rows.count(std::nullopt); }), 1);
  EXPECT_EQ(*with([&](WebhookRepository& rows) { return rows.count("s"); }), 0);
  EXPECT_EQ(with([&](WebhookRepository& rows) { return rows.all(); })->size(), 1U);
  EXPECT_EQ(with([&](WebhookRepository& rows) { return rows.enabled(); })->size(), 1U);
  EXPECT_EQ(with([&](WebhookRepository& rows) { return rows.of_space("s"); })->size(), 0U);
  hook.url = "https://example.com/";
  EXPECT_EQ(**with([&](WebhookRepository& rows) { return rows.update(hook); }), 2);
  EXPECT_FALSE(*with([&](WebhookRepository& rows) { return rows.update(hook); })) << "an old version";
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.set_secret(hook.id, "other", now); }).has_value());
  EXPECT_TRUE(*with([&](WebhookRepository& rows) { return rows.lease(hook.id, "a", now + kMinute, now); }));
  EXPECT_FALSE(*with([&](WebhookRepository& rows) { return rows.lease(hook.id, "b", now + kMinute, now); }));
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.release(hook.id, "a"); }).has_value());
  EXPECT_TRUE(*with([&](WebhookRepository& rows) { return rows.lease(hook.id, "b", now + kMinute, now); }));
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.note_failure(hook.id, now); }).has_value());
  EXPECT_EQ(with([&](WebhookRepository& rows) { return rows.note_failure(hook.id, now + 1); })->since, now);
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.note_success(hook.id); }).has_value());
  const auto read = with([&](WebhookRepository& rows) { return rows.find(hook.id); });
  EXPECT_EQ((*read)->url, hook.url);
  EXPECT_EQ((*read)->secret, "other");
  EXPECT_EQ((*read)->events, hook.events);
  EXPECT_EQ((*read)->failures, 0);
  EXPECT_FALSE((*read)->failing_since);

  const DeliveryRecord delivery{
      .id = new_id(), .webhook_id = hook.id, .seq = 7, .type = "memory.created", .body = "{}", .created_at = now};
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.insert(delivery); }).has_value());
  EXPECT_EQ((*with([&](WebhookRepository& rows) { return rows.next_delivery(hook.id); }))->id, delivery.id);
  EXPECT_TRUE(with([&](WebhookRepository& rows) {
                return rows.note_attempt(delivery.id, "pending",
                                         {.reason = "webhook.refused", .status = 500, .text = "no"}, now);
              }).has_value());
  EXPECT_TRUE(
      with([&](WebhookRepository& rows) { return rows.fail_pending(hook.id, "webhook.disabled"); }).has_value());
  const auto failed = with([&](WebhookRepository& rows) { return rows.find_delivery(hook.id, delivery.id); });
  EXPECT_EQ((*failed)->state, "failed");
  EXPECT_EQ((*failed)->reason, "webhook.refused");
  EXPECT_EQ((*failed)->status, 500);
  EXPECT_EQ((*failed)->attempts, 1);
  EXPECT_TRUE(*with([&](WebhookRepository& rows) { return rows.redeliver(hook.id, delivery.id); }));
  EXPECT_FALSE(*with([&](WebhookRepository& rows) { return rows.redeliver(hook.id, delivery.id); }));
  EXPECT_EQ(with([&](WebhookRepository& rows) { return rows.deliveries(hook.id, {}, 10); })->size(), 1U);
  EXPECT_TRUE(with([&](WebhookRepository& rows) {
                return rows.note_attempt(delivery.id, "delivered", {.status = 204}, now);
              }).has_value());
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.forget_deliveries(now + 1); }).has_value());
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.deliveries(hook.id, {}, 10); })->empty());
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.disable(hook.id, "webhook.gone", now); }).has_value());
  EXPECT_EQ((*with([&](WebhookRepository& rows) { return rows.find(hook.id); }))->disabled_reason, "webhook.gone");
  EXPECT_TRUE(with([&](WebhookRepository& rows) { return rows.remove(hook.id); }).has_value());
  EXPECT_FALSE(*with([&](WebhookRepository& rows) { return rows.find(hook.id); }));
}

TEST_F(PostgresWebhooksTest, FeedersOfSeveralMachinesMakeOneDeliveryOfAnEvent) {
  const HookRecord hook = add_hook();
  jobs::DatabaseJobQueue queue(home_.database(), clock_);
  {
    std::vector<std::jthread> threads;
    for (int feeder = 0; feeder < 3; ++feeder) {
      threads.emplace_back([&](const std::stop_token& stop) {
        Feeder own(home_.database(), queue, clock_, [] {});
        while (!stop.stop_requested()) {
          const auto step = own.step();
          EXPECT_TRUE(step.has_value()) << step.error().cause;
        }
      });
    }
    for (int i = 0; i < 300; ++i) {
      EXPECT_TRUE(home_.database()
                      .transaction([&](Transaction& tx) {
                        return events::Outbox(tx).add({.type = "memory.created", .space_id = "s", .at = clock_.now()});
                      })
                      .has_value());
    }
  }
  Feeder last(home_.database(), queue, clock_, [] {});
  while (*last.step()) {
  }
  const auto deliveries = with([&](WebhookRepository& rows) { return rows.deliveries(hook.id, {}, 1000); });
  std::set<std::int64_t> events;
  for (const DeliveryRecord& delivery : *deliveries)
    events.insert(delivery.seq);
  EXPECT_EQ(deliveries->size(), 300U);
  EXPECT_EQ(events.size(), 300U);
}

TEST_F(PostgresWebhooksTest, CursorsAreLeasedAndMoved) {
  const TimeMs now = clock_.now();
  const auto cursor = [&](auto work) {
    return home_.database().transaction([&](Transaction& tx) {
      events::Cursor one(tx, "broker");
      return work(one);
    });
  };
  EXPECT_TRUE(cursor([](events::Cursor& one) { return one.begin_at(3); }).has_value());
  EXPECT_EQ(*cursor([&](events::Cursor& one) { return one.lease("a", now + kMinute, now); }), 3);
  EXPECT_FALSE(*cursor([&](events::Cursor& one) { return one.lease("b", now + kMinute, now); }));
  EXPECT_TRUE(cursor([](events::Cursor& one) { return one.move(3, 9); }).has_value());
  EXPECT_EQ(cursor([](events::Cursor& one) { return one.move(3, 9); }).error().key, "events.cursor-moved");
  EXPECT_TRUE(cursor([](events::Cursor& one) { return one.release("a"); }).has_value());
  EXPECT_EQ(*cursor([&](events::Cursor& one) { return one.lease("b", now + kMinute, now); }), 9);
}

} // namespace
} // namespace mv::webhooks
