#pragma once

// What every EventBus must do. `Maker` gives `bus()`. A bus may tell later and may tell once for several numbers, so
// the tests wait for the highest.

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "core/ports/event_bus.hpp"

namespace mv {

/// Collects the highest number that it was told.
class HighestSeq {
public:
  void tell(std::int64_t seq) {
    {
      const std::scoped_lock lock(mutex_);
      highest_ = std::max(highest_, seq);
    }
    changed_.notify_all();
  }
  void wait_for(std::int64_t seq) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return highest_ >= seq; });
  }
  std::int64_t get() {
    const std::scoped_lock lock(mutex_);
    return highest_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t highest_ = 0;
};

template <typename Maker>
class EventBusContract : public testing::Test {
protected:
  EventBus& bus() { return maker_.bus(); }
  Maker maker_;
};

TYPED_TEST_SUITE_P(EventBusContract);

TYPED_TEST_P(EventBusContract, TellsEveryListener) {
  HighestSeq one;
  HighestSeq two;
  const auto first = this->bus().subscribe([&](std::int64_t seq) { one.tell(seq); });
  const auto second = this->bus().subscribe([&](std::int64_t seq) { two.tell(seq); });
  this->bus().publish(7);
  one.wait_for(7);
  two.wait_for(7);
}

TYPED_TEST_P(EventBusContract, CallsNobodyAfterTheHandleIsGone) {
  HighestSeq gone;
  HighestSeq stays;
  auto handle = this->bus().subscribe([&](std::int64_t seq) { gone.tell(seq); });
  const auto other = this->bus().subscribe([&](std::int64_t seq) { stays.tell(seq); });
  this->bus().publish(1);
  gone.wait_for(1);
  handle.reset();
  this->bus().publish(2);
  stays.wait_for(2);
  EXPECT_EQ(gone.get(), 1);
}

TYPED_TEST_P(EventBusContract, StandsListenersThatComeAndGoWhileOthersPublish) {
  HighestSeq stays;
  const auto other = this->bus().subscribe([&](std::int64_t seq) { stays.tell(seq); });
  std::vector<std::jthread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([this] {
      for (std::int64_t seq = 1; seq <= 500; ++seq)
        this->bus().publish(seq);
    });
    threads.emplace_back([this] {
      for (int i = 0; i < 200; ++i) {
        auto alive = std::make_unique<int>(1);
        const auto handle = this->bus().subscribe([&alive](std::int64_t) { *alive += 1; });
      }
    });
  }
  threads.clear();
  stays.wait_for(500);
}

REGISTER_TYPED_TEST_SUITE_P(EventBusContract, TellsEveryListener, CallsNobodyAfterTheHandleIsGone,
                            StandsListenersThatComeAndGoWhileOthersPublish);

} // namespace mv
