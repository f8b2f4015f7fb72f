#pragma once

// What every Broker must do. `Maker` gives `broker()`, `bind(queue, pattern)`, `take(queue, count)` (messages with
// `id`, `routing_key`, `body` and `persistent`), `kill()` and `start()`.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "core/ports/broker.hpp"

namespace mv {

template <typename Maker>
class BrokerContract : public testing::Test {
protected:
  static BrokerMessage message(std::int64_t seq, const std::string& type = "memory.created") {
    return {.seq = seq, .type = type, .body = R"({"seq":)" + std::to_string(seq) + "}", .at = 1'790'000'000'000};
  }
  /// Tries until it is through, as the relay does.
  bool publish_at_last(const std::vector<BrokerMessage>& messages) {
    for (int tries = 0; tries < 300; ++tries) {
      if (maker_.broker().publish(messages)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  }

  Maker maker_;
};

TYPED_TEST_SUITE_P(BrokerContract);

TYPED_TEST_P(BrokerContract, KeepsMessagesInOrderForWhoAskedForThem) {
  this->maker_.bind("all", "#");
  this->maker_.bind("memories", "memory.*");
  std::vector<BrokerMessage> messages;
  for (int seq = 1; seq <= 500; ++seq)
    messages.push_back(this->message(seq, seq % 5 == 0 ? "collection.updated" : "memory.created"));
  EXPECT_EQ(this->maker_.broker().publish(messages), 0);
  const auto all = this->maker_.take("all", 500);
  ASSERT_EQ(all.size(), 500U);
  for (int seq = 1; seq <= 500; ++seq) {
    const auto& got = all[static_cast<std::size_t>(seq - 1)];
    EXPECT_EQ(got.id, std::to_string(seq));
    EXPECT_EQ(got.body, R"({"seq":)" + std::to_string(seq) + "}");
    EXPECT_EQ(got.routing_key, seq % 5 == 0 ? "collection.updated" : "memory.created");
    EXPECT_TRUE(got.persistent);
  }
  EXPECT_EQ(this->maker_.take("memories", 400).size(), 400U);
}

TYPED_TEST_P(BrokerContract, CountsWhatNobodyAskedFor) {
  EXPECT_EQ(this->maker_.broker().publish({this->message(1), this->message(2, "nobody.hears")}), 2);
  this->maker_.bind("memories", "memory.*");
  EXPECT_EQ(this->maker_.broker().publish({this->message(3), this->message(4, "nobody.hears")}), 1);
  const auto got = this->maker_.take("memories", 1);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].id, "3");
  EXPECT_EQ(this->maker_.broker().publish({}), 0);
}

TYPED_TEST_P(BrokerContract, KeepsWhatItConfirmedThroughItsDeathAndConnectsAgain) {
  this->maker_.bind("all", "#");
  EXPECT_TRUE(this->maker_.broker().publish({this->message(1), this->message(2)}).has_value());
  EXPECT_TRUE(this->maker_.broker().health().has_value());
  this->maker_.kill();
  const auto refused = this->maker_.broker().publish({this->message(3)});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(this->maker_.broker().health().has_value());
  this->maker_.start();
  EXPECT_TRUE(this->publish_at_last({this->message(3)}));
  EXPECT_TRUE(this->maker_.broker().health().has_value());
  const auto got = this->maker_.take("all", 3);
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].id, "1");
  EXPECT_EQ(got[1].id, "2");
  EXPECT_EQ(got[2].id, "3");
}

TYPED_TEST_P(BrokerContract, KnowsWithoutAMessageWhetherItAnswers) {
  const auto is_well = [this](bool well) {
    for (int tries = 0; tries < 300; ++tries) {
      const bool connected = this->maker_.broker().connect().has_value();
      EXPECT_EQ(this->maker_.broker().health().has_value(), connected);
      if (connected == well) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return false;
  };
  EXPECT_TRUE(this->maker_.broker().connect().has_value());
  EXPECT_TRUE(this->maker_.broker().connect().has_value());
  this->maker_.kill();
  EXPECT_TRUE(is_well(false));
  this->maker_.start();
  EXPECT_TRUE(is_well(true));
}

REGISTER_TYPED_TEST_SUITE_P(BrokerContract, KeepsMessagesInOrderForWhoAskedForThem, CountsWhatNobodyAskedFor,
                            KeepsWhatItConfirmedThroughItsDeathAndConnectsAgain, KnowsWithoutAMessageWhetherItAnswers);

} // namespace mv
