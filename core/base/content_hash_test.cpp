#include "core/base/content_hash.hpp"

#include <gtest/gtest.h>

#include "core/base/hash.hpp"

namespace mv {
namespace {

TEST(ContentHashTest, GoesOnWhereItWasSetDownWhateverTheLength) {
  std::string bytes;
  for (int i = 0; i < 1'000; ++i)
    bytes += static_cast<char>(i * 7 % 251);
  for (std::size_t cut = 0; cut <= 300; ++cut) {
    ContentHash first;
    first.update(std::string_view(bytes).substr(0, cut));
    auto second = ContentHash::load(first.save());
    ASSERT_TRUE(second) << cut;
    EXPECT_EQ(second->bytes(), static_cast<std::int64_t>(cut));
    EXPECT_EQ(second->sha256(), sha256_hex(bytes.substr(0, cut)));
    second->update(std::string_view(bytes).substr(cut));
    EXPECT_EQ(second->sha256(), sha256_hex(bytes)) << cut;
    EXPECT_EQ(second->sha1(), sha1_hex(bytes)) << cut;
    EXPECT_EQ(second->save(), [&] {
      ContentHash whole;
      whole.update(bytes);
      return whole.save();
    }());
  }
}

TEST(ContentHashTest, TakesUpNothingThatItDidNotWrite) {
  ContentHash hash;
  hash.update("some bytes");
  const std::string saved = hash.save();
  EXPECT_FALSE(ContentHash::load(""));
  EXPECT_FALSE(ContentHash::load("2" + saved.substr(1)));
  EXPECT_FALSE(ContentHash::load(saved.substr(0, saved.size() - 2)));
  EXPECT_FALSE(ContentHash::load(saved + " more"));
  std::string damaged = saved;
  damaged[8] = 'x';
  EXPECT_FALSE(ContentHash::load(damaged));
}

} // namespace
} // namespace mv
