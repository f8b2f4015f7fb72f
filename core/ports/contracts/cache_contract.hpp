#pragma once

// What every Cache must do. `Maker` gives `cache()`.

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "core/ports/cache.hpp"

namespace mv {

template <typename Maker>
class CacheContract : public testing::Test {
protected:
  void keep(std::string_view key, std::string value) {
    maker_.cache().keep(key, std::make_shared<const std::string>(std::move(value)));
  }
  /// The value, or "nothing".
  std::string find(std::string_view key) {
    const auto found = maker_.cache().find(key);
    return found ? *found : "nothing";
  }
  Maker maker_;
};

TYPED_TEST_SUITE_P(CacheContract);

TYPED_TEST_P(CacheContract, GivesWhatIsKept) {
  EXPECT_EQ(this->find("a"), "nothing");
  this->keep("a", "one");
  this->keep("b", "");
  EXPECT_EQ(this->find("a"), "one");
  EXPECT_EQ(this->find("b"), "");
  EXPECT_EQ(this->find("A"), "nothing");
  this->keep("a", "one");
  EXPECT_EQ(this->find("a"), "one");
}

TYPED_TEST_P(CacheContract, KeepsAnyBytes) {
  std::string bytes;
  for (int i = 0; i < 300'000; ++i)
    bytes += static_cast<char>(i * 7 + i / 256);
  this->keep("bytes", bytes);
  EXPECT_EQ(this->find("bytes"), bytes);
}

TYPED_TEST_P(CacheContract, ServesManyAtOnce) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this] {
      for (int i = 0; i < 200; ++i) {
        const std::string key = std::to_string(i % 20);
        const auto found = this->maker_.cache().find(key);
        if (found) {
          EXPECT_EQ(*found, "value of " + key);
        }
        this->keep(key, "value of " + key);
      }
    });
  }
}

REGISTER_TYPED_TEST_SUITE_P(CacheContract, GivesWhatIsKept, KeepsAnyBytes, ServesManyAtOnce);

} // namespace mv
