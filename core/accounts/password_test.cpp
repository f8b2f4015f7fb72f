#include "core/accounts/password.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace mv::accounts {
namespace {

PasswordCost least() { return {.passes = 1, .memory_bytes = 8192, .at_once = 2}; }

TEST(PasswordHasher, KnowsItsPasswordAndNoOther) {
  const auto hasher = PasswordHasher::open(least()).value();
  const std::string hash = hasher->hash("correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(hasher->verify(hash, "correct horse").value());
  EXPECT_FALSE(hasher->verify(hash, "correct horsf").value());
  EXPECT_FALSE(hasher->verify(hash, "").value());
  EXPECT_FALSE(hasher->verify("no hash at all", "correct horse").value());
  EXPECT_NE(hasher->hash("correct horse").value(), hash) << "each has its own salt";
}

TEST(PasswordHasher, ReadsEveryByteOfAPassword) {
  const auto hasher = PasswordHasher::open(least()).value();
  const std::string with_nul("pass\0word", 9);
  const std::string hash = hasher->hash(with_nul).value();
  EXPECT_TRUE(hasher->verify(hash, with_nul).value());
  EXPECT_FALSE(hasher->verify(hash, "pass").value());
}

TEST(PasswordHasher, SaysWhenACostIsOfYesterday) {
  const auto cheap = PasswordHasher::open(least()).value();
  const auto dear = PasswordHasher::open({.passes = 2, .memory_bytes = 16384, .at_once = 1}).value();
  const std::string hash = cheap->hash("correct horse").value();
  EXPECT_FALSE(cheap->is_outdated(hash));
  EXPECT_TRUE(dear->is_outdated(hash));
  EXPECT_TRUE(dear->verify(hash, "correct horse").value());
}

TEST(PasswordHasher, RefusesACostThatCannotBe) {
  EXPECT_FALSE(PasswordHasher::open({.passes = 0}));
  EXPECT_FALSE(PasswordHasher::open({.memory_bytes = 1}));
  EXPECT_FALSE(PasswordHasher::open({.at_once = 0}));
}

TEST(PasswordHasher, LetsOthersWaitTheirTurn) {
  const auto hasher =
      PasswordHasher::open({.passes = 1, .memory_bytes = 8192, .at_once = 1, .wait_ms = 60'000}).value();
  const std::string hash = hasher->hash("correct horse").value();
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int index = 0; index < 8; ++index) {
      threads.emplace_back([&] { right += hasher->verify(hash, "correct horse").value() ? 1 : 0; });
    }
  }
  EXPECT_EQ(right, 8);
}

TEST(PasswordHasher, SaysThatItIsBusyInsteadOfWaitingForEver) {
  // One hash of half a second holds the only turn; the other gives up after a millisecond.
  const auto hasher =
      PasswordHasher::open({.passes = 40, .memory_bytes = 8UL << 20, .at_once = 1, .wait_ms = 1}).value();
  std::atomic<int> busy = 0;
  {
    std::vector<std::jthread> threads;
    for (int index = 0; index < 4; ++index) {
      threads.emplace_back([&] {
        const auto outcome = hasher->verify_nobody("correct horse");
        if (!outcome && outcome.error().key == "auth.busy" && outcome.error().retry_after_s > 0) ++busy;
      });
    }
  }
  EXPECT_GE(busy, 1);
}

} // namespace
} // namespace mv::accounts
