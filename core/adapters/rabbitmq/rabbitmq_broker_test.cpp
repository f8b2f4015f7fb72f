// The Broker port on a real RabbitMQ, and the relay that feeds it.

#include "core/adapters/rabbitmq/rabbitmq_broker.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/adapters/rabbitmq/testing/amqp_receiver.hpp"
#include "core/adapters/sqlite/database.hpp"
#include "core/base/ids.hpp"
#include "core/events/broker_relay.hpp"
#include "core/events/outbox.hpp"
#include "core/migrations/runner.hpp"
#include "core/ports/contracts/broker_contract.hpp"
#include "core/testing/rabbitmq_server.hpp"

namespace mv::rabbitmq {
namespace {

/// One for all tests, since it takes seconds to start; each test has an exchange of its own.
test::RabbitMqServer& server() {
  static test::RabbitMqServer shared;
  return shared;
}

class OnRabbitMq {
public:
  RabbitMqBroker& broker() { return broker_; }
  void bind(const std::string& queue, const std::string& pattern) { receiver_.bind(exchange_ + queue, pattern); }
  std::vector<test::AmqpMessage> take(const std::string& queue, std::size_t count) {
    return receiver_.take(exchange_ + queue, count);
  }
  void kill() { server().kill(); }
  void start() { server().start(); }

private:
  std::string exchange_ = "test-" + new_id();
  Metrics metrics_;
  Address address_ = *parse_address(server().url());
  RabbitMqBroker broker_{address_, metrics_, {.exchange = exchange_}};
  test::AmqpReceiver receiver_{address_, exchange_};
};

} // namespace
} // namespace mv::rabbitmq

namespace mv {
INSTANTIATE_TYPED_TEST_SUITE_P(RabbitMq, BrokerContract, rabbitmq::OnRabbitMq);
} // namespace mv

namespace mv::rabbitmq {
namespace {

TEST(RabbitMqBrokerTest, SpeaksTlsToWhoCanProveWhoTheyAre) {
  Metrics metrics;
  const Address good = *parse_address(server().tls_url());
  RabbitMqBroker broker(good, metrics, {.exchange = "tls"});
  const std::vector<BrokerMessage> messages{{.seq = 1, .type = "memory.created", .body = "{}", .at = 0}};
  const auto published = broker.publish(messages);
  EXPECT_TRUE(published.has_value()) << published.error().cause;
  Address stranger = good;
  stranger.ca_file.clear(); // nobody whom this machine trusts has signed it
  EXPECT_FALSE(RabbitMqBroker(stranger, metrics, {.exchange = "tls"}).publish(messages).has_value());
}

TEST(RabbitMqBrokerTest, TakesANackForAFailure) {
  Metrics metrics;
  const Address address = *parse_address(server().url());
  const test::AmqpReceiver receiver(address, "full");
  receiver.bind("full", "#", 1);
  RabbitMqBroker broker(address, metrics, {.exchange = "full"});
  const auto message = [](std::int64_t seq) {
    return BrokerMessage{.seq = seq, .type = "memory.created", .body = "{}", .at = 0};
  };
  EXPECT_TRUE(broker.publish({message(1)}).has_value());
  const auto refused = broker.publish({message(2), message(3)});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().key, "broker.failed");
  EXPECT_EQ(receiver.take("full", 1).front().id, "1");
  EXPECT_TRUE(broker.publish({message(2)}).has_value()) << "there is room again";
}

TEST(RabbitMqBrokerTest, NeverShowsThePassword) {
  Metrics metrics;
  Address wrong = *parse_address(server().url());
  wrong.password = Secret("hunter2-hunter2");
  const auto refused = RabbitMqBroker(wrong, metrics, {.exchange = "x"})
                           .publish({{.seq = 1, .type = "memory.created", .body = "{}", .at = 0}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_FALSE(refused.error().cause.contains("hunter2")) << refused.error().cause;
}

TEST(RabbitMqBrokerTest, TellsWrongSettingsFromABrokerThatIsAway) {
  Metrics metrics;
  const Address good = *parse_address(server().url());
  EXPECT_TRUE(RabbitMqBroker::open(good, metrics).has_value());
  Address away = good;
  away.port = 1;
  const auto degraded = RabbitMqBroker::open(away, metrics);
  ASSERT_TRUE(degraded.has_value());
  ASSERT_FALSE((*degraded)->health().has_value());
  EXPECT_TRUE((*degraded)->health().error().cause.starts_with("amqp://mv@127.0.0.1:1: connect: "))
      << (*degraded)->health().error().cause;

  Address wrong = good;
  wrong.user = "nobody";
  Address nowhere = good;
  nowhere.virtual_host = "nowhere";
  Address stranger = *parse_address(server().tls_url());
  stranger.ca_file.clear();
  for (const Address& address : {wrong, nowhere, stranger}) {
    const auto refused = RabbitMqBroker::open(address, metrics);
    ASSERT_FALSE(refused.has_value()) << address.shown();
    EXPECT_EQ(refused.error().key, kRefused);
    EXPECT_TRUE(refused.error().cause.starts_with(address.shown() + ": ")) << refused.error().cause;
  }
  // An exchange of that name is there, and of another kind.
  EXPECT_EQ(RabbitMqBroker::open(good, metrics, {.exchange = "amq.direct"}).error().key, kRefused);
}

class RelayTest : public testing::Test {
protected:
  RelayTest() {
    db_ = *sqlite::SqliteDatabase::open(folder_ / "relay.sqlite");
    EXPECT_TRUE(migrations::Runner(*db_, clock_).migrate().has_value());
    maker_.bind("all", "#");
  }
  ~RelayTest() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  void happen(int count, const std::string& user_id = {}) {
    EXPECT_TRUE(db_->transaction([&](Transaction& tx) -> Result<void> {
                     for (int i = 0; i < count; ++i)
                       TRY_OK(events::Outbox(tx).add(
                           {.type = "memory.created", .space_id = "s", .user_id = user_id, .at = clock_.now()}));
                     return {};
                   })
                    .has_value());
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("relay-" + new_id());
  FixedClock clock_{1'790'000'000'000};
  std::unique_ptr<sqlite::SqliteDatabase> db_;
  OnRabbitMq maker_;
};

TEST_F(RelayTest, RelaysWhatEverybodyMayHearInOrder) {
  happen(3);
  events::BrokerRelay relay(*db_, maker_.broker(), clock_);
  EXPECT_EQ(relay.step(), false) << "it begins with what happens from now on";
  happen(2);
  happen(1, "anna");
  happen(1);
  EXPECT_EQ(relay.step(), false);
  const auto got = maker_.take("all", 3);
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].id, "4");
  EXPECT_EQ(got[1].id, "5");
  EXPECT_EQ(got[2].id, "7") << "the one that is one person's alone stays at home";
  EXPECT_TRUE(got[2].body.contains(R"("id":"7","seq":7,"type":"memory.created")")) << got[2].body;
}

TEST_F(RelayTest, IsOneAtATimeAndAnotherGoesOnWhereItWas) {
  auto first = std::make_unique<events::BrokerRelay>(*db_, maker_.broker(), clock_);
  EXPECT_EQ(first->step(), false);
  events::BrokerRelay second(*db_, maker_.broker(), clock_);
  happen(1);
  EXPECT_EQ(second.step(), false);
  EXPECT_EQ(first->step(), false);
  happen(1);
  first.reset(); // hands the lease over
  EXPECT_EQ(second.step(), false);
  const auto got = maker_.take("all", 2);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].id, "1");
  EXPECT_EQ(got[1].id, "2");
}

TEST_F(RelayTest, LosesNothingWhenTheBrokerIsKilledAndComesBack) {
  events::BrokerRelay relay(*db_, maker_.broker(), clock_);
  EXPECT_EQ(relay.step(), false);
  happen(250);
  EXPECT_EQ(relay.step(), true);
  server().kill();
  happen(250);
  EXPECT_FALSE(relay.step().has_value());
  server().start();
  happen(10);
  for (int tries = 0; tries < 300; ++tries) {
    const auto step = relay.step();
    if (step && !*step) break;
    if (!step) std::this_thread::sleep_for(std::chrono::milliseconds(100)); // the breaker's rest
  }
  std::set<std::int64_t> heard;
  std::int64_t latest = 0;
  for (const auto& message : maker_.take("all", 510)) {
    const std::int64_t seq = std::stoll(message.id);
    if (heard.insert(seq).second) {
      EXPECT_GT(seq, latest);
      latest = seq;
    }
  }
  EXPECT_EQ(heard.size(), 510U);
}

} // namespace
} // namespace mv::rabbitmq
