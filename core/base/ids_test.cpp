#include "core/base/ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "core/base/random.hpp"

namespace mv {
namespace {

TEST(IdsTest, LooksLikeAVersionSevenUuid) {
  const std::string id = new_id();
  EXPECT_TRUE(is_id(id)) << id;
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos);
}

TEST(IdsTest, GrowsWithEachIdAlsoWithinAMillisecond) {
  std::string last = new_id();
  for (int i = 0; i < 100'000; ++i) {
    std::string next = new_id();
    ASSERT_LT(last, next);
    last = std::move(next);
  }
}

TEST(IdsTest, IsUniqueAcrossThreadsAndGrowsInEach) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5'000;
  std::vector<std::vector<std::string>> made(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&mine] {
        for (int i = 0; i < kEach; ++i)
          mine.push_back(new_id());
      });
    }
  }
  std::set<std::string> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::ranges::is_sorted(mine));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kThreads * kEach));
}

TEST(IdsTest, RefusesWhatIsNoId) {
  EXPECT_FALSE(is_id(""));
  EXPECT_FALSE(is_id("0191e3a0-0000-7000-8000-00000000000"));
  EXPECT_FALSE(is_id("0191E3A0-0000-7000-8000-000000000000"));
  EXPECT_FALSE(is_id("0191e3a0x0000-7000-8000-000000000000"));
  EXPECT_FALSE(is_id("0191e3a0-0000-7000-8000-00000000000g"));
  EXPECT_FALSE(is_id(std::string(36, '-')));
}

TEST(RandomTest, GivesTokensOfTheRightLengthThatDiffer) {
  EXPECT_EQ(random_token(32).size(), 43U);
  EXPECT_NE(random_token(32), random_token(32));
  EXPECT_EQ(random_token(16).find_first_of("+/="), std::string::npos);
}

TEST(RandomTest, StaysBelowItsBound) {
  for (int i = 0; i < 1000; ++i)
    EXPECT_LT(random_below(7), 7U);
}

} // namespace
} // namespace mv
